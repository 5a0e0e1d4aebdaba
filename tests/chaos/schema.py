"""What the harness changes in its own database: leases that end within a minute's run, and mutants' holes."""

from __future__ import annotations

import re
from importlib import import_module

import psycopg

MINUTE = re.compile(r"interval '60 seconds'|'60 seconds'::interval", re.IGNORECASE)


def functions(database: psycopg.Connection) -> dict[str, str]:
    """The text of every function of ours, by name."""
    rows = database.execute(
        "SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prokind = 'f'"
    ).fetchall()
    return dict(rows)


def shorten_leases(database: psycopg.Connection, seconds: float) -> None:
    """A minute of lease becomes `seconds`. Raises LookupError when the product no longer says a minute."""
    found = {name: text for name, text in functions(database).items() if MINUTE.search(text)}
    if "queue_claim_deliveries" not in found:
        raise LookupError("no lease of 60 seconds in queue_claim_deliveries")
    for text in found.values():
        database.execute(MINUTE.sub(f"interval '{seconds} seconds'", text))  # type: ignore[arg-type]


def break_for(mutant: str, database: psycopg.Connection) -> None:
    """What the mutant needs to be missing in the database."""
    if mutant:
        change = getattr(import_module(f"tests.chaos.mutants.{mutant}"), "change_schema", None)
        if change is not None:
            change(database)
