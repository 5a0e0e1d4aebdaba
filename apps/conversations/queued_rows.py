"""What is read of claimed deliveries, with one statement: model instances would cost more than the call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from apps.core import tenancy
from apps.platforms import base

STATEMENT = """
SELECT d.id, d.due_at, d.attempt, d.channel_id, d.message_id, d.conversation_id, d.seq, d.decision->>'tag',
       m.author_kind, m.author_name, m.reply_to_id, c.locale, a.value,
       COALESCE(d.decision->'handle', a.handle),
       COALESCE((d.decision->>'handle_at')::timestamptz, a.handle_at), d.part
  FROM conversations_delivery d
  JOIN conversations_message m ON m.tenant_id = d.tenant_id AND m.id = d.message_id
  JOIN conversations_conversation c ON c.tenant_id = d.tenant_id AND c.id = d.conversation_id
  JOIN conversations_contactaddress a ON a.tenant_id = d.tenant_id AND a.id = c.address_id
 WHERE d.tenant_id = %s AND d.id = ANY (%s)
 ORDER BY d.seq
"""


class Row(NamedTuple):
    """What is read of a delivery, its message, its conversation and the customer's address. The handle is of
    what it was allowed to answer, where answers are counted, else of the customer's last words."""

    pk: UUID
    due_at: datetime
    attempt: int
    channel_id: UUID
    message_id: UUID
    conversation_id: UUID
    seq: int
    tag: str | None
    author_kind: str
    author_name: str
    reply_to_id: UUID | None
    locale: str
    to: str
    stored_handle: str | None
    handle_at: datetime | None
    stored_part: str

    @property
    def handle(self) -> Any:
        return json.loads(self.stored_handle) if self.stored_handle else None

    @property
    def part(self) -> base.Part:
        return base.part_from_json(json.loads(self.stored_part))


def read(delivery_ids: Iterable[UUID]) -> list[Row]:
    """Those of the open scope's tenant, in the order of their lines."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, [tenancy.require(), list(delivery_ids)])
        return [Row(*row) for row in cursor.fetchall()]
