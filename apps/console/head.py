"""The head of the open conversation: who it is, who answers, what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from apps.connections.said import platform_name
from apps.console.customers import Customer, customer_of
from apps.console.people import Person, person_of
from apps.conversations.models import Conversation, ConversationStatus
from apps.conversations.queries import Viewer
from apps.tenants.models import Membership


@dataclass(frozen=True, slots=True)
class Head:
    conversation: Conversation
    customer: Customer
    platform: str
    assignee: Person | None
    mine: bool
    closed: bool


def head_of(conversation: Conversation, membership: Membership) -> Head:
    """Needs contact, address, channel and assignee__user at hand."""
    return Head(
        conversation=conversation,
        customer=customer_of(conversation.contact),
        platform=platform_name(conversation.channel.platform),
        assignee=person_of(conversation.assignee) if conversation.assignee else None,
        mine=conversation.assignee_id == membership.pk,
        closed=conversation.status == ConversationStatus.CLOSED,
    )


def context(conversation: Conversation, membership: Membership, slug: str) -> dict[str, Any]:
    return {"head": head_of(conversation, membership), "slug": slug}


def render(conversation: Conversation, viewer: Viewer, membership: Membership, slug: str) -> str:
    """The head's element for `membership`, in the active language."""
    return render_to_string("console/thread_head.html", context(conversation, membership, slug))
