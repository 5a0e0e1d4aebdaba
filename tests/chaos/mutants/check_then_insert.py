"""Repetitions are looked for and not constrained (breaks I2): two that come together are both new.

Dedup happens in one place, where webhooks are stored, by a look before the insertion, and whoever handles
them relies on it. The constraints are gone, as they would be where nobody thought of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import psycopg

from apps.conversations import arrivals
from apps.conversations.addresses import Addresses
from apps.conversations.arrivals import Said
from tests.chaos.schema import functions

PLACE = "door_store_webhooks"
ORDER, CONSTRAINED = "ORDER BY channel_id, dedup_key, place", "ON CONFLICT DO NOTHING"
LOOK = """WHERE NOT EXISTS (
  SELECT 1 FROM connections_receivedwebhook w
   WHERE w.channel_id = meant.channel_id AND w.dedup_key = meant.dedup_key)
"""
AROUND = (
    "GRANT SELECT (channel_id, dedup_key) ON connections_receivedwebhook TO comptoir_dispatch",
    "ALTER TABLE connections_receivedwebhook DROP CONSTRAINT webhook_once",
    "ALTER TABLE conversations_message DROP CONSTRAINT message_ref_once",
)


def change_schema(database: psycopg.Connection) -> None:
    """Raises LookupError when webhooks are stored in another way now."""
    text = functions(database)[PLACE]
    if ORDER not in text or CONSTRAINED not in text:
        raise LookupError(f"{PLACE} has no insertion that one could look before")
    database.execute(text.replace(CONSTRAINED, "").replace(ORDER, LOOK + ORDER))
    for statement in AROUND:
        database.execute(statement)


def install() -> None:
    def all_of_them(
        said: Sequence[Said], addresses: Addresses, here: Collection[tuple[UUID, str]]
    ) -> list[Said]:
        return list(said)

    if not hasattr(arrivals, "new_ones"):
        raise LookupError("repetitions are found in another place now")
    arrivals.new_ones = all_of_them
