"""What the environment says: address, keys, mail, files."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.mail import get_connection

from apps.backoffice.doctor.finding import Check, Finding, bad, good, is_local, warning
from apps.connections.checks import FIX as NEW_KEY
from apps.connections.checks import is_guessable
from apps.connections.keyring import BadRing, fingerprint, parse_ring
from apps.connections.models import TenantKey
from apps.core import tenancy

SECRET_LENGTH, SECRET_VARIETY = 50, 10
EXAMPLES = ("example", "insecure", "changeme", "change-me", "secret")
MAIL_SECONDS = 5


def address() -> Finding:
    if settings.DEBUG and not is_local():
        return bad("DEBUG is on", fix="set DEBUG=false: error pages show settings")
    if settings.BASE_URL.startswith("https://") or is_local():
        return good(settings.BASE_URL)
    return bad(settings.BASE_URL, fix="serve it over https and set BASE_URL=https://…")


def secret_key() -> Finding:
    problem = problem_of_secret(settings.SECRET_KEY)
    if not problem:
        return good("looks random")
    fix = "python -c 'import secrets; print(secrets.token_urlsafe(64))'; everyone signs in again"
    return (warning if is_local() else bad)(problem, fix=fix)


def problem_of_secret(key: str) -> str:
    """What is wrong with a SECRET_KEY, "" when nothing is; never the key itself."""
    if len(key) < SECRET_LENGTH:
        return f"shorter than {SECRET_LENGTH} characters"
    if len(set(key)) < SECRET_VARIETY or any(word in key.lower() for word in EXAMPLES):
        return "an example or typed by hand"
    return ""


def credential_keys() -> Finding:
    fix = f"make one with {NEW_KEY} and run manage.py rotate_keys"
    try:
        ring = parse_ring(settings.CREDENTIAL_KEYS)
    except BadRing as error:
        return bad(str(error), fix=fix)
    if any(is_guessable(key) for key in ring):
        return (warning if is_local() else bad)("an example key is in the ring", fix=fix)
    lost = _rings_in_use() - {fingerprint(key) for key in ring}
    if lost:
        words = f"{', '.join(sorted(lost))} sealed stored credentials and is not in the ring"
        return bad(
            words, fix="put that key back into CREDENTIAL_KEYS: bin/up keeps its own in RUN_DIR/secrets"
        )
    return good(f"{len(ring)} in the ring")


def _rings_in_use() -> set[str]:
    """Fingerprints of the keys that some tenant's data keys are wrapped with."""
    with tenancy.operator():
        return set(TenantKey.objects.values_list("ring", flat=True).distinct())


def mail() -> Finding:
    backend = settings.EMAIL_BACKEND.rsplit(".", 1)[-1]
    if "smtp" not in settings.EMAIL_BACKEND:
        words = f"written to {settings.EMAIL_FILE_PATH}" if "filebased" in settings.EMAIL_BACKEND else backend
        return (
            good(words) if is_local() else bad(words, fix="set EMAIL_URL=smtp+tls://user:password@host:587")
        )
    with get_connection(timeout=MAIL_SECONDS):
        return good(f"{settings.EMAIL_HOST} answers")


def media() -> Finding:
    """Writable by us, and nowhere that a web server or our own static files give away."""
    folder = Path(settings.MEDIA_ROOT).resolve()
    for served in served_folders():
        if folder.is_relative_to(served):
            return bad(f"{folder} is served as static files", fix="set MEDIA_ROOT to a folder outside of it")
    if settings.MEDIA_URL not in ("", "/"):
        return bad(f"MEDIA_URL is {settings.MEDIA_URL}", fix="unset it: files are given out by checked pages")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=folder):
        return good(f"{folder} is writable")


def served_folders() -> list[Path]:
    return [Path(folder).resolve() for folder in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS)]


CHECKS = [
    Check("address", address),
    Check("secret key", secret_key),
    Check("credential keys", credential_keys),
    Check("mail", mail),
    Check("media folder", media),
]
