"""What platforms have accepted, written for a batch with one statement: nearly all that is sent ends here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from apps.conversations.result import Result
from apps.conversations.stream import Kind, record
from apps.core import tenancy
from apps.core.ids import new_id

REF = 512  # characters

# A status may have come before the answer: the state has moved on and stays, the ref becomes known.
STATEMENT = """
WITH given AS (
  SELECT * FROM unnest(%(ids)s::uuid[], %(tokens)s::uuid[], %(refs)s::text[], %(tries)s::uuid[],
                       %(started)s::timestamptz[], %(ended)s::timestamptz[])
    AS g(id, token, ref, try_id, started, ended)),
ours AS (
  SELECT d.id FROM conversations_delivery d JOIN given g ON g.id = d.id AND g.token = d.lease_token
   WHERE d.id = ANY (%(ids)s) FOR NO KEY UPDATE OF d SKIP LOCKED),
accepted AS (
  UPDATE conversations_delivery d
     SET state = CASE WHEN d.state = 'sending' THEN 'sent' ELSE d.state END,
         code = CASE WHEN d.state = 'failed' THEN d.code ELSE '' END,
         words = CASE WHEN d.state = 'failed' THEN d.words ELSE '' END,
         ref = g.ref, sent_at = coalesce(d.sent_at, g.ended), updated_at = now(),
         lease_token = NULL, lease_until = NULL
    FROM given g JOIN ours USING (id) WHERE d.id = g.id
  RETURNING d.id, d.message_id, d.conversation_id, d.channel_id, d.state, d.attempt),
tried AS (
  INSERT INTO conversations_deliveryattempt
         (id, tenant_id, delivery_id, number, started_at, ended_at, outcome, code, words)
  SELECT g.try_id, %(tenant)s, a.id, greatest(a.attempt, 1), g.started, g.ended, 'sent', '', ''
    FROM accepted a JOIN given g USING (id))
SELECT id, message_id, conversation_id, channel_id, state FROM accepted
"""


def write(results: Sequence[Result]) -> dict[UUID, UUID]:
    """Write `results`, whose answers are refs, inside the open scope's transaction: deliveries, tries and the
    stream. By delivery its channel; without those whose lease was lost or whose row somebody holds."""
    by_id = {result.delivery_id: result for result in results}
    ours = list(by_id.values())
    given: dict[str, Any] = {
        "tenant": tenancy.require(),
        "ids": list(by_id),
        "tokens": [result.token for result in ours],
        "refs": [str(result.answer)[:REF] for result in ours],
        "tries": [new_id() for _ in ours],
        "started": [result.started for result in ours],
        "ended": [result.ended for result in ours],
    }
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, given)
        accepted = cursor.fetchall()
    for _, message, conversation, _, state in accepted:
        record(Kind.DELIVERY_CHANGED, conversation, message=str(message), state=state)
    return {pk: channel for pk, _, _, channel, _ in accepted}
