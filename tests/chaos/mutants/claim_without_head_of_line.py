"""Any due delivery may be claimed, whatever waits before it in its conversation (breaks I3)."""

from __future__ import annotations

import re

import psycopg

from tests.chaos.schema import functions

HEAD_OF_LINE = re.compile(r"\bAND NOT EXISTS \((?:[^()]|\([^()]*\))*seq < (?:[^()]|\([^()]*\))*\)")


def change_schema(database: psycopg.Connection) -> None:
    """Raises LookupError when the claim has no such condition that one could leave out."""
    text, count = HEAD_OF_LINE.subn("", functions(database)["queue_claim_deliveries"])
    if not count:
        raise LookupError("queue_claim_deliveries asks for no head of line")
    database.execute(text)  # type: ignore[arg-type]


def install() -> None:
    """The database is all it takes."""
