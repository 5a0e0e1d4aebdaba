"""Any due delivery may be claimed, whatever waits before it in its conversation (breaks I3)."""

from __future__ import annotations

import psycopg

from tests.chaos.schema import functions

FIRST = "AND d.first_in_line"


def change_schema(database: psycopg.Connection) -> None:
    """Raises LookupError when the claim has no such condition that one could leave out."""
    text = functions(database)["queue_claim_deliveries"]
    if FIRST not in text:
        raise LookupError("queue_claim_deliveries asks for no head of line")
    database.execute(text.replace(FIRST, ""))


def install() -> None:
    """The database is all it takes."""
