"""Django's part of a start, two short processes: `python -m apps.core.running.prepare database|people`."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import django
from django.core.management import CommandError, call_command
from django.db import connection

OWNER_ROLE = "comptoir_owner"
PEOPLE = ("owner@demo.example", "lea@demo.example")


def database() -> None:
    """Roles as the login user, then migrations as the owner of the tables. Idempotent.

    One process for both, because each start of Django costs a second and a half.
    """
    os.environ["DATABASE_ROLE"] = ""
    django.setup()
    call_command("database_roles", verbosity=0, stdout=io.StringIO())
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {OWNER_ROLE}")
    call_command("migrate", interactive=False, verbosity=1 if _is_first() else 0)


def _is_first() -> bool:
    return "django_migrations" not in connection.introspection.table_names()


def people() -> None:
    """The demo business on the first start, then one-time links into RUN_DIR/links.json. Idempotent."""
    django.setup()
    call_command("sandbox_seed")
    links = {email: link for email in PEOPLE if (link := _link(email))}
    path = Path(os.environ["RUN_DIR"]) / "links.json"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(links, file)


def _link(email: str) -> str:
    """Empty when the owner of this installation removed that demo person."""
    output = io.StringIO()
    try:
        call_command("sign_in_link", email, json=True, stdout=output)
    except CommandError:
        return ""
    return str(json.loads(output.getvalue())["url"])


STEPS = {"database": database, "people": people}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    STEPS[sys.argv[1]]()
