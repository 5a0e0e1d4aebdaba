"""Deliveries of one conversation, made by hand, for tests of who comes first."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from apps.conversations.models import AuthorKind, Conversation, Delivery
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from tests.worlds import Side


def say(here: Side, *texts: str, conversation: Conversation | None = None) -> None:
    """Queue `texts`, each in a message of its own."""
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    target = (conversation or here.conversation).pk
    with tenancy.scope(here.id):
        for text in texts:
            send_message(target, author, Draft(text=text), client_id=uuid4())


def put(here: Side, text: str, **columns: object) -> None:
    """Write `columns` of the delivery of `text`, whatever they mean."""
    with tenancy.scope(here.id):
        assert Delivery.objects.filter(part__text=text).update(**columns) == 1


def settling(here: Side, text: str) -> None:
    """As after an answer that was lost, on a platform that tells later."""
    put(here, text, state="unknown", settling_until=timezone.now() + timedelta(minutes=10))


def firsts(here: Side) -> list[str]:
    """Who is first among those still in line, over all conversations."""
    with tenancy.scope(here.id):
        rows = Delivery.objects.filter(state__in=["queued", "sending"], first_in_line=True)
        rows |= Delivery.objects.filter(settling_until__isnull=False, first_in_line=True)
        return list(rows.order_by("created_at").values_list("part__text", flat=True))
