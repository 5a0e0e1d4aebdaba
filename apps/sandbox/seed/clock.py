"""Putting a conversation back in time: seven that began this second would be no inbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol, runtime_checkable

from django.db.models import F

from apps.conversations.models import Conversation, Delivery, Message, Note
from apps.conversations.stream import unnumbered
from apps.sandbox.models import SandboxMessage, SandboxThread

BETWEEN = timedelta(seconds=40)


@runtime_checkable
class Played(Protocol):
    """What `play.Customer` offers."""

    thread: SandboxThread


def put_back(who: Played | str, *, minutes: int) -> None:
    """Let the conversation of a customer (or of a web-chat address) have ended `minutes` ago, with a pause
    between its messages."""
    address = who if isinstance(who, str) else who.thread.address
    found = Conversation.objects.get(address__value=address)
    ended = timedelta(minutes=minutes)
    began = ended + BETWEEN * found.last_seq
    _events_too(found, ended)
    for message in Message.objects.filter(conversation=found):
        back = ended + BETWEEN * (found.last_seq - message.seq)
        Message.objects.filter(pk=message.pk).update(
            said_at=F("said_at") - back, created_at=F("created_at") - back
        )
        Delivery.objects.filter(message=message).update(
            created_at=F("created_at") - back, sent_at=F("sent_at") - back, updated_at=F("updated_at") - back
        )
    Note.objects.filter(conversation=found).update(created_at=F("created_at") - ended)
    Conversation.objects.filter(pk=found.pk).update(
        opened_at=F("opened_at") - began,
        closed_at=F("closed_at") - ended,
        last_message_at=F("last_message_at") - ended,
        last_inbound_at=F("last_inbound_at") - ended,
        needs_answer_since=F("needs_answer_since") - ended,
    )
    if not isinstance(who, str):
        _phone_too(who.thread, ended)


def _events_too(found: Conversation, ended: timedelta) -> None:
    """As far back as the last message before them; they are written when the scope ends."""
    for event in unnumbered(found):
        before = Message.objects.filter(conversation=found, created_at__lte=event.at).order_by("-seq").first()
        event.at -= ended + BETWEEN * (found.last_seq - (before.seq if before else 0))


def _phone_too(thread: SandboxThread, ended: timedelta) -> None:
    last = SandboxThread.objects.get(pk=thread.pk).last_number
    for message in SandboxMessage.objects.filter(thread=thread):
        back = ended + BETWEEN * (last - message.number)
        SandboxMessage.objects.filter(pk=message.pk).update(at=F("at") - back)
