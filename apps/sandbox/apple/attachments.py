"""Files through the gateway (1.9): a grant, the bytes, a reference; and back."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing

from apps.sandbox import store
from apps.sandbox.apple import cipher
from apps.sandbox.apple.errors import GatewayError, malformed
from apps.sandbox.models import SandboxAccount, SandboxFile

OWNER = "M00000000000000000000000000SANDBOX.C01USN00"
LINK_SECONDS = 60  # links die within seconds to minutes
REQUIRED = ("name", "mimeType", "size", "signature-base64", "url", "owner", "key")
_SALT = "apps.sandbox.apple.link"


def grant_upload(account: SandboxAccount, size: str) -> dict[str, str]:
    """Where to put `size` encrypted bytes, and how to name them in a message."""
    if not size.isdigit() or not 0 < int(size) <= store.LIMIT:
        raise malformed("MMCS-Size is missing or not a size")
    file = store.promise(account, size=int(size))
    return {"upload-url": _link(account, file, "up"), "mmcs-url": _url(account, file), "mmcs-owner": OWNER}


def grant_download(account: SandboxAccount, *, url: str, owner: str, signature: str) -> dict[str, str]:
    """A link to the bytes, for a minute. The signature comes as Base64 of the 21 bytes."""
    file = _at(account, url)
    if file is None or owner != OWNER:
        raise GatewayError(404, "the file does not exist")
    if signature != cipher.checksum(file.digest):
        raise malformed("MMCS-Signature does not match")
    return {"download-url": _link(account, file, "down")}


def may(purpose: str, account: SandboxAccount, key: str, token: str) -> bool:
    """Whether the link was made for this, and lives."""
    try:
        made = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        return False
    return bool(made == [purpose, account.key, key])


def receipt(file: SandboxFile) -> dict[str, Any]:
    """The answer to an upload."""
    facts = {"fileChecksum": cipher.checksum(file.digest), "size": file.size, "receipt": file.key}
    return {"singleFile": facts}


def opened(account: SandboxAccount, reference: dict[str, Any]) -> SandboxFile:
    """What a phone makes of an attachment of the business: fetched, compared, decrypted, kept readable.

    Raises GatewayError when the reference is not whole or does not open.
    """
    missing = [name for name in REQUIRED if not isinstance(reference.get(name), str) or not reference[name]]
    if missing:
        raise malformed(f"attachments: {missing[0]} is missing or not a string")
    file = _at(account, reference["url"])
    if file is None or not cipher.is_key(reference["key"]):
        raise malformed("attachments: url or key is wrong")
    stored = store.path_of(file).read_bytes()
    if reference["size"] != str(len(stored)) or reference["signature-base64"] != cipher.checksum(file.digest):
        raise malformed("attachments: size or signature-base64 is wrong")
    plain = cipher.apply(reference["key"], stored)
    return store.keep(account, BytesIO(plain), name=reference["name"], mime=reference["mimeType"])


def wrapped(account: SandboxAccount, plain: bytes, *, name: str, mime: str) -> dict[str, Any]:
    """A phone's file as a message carries it: encrypted on Apple's servers, with its key."""
    key = cipher.new_key()
    secret = cipher.apply(key, plain)
    file = store.keep(account, BytesIO(secret), name=name, mime=mime)
    return {
        "name": name,
        "mimeType": mime,
        "size": len(secret),
        "signature": cipher.signature(secret).hex(),
        "signature-base64": base64.b64encode(cipher.signature(secret)).decode(),
        "url": _url(account, file),
        "owner": OWNER,
        "key": key,
    }


def _url(account: SandboxAccount, file: SandboxFile) -> str:
    return f"{settings.BASE_URL}/sandbox/apple/content/{account.key}/{file.key}"


def _link(account: SandboxAccount, file: SandboxFile, purpose: str) -> str:
    return f"{_url(account, file)}?t={signing.dumps([purpose, account.key, file.key], salt=_SALT)}"


def _at(account: SandboxAccount, url: str) -> SandboxFile | None:
    head, _, key = urlsplit(url).path.rpartition("/")
    return store.find(account, key) if head.endswith(f"/content/{account.key}") else None
