"""Who answers: take, assign, release, transfer; close and reopen. Each under the conversation's lock."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from apps.conversations.models import Conversation, ConversationStatus, HolderKind
from apps.conversations.notes import write_note
from apps.conversations.stream import Kind, record
from apps.tenants.models import Membership, Team


class Closed(Exception):
    """The conversation is closed; reopen it first."""


class NotAMember(ValueError):
    """Nobody active by that id works here."""


def assign(conversation_id: UUID, to: Membership, *, by: Membership) -> Conversation:
    """Make `to` the one who answers; taking it oneself is the same verb. Idempotent.

    Raises Conversation.DoesNotExist, Closed, NotAMember.
    """
    conversation = _locked(conversation_id)
    if not to.active:
        raise NotAMember(str(to.pk))
    if conversation.assignee_id == to.pk and conversation.holder_kind == HolderKind.MEMBER:
        return conversation
    _hand_to(conversation, to)
    record(Kind.CONVERSATION_ASSIGNED, conversation, to=str(to.pk), by=str(by.pk))
    return conversation


def release(conversation_id: UUID, *, by: Membership) -> Conversation:
    """Put it back into its team's queue. Idempotent. Raises as `assign`."""
    conversation = _locked(conversation_id)
    if conversation.assignee_id is None:
        return conversation
    _hand_to(conversation, None)
    record(Kind.CONVERSATION_ASSIGNED, conversation, to=None, by=str(by.pk))
    return conversation


def transfer(
    conversation_id: UUID,
    *,
    by: Membership,
    team: Team | None = None,
    to: Membership | None = None,
    note: str = "",
) -> Conversation:
    """Hand over to a team's queue or to a colleague, with a note that stays inside.

    Raises Conversation.DoesNotExist, Closed, NotAMember, ValueError when neither target is given.
    """
    if team is None and to is None:
        raise ValueError("a transfer needs a team or a colleague")
    conversation = _locked(conversation_id)
    if to is not None and not to.active:
        raise NotAMember(str(to.pk))
    if team is not None:
        conversation.team = team
    _hand_to(conversation, to)
    record(
        Kind.CONVERSATION_TRANSFERRED,
        conversation,
        team=str(team.pk) if team else None,
        to=str(to.pk) if to else None,
        by=str(by.pk),
    )
    if note.strip():
        write_note(conversation.pk, by, note, client_id=None)
    return conversation


def close(conversation_id: UUID, *, by: Membership) -> Conversation:
    """Close it; a customer who writes within a day reopens it. Idempotent."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if conversation.status == ConversationStatus.CLOSED:
        return conversation
    conversation.status, conversation.closed_at = ConversationStatus.CLOSED, timezone.now()
    conversation.needs_answer_since = None
    conversation.fence += 1
    conversation.save()
    record(Kind.CONVERSATION_CLOSED, conversation, by=str(by.pk))
    return conversation


def reopen(conversation_id: UUID, *, by: Membership) -> Conversation:
    """Open it again, held by who reopened it. Idempotent. Raises AlreadyOpen."""
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if conversation.status != ConversationStatus.CLOSED:
        return conversation
    others = Conversation.objects.filter(channel=conversation.channel_id, address=conversation.address_id)
    if others.exclude(status=ConversationStatus.CLOSED).exists():
        raise AlreadyOpen
    conversation.closed_at = None
    _hand_to(conversation, by)
    record(Kind.CONVERSATION_REOPENED, conversation, by=str(by.pk))
    return conversation


class AlreadyOpen(Exception):
    """The customer has a newer open conversation on this channel."""


def _locked(conversation_id: UUID) -> Conversation:
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if conversation.status == ConversationStatus.CLOSED:
        raise Closed
    return conversation


def _hand_to(conversation: Conversation, to: Membership | None) -> None:
    conversation.assignee = to
    conversation.holder_kind = HolderKind.MEMBER if to else HolderKind.QUEUE
    conversation.status = ConversationStatus.OPEN if to else ConversationStatus.WAITING
    conversation.fence += 1
    conversation.save()
