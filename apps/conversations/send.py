"""Saying something to a customer: one Message, one Delivery per platform message, one transaction.

The row is durable before anyone sees a tick (I1); a repeated `client_id` is the same message (I2); the
policy's decision is stored with every delivery.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from apps.connections import permissions
from apps.connections.models import Channel, ChannelState
from apps.conversations import files, hints, openings, templated, unsendable, ways
from apps.conversations.models import (
    Attachment,
    AuthorKind,
    ContactAddress,
    Conversation,
    ConversationStatus,
    Delivery,
    Direction,
    HolderKind,
    Message,
)
from apps.conversations.policy import Decision, Situation, may_send
from apps.conversations.stream import Kind, record
from apps.conversations.templated import BadDraft as BadDraft
from apps.core import rows
from apps.platforms import base, cards, registry
from apps.platforms.windows import Takes
from apps.tenants.models import Membership, Tenant

MAX_TEXT = 20_000
MAX_FILES = 10
SAID = [
    "assignee",
    "holder_kind",
    "status",
    "fence",
    "last_seq",
    "last_message_at",
    "needs_answer_since",
    "preview",
    "preview_kind",
    "preview_direction",
]
PARTS = 1000  # delivery seq = message seq * PARTS + part


class Refused(Exception):
    """Policy says no; `decision.rule` says why."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.rule)
        self.decision = decision


class ClientIdReused(Exception):
    """The same client_id was used for something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who speaks. A member has a membership; a bot or program a name."""

    kind: AuthorKind
    membership: Membership | None = None
    name: str = ""

    @property
    def automatic(self) -> bool:
        return self.kind in (AuthorKind.BOT, AuthorKind.SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What to say. `attachments` are ids of files uploaded to this conversation and not sent yet. A
    `template` has its own words and takes no others, and at most the file that it begins with."""

    text: str = ""
    attachments: tuple[UUID, ...] = ()
    card: cards.Card | None = None
    template: templated.Choice | None = None
    reply_to: UUID | None = None

    def digest(self) -> bytes:
        """Names this content, so that a reused client_id with other words is noticed."""
        facts = [
            self.text,
            [str(a) for a in self.attachments],
            cards.to_json(self.card) if self.card else None,
            str(self.reply_to or ""),
            *([self.template.facts()] if self.template else []),
        ]
        return sha256(json.dumps(facts, sort_keys=True).encode()).digest()


@dataclass(slots=True)
class _Plan:
    parts: list[base.Part] = field(default_factory=list)
    text: str = ""
    content: dict[str, object] = field(default_factory=dict)


def locked(conversation_id: UUID) -> Conversation:
    """The conversation, nobody else's to write to until the open scope ends; address and channel are at hand.
    Raises Conversation.DoesNotExist."""
    found = rows.select(Conversation, "t.id = %s", [conversation_id], end=rows.LOCKED)
    if not found:
        raise Conversation.DoesNotExist
    (conversation,) = found
    # By itself: joined, it would be as it was before the wait for the lock, of a customer who left meanwhile.
    (conversation.address,) = rows.select(ContactAddress, "t.id = %s", [conversation.address_id])
    (conversation.channel,) = rows.select(Channel, "t.id = %s", [conversation.channel_id])
    return conversation


def send_message(conversation_id: UUID, author: Author, draft: Draft, *, client_id: UUID) -> Message:
    """`say` in the conversation of this id. Raises Conversation.DoesNotExist besides."""
    return say(locked(conversation_id), author, draft, client_id=client_id)


def say(conversation: Conversation, author: Author, draft: Draft, *, client_id: UUID) -> Message:
    """Say `draft` in a `locked` conversation. Idempotent by `client_id`: a second call returns the same
    message.

    A member who answers a conversation that nobody holds takes it. Raises Refused, ClientIdReused,
    BadDraft. Returns after the rows are written; they are durable when the caller's scope ends.
    """
    ours = "t.conversation_id = %s AND t.client_id = %s"
    for known in rows.select(Message, ours, [conversation.pk, client_id]):
        if known.digest is None or bytes(known.digest) != draft.digest():
            raise ClientIdReused
        return known
    _check(draft)
    channel, choice = ways.channel_of(conversation), draft.template
    takes = Takes.TEMPLATE if choice else Takes.ANYTHING
    marketing = choice is not None and templated.is_marketing(channel, choice.name, choice.language)
    decision = decide(conversation, author, takes=takes, channel=channel, marketing=marketing)
    if decision.allow and conversation.status == ConversationStatus.CLOSED:
        decision = Decision(allow=False, rule="conversation_closed")
    if not decision.allow:
        raise Refused(decision)
    attached = _attachments(conversation, draft)
    if draft.card:
        unsendable.require_answerable(draft.card, channel)
    plan = _plan(conversation, channel, draft, attached)
    unsendable.require_taken(plan.parts, attached, channel)
    _check_quota(decision, plan)
    message = _store(conversation, channel, author, draft, client_id, plan)
    _claim_files(attached, message)
    queue(message, conversation, plan.parts, decision)
    _show_in_list(conversation, author, message, attached)
    record(Kind.MESSAGE_SENT, conversation, message=str(message.id), seq=message.seq)
    return message


def decide(
    conversation: Conversation,
    author: Author | None = None,
    *,
    takes: Takes = Takes.ANYTHING,
    channel: Channel | None = None,
    marketing: bool = False,
) -> Decision:
    """Whether `author` (or any person, when None) may send what `takes` and `marketing` say to this customer
    now, by `channel` or else by the one that the next message would go by (`ways`)."""
    channel = channel or ways.channel_of(conversation)
    address, on_channel = conversation.address, ways.address_on(channel, conversation)
    situation = Situation(
        capabilities=registry.get(channel.platform).capabilities,
        tenant_active=Tenant.objects.get().may_send,
        channel_enabled=channel.state == ChannelState.LIVE,
        reachable=on_channel.reachable,
        gone_reason=on_channel.gone_reason,
        openings=openings.of(address, channel.platform),
        by_person=author is None or author.kind is AuthorKind.MEMBER,
        holder_is_author=author is None or _may_hold(conversation, author),
        takes=takes,
        permissions=permissions.granted(channel),
        thread_owner=address.thread_owner,
        marketing=marketing,
        marketing_stopped=on_channel.marketing_stopped,
    )
    return may_send(situation, timezone.now())


def queue(
    message: Message, conversation: Conversation, parts: list[base.Part], decision: Decision
) -> list[Delivery]:
    """One queued delivery per part on the message's channel, after everything that this conversation has
    queued before."""
    retry_class = registry.get(message.channel.platform).capabilities.retry_class
    queued = [
        Delivery(
            message=message,
            conversation=conversation,
            channel=message.channel,
            seq=message.seq * PARTS + number,
            part=base.part_to_json(part),
            retry_class=retry_class,
            decision=decision.to_json(),
        )
        for number, part in enumerate(parts)
    ]
    transaction.on_commit(hints.deliveries_waiting)
    rows.insert(queued)
    return queued


def _may_hold(conversation: Conversation, author: Author) -> bool:
    if author.kind is not AuthorKind.MEMBER or conversation.holder_kind != HolderKind.MEMBER:
        return True
    return author.membership is not None and conversation.assignee_id == author.membership.pk


def _check(draft: Draft) -> None:
    if draft.template:
        if draft.text.strip() or draft.card:
            raise BadDraft("a template has its own words: send text and cards by themselves", field="text")
    elif not draft.text.strip() and not draft.attachments and draft.card is None:
        raise BadDraft("nothing to send: write something, add a file or choose a card")
    if len(draft.text) > MAX_TEXT:
        raise BadDraft(f"the text is longer than {MAX_TEXT} characters")
    if len(draft.attachments) > MAX_FILES:
        raise BadDraft(f"more than {MAX_FILES} files in one message")


def _attachments(conversation: Conversation, draft: Draft) -> list[Attachment]:
    if not draft.attachments:
        return []
    found = conversation.attachments.filter(pk__in=draft.attachments, message=None).in_bulk()
    if len(found) != len(set(draft.attachments)):
        raise BadDraft("a file is missing: it was removed or belongs to another message")
    return [found[pk] for pk in draft.attachments]


def _plan(conversation: Conversation, channel: Channel, draft: Draft, attached: list[Attachment]) -> _Plan:
    if draft.template:
        filled = templated.fill(channel, draft.template, attached)
        return _Plan([filled.part], filled.text, {"template": dict(filled.content)})
    platform = registry.get(channel.platform)
    named = conversation.address.capabilities
    device = frozenset(named) if named is not None else None
    content = base.Content(text=draft.text, media=[files.media_file(a) for a in attached], card=draft.card)
    parts = list(platform.compose(content, device))
    return _Plan(parts, draft.text, _kept(draft.card, parts) if draft.card else {})


def _kept(card: cards.Card, parts: list[base.Part]) -> dict[str, object]:
    """The card as it went out: without the pictures that go beside it."""
    shown = next((part.card for part in parts if part.card), None)
    return {"card": cards.to_json(shown)} if shown else {"card": cards.to_json(card), "card_as_text": True}


def _check_quota(decision: Decision, plan: _Plan) -> None:
    """A message that becomes more platform messages than the window still allows is not half sent."""
    if decision.left is not None and len(plan.parts) > decision.left:
        raise Refused(Decision(allow=False, rule="quota_used", left=decision.left))


def _store(
    conversation: Conversation,
    channel: Channel,
    author: Author,
    draft: Draft,
    client_id: UUID,
    plan: _Plan,
) -> Message:
    conversation.last_seq += 1
    message = Message(
        conversation=conversation,
        channel=channel,
        seq=conversation.last_seq,
        direction=Direction.OUT,
        author_kind=author.kind,
        author=author.membership,
        author_name=author.name or (author.membership.user.display_name if author.membership else ""),
        client_id=client_id,
        digest=draft.digest(),
        text=plan.text,
        content=plan.content,
        reply_to=conversation.messages.filter(pk=draft.reply_to).first() if draft.reply_to else None,
    )
    rows.insert([message])
    return message


def _claim_files(attached: list[Attachment], message: Message) -> None:
    for position, attachment in enumerate(attached):
        attachment.message, attachment.position = message, position
        attachment.save(update_fields=["message", "position"])


def _show_in_list(
    conversation: Conversation, author: Author, message: Message, attached: list[Attachment]
) -> None:
    card = message.content.get("card")
    conversation.last_message_at = timezone.now()
    conversation.needs_answer_since = None
    conversation.preview = (message.text or _summary(card, attached))[:160]
    conversation.preview_kind = "card" if card else (attached[0].kind if attached else "text")
    conversation.preview_direction = Direction.OUT
    if author.kind is AuthorKind.MEMBER and conversation.holder_kind != HolderKind.MEMBER:
        _take(conversation, author)
    rows.update([conversation], SAID)


def _take(conversation: Conversation, author: Author) -> None:
    assert author.membership is not None
    conversation.assignee = author.membership
    conversation.holder_kind, conversation.status = HolderKind.MEMBER, ConversationStatus.OPEN
    conversation.fence += 1
    record(
        Kind.CONVERSATION_ASSIGNED, conversation, to=str(author.membership.pk), by=str(author.membership.pk)
    )


def _summary(card: dict[str, Any] | None, attached: list[Attachment]) -> str:
    if card:
        return cards.heading(cards.from_json(card))
    return attached[0].name if attached else ""
