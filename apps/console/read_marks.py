"""How far a person has read a conversation."""

from __future__ import annotations

from django.db import connection

from apps.conversations.models import Conversation
from apps.core.ids import new_id
from apps.tenants.models import Membership


def mark_read(conversation: Conversation, reader: Membership, *, seq: int) -> None:
    """Remember that `reader` saw everything up to message `seq`. Never moves back; idempotent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO conversations_readmark AS m (id, tenant_id, conversation_id, membership_id, seq) "
            "SELECT %s, tenant_id, id, %s, least(%s, last_seq) FROM conversations_conversation WHERE id = %s "
            "ON CONFLICT (tenant_id, conversation_id, membership_id) "
            "DO UPDATE SET seq = greatest(m.seq, EXCLUDED.seq)",
            [new_id(), reader.pk, seq, conversation.pk],
        )
