"""Taking a customer back from another program that answers them on the platform."""

from __future__ import annotations

from functools import partial

from apps.connections import health, outside, vault
from apps.conversations.models import ContactAddress, Conversation
from apps.conversations.send import Author, decide
from apps.conversations.stream import Kind, record
from apps.platforms import registry
from apps.platforms.base import SendError

ELSEWHERE = "thread_elsewhere"  # the policy's rule


def can_take(conversation: Conversation) -> bool:
    """Whether the platform hands a thread over to who asks for it."""
    return registry.get(conversation.channel.platform).capabilities.takes_threads


def take_thread(conversation: Conversation, author: Author) -> bool:
    """Become who answers this customer on the platform; False when nothing else keeps `author` from it, or
    when the platform has no such thing. Idempotent.

    Inside a scope, for a person who waits: the platform is asked before anything is written. Raises
    SendError, after noting what it says of the channel, and CredentialUnreadable.
    """
    if not can_take(conversation) or decide(conversation, author).rule != ELSEWHERE:
        return False
    channel, address = conversation.channel, conversation.address
    platform, credentials = registry.get(channel.platform), vault.reveal(channel)
    try:
        outside.ask(partial(platform.take_thread, address.value, credentials))
    except SendError as error:
        health.refused_by(channel, error)
        raise
    ContactAddress.objects.filter(pk=address.pk).update(thread_owner="")
    record(Kind.THREAD_CONTROL_CHANGED, conversation, ours=True)
    return True
