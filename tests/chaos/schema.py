"""What the harness changes in its own database: leases that end within a minute's run, and mutants' holes."""

from __future__ import annotations

import re
from importlib import import_module

import psycopg

LEASE = re.compile(r"interval '30 seconds'", re.IGNORECASE)
SENDING = ("queue_claim_deliveries", "queue_renew_leases")


def functions(database: psycopg.Connection) -> dict[str, str]:
    """The text of every function of ours, by name."""
    rows = database.execute(
        "SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p "
        "JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public' AND p.prokind = 'f'"
    ).fetchall()
    return dict(rows)


def shorten_leases(database: psycopg.Connection, seconds: float) -> None:
    """A send's lease becomes `seconds`. Raises LookupError when the product says another time than 30 s."""
    found = functions(database)
    for name in SENDING:
        if not LEASE.search(found[name]):
            raise LookupError(f"no lease of 30 seconds in {name}")
        database.execute(LEASE.sub(f"interval '{seconds} seconds'", found[name]))


def break_for(mutant: str, database: psycopg.Connection) -> None:
    """What the mutant needs to be missing in the database."""
    if mutant:
        change = getattr(import_module(f"tests.chaos.mutants.{mutant}"), "change_schema", None)
        if change is not None:
            change(database)
