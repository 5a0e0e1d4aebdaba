"""Who is typing: signals that live for seconds, never stored."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from apps.conversations.models import Conversation
from apps.core import realtime, tenancy


def customer_types(conversation: Conversation, on: bool) -> None:
    """Tell the tenant's open consoles, after the commit; best effort."""
    message = {"type": "customer.typing", "conversation": str(conversation.id), "on": on}
    group = realtime.tenant_group(tenancy.require())
    transaction.on_commit(partial(realtime.hint, group, message))
