"""What nobody could answer and what the platform has no message for is refused before anything is written."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations import files
from apps.conversations.models import AuthorKind, Delivery, Message
from apps.conversations.send import Author, BadDraft, Draft, send_message
from apps.core import tenancy
from apps.platforms.cards import Card, Field, Form, Limit, Link, Option, Slot, TimeSlots
from tests.isolation.rich import PNG
from tests.worlds import Side, World

AUTHORS = [kind for kind in AuthorKind if kind not in (AuthorKind.CONTACT, AuthorKind.OUTSIDE)]
WORDS = b"A line of words."
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90400000000002c00000000010001000002024401003b")


@pytest.fixture
def here(world: World) -> Side:
    return world.filante


def on(here: Side, platform: str) -> None:
    with tenancy.scope(here.id):
        Channel.objects.filter(pk=here.channel.pk).update(platform=platform)


def say(
    here: Side, draft: Draft, *, kind: AuthorKind = AuthorKind.PROGRAM, client_id: UUID | None = None
) -> Message:
    member = here.agent_membership if kind is AuthorKind.MEMBER else None
    author = Author(kind=kind, membership=member, name="x")
    with tenancy.scope(here.id):
        return send_message(here.conversation.pk, author, draft, client_id=client_id or uuid4())


def uploaded(here: Side, content: bytes, name: str) -> UUID:
    with tenancy.scope(here.id):
        return files.upload(here.conversation, io.BytesIO(content), name=name).pk


def times(*minutes: float) -> TimeSlots:
    now = timezone.now()
    slots = (Slot(id=str(n), start=now + timedelta(minutes=m), minutes=30) for n, m in enumerate(minutes))
    return TimeSlots(id="t", title="Quand ?", slots=tuple(slots))


def asking(kind: str, *, required: bool, options: tuple[Option, ...] = ()) -> Form:
    fields = (
        Field(id="name", label="Nom"),
        Field(id="f", label="Taille", type=kind, required=required, options=options),
    )
    return Form(id="f", title="Vous", fields=fields)


NOBODY_ANSWERS: dict[str, tuple[Card, str, Limit]] = {
    "a time that is over": (times(60, -1, 120), "card.slots.1.start", Limit.PAST),
    "one of nothing": (asking("choice", required=True), "card.fields.1.options", Limit.NO_CHOICES),
    "some of nothing": (asking("choices", required=True), "card.fields.1.options", Limit.NO_CHOICES),
    "one of nothing, if they like": (
        asking("choice", required=False),
        "card.fields.1.options",
        Limit.NO_CHOICES,
    ),
}


@pytest.mark.parametrize("kind", AUTHORS)
@pytest.mark.parametrize(("card", "field", "limit"), NOBODY_ANSWERS.values(), ids=NOBODY_ANSWERS)
def test_a_card_that_nobody_could_answer(
    here: Side, card: Card, field: str, limit: Limit, kind: AuthorKind
) -> None:
    with pytest.raises(BadDraft) as refused:
        say(here, Draft(card=card), kind=kind)
    error = refused.value
    assert (error.code, error.field, [each.limit_kind for each in error.findings]) == (
        "bad_card",
        field,
        [limit],
    )
    with tenancy.scope(here.id):
        assert not Delivery.objects.exists()


def test_a_card_that_can_be_answered_goes(here: Side) -> None:
    for card in (times(1, 60), asking("choice", required=True, options=(Option(id="s", title="S"),))):
        say(here, Draft(card=card))
    with tenancy.scope(here.id):
        assert Delivery.objects.count() == 2


def test_what_was_sent_in_time_is_the_same_message_later(here: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, key = Draft(card=times(5)), uuid4()
    first = say(here, draft, client_id=key)

    def later() -> datetime:
        return real() + timedelta(hours=1)

    real = timezone.now
    monkeypatch.setattr(timezone, "now", later)
    assert say(here, draft, client_id=key) == first
    with pytest.raises(BadDraft):
        say(here, draft)


@pytest.mark.parametrize("kind", AUTHORS)
@pytest.mark.parametrize(
    ("platform", "name"), [("wechat", "WeChat"), ("instagram", "Instagram"), ("qq", "QQ")]
)
def test_a_file_for_which_the_platform_has_no_message(
    here: Side, platform: str, name: str, kind: AuthorKind
) -> None:
    on(here, platform)
    attachments = (uploaded(here, PNG, "a.png"), uploaded(here, WORDS, "b.txt"))
    with pytest.raises(BadDraft) as refused:
        say(here, Draft(attachments=attachments), kind=kind)
    assert (refused.value.code, refused.value.field) == ("file_not_taken", "attachments.1")
    assert str(refused.value).startswith(f"{name} takes only ")
    with tenancy.scope(here.id):
        assert not Delivery.objects.exists()


def test_elsewhere_any_file_goes(here: Side) -> None:
    for platform in ("whatsapp", "line", "telegram"):
        on(here, platform)
        say(here, Draft(attachments=(uploaded(here, WORDS, "b.txt"),)))
    with tenancy.scope(here.id):
        assert Delivery.objects.count() == 3


@pytest.mark.parametrize(("picture", "name", "position"), [(PNG, "a.png", 0), (GIF, "a.gif", None)])
def test_what_is_kept_of_a_card_is_what_went_out(
    here: Side, picture: bytes, name: str, position: int | None
) -> None:
    """WhatsApp shows no GIF above a button: it goes beside the card, as a file of its own."""
    on(here, "whatsapp")
    link = Link(id="l", text="Suivi", button="Ouvrir", url="https://shop.example/a", image=0)
    message = say(here, Draft(card=link, attachments=(uploaded(here, picture, name),)))
    assert message.content["card"]["image"] == position
    with tenancy.scope(here.id):
        kinds = [row.part["kind"] for row in message.deliveries.order_by("seq")]
    assert kinds == (["card"] if position == 0 else ["media", "card"])
