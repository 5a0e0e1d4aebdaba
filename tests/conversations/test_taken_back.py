"""What a customer takes back has no content anywhere, in whichever order its message and that come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.utils import timezone

from apps.connections.models import ReceivedWebhook, WebhookState
from apps.console.pushed_rows import rows_by_id
from apps.conversations import files, media, search, stream, taken_back
from apps.conversations.arrivals import Arrival
from apps.conversations.models import (
    Attachment,
    AuthorKind,
    Conversation,
    Direction,
    EarlyWithdrawal,
    Message,
)
from apps.conversations.queries import Viewer
from apps.conversations.receive import receive, receive_all
from apps.core import tenancy
from apps.platforms import base, cards, registry
from apps.platforms.cards import CardAnswer, Option
from apps.platforms.events import (
    Event,
    MediaKind,
    MediaRef,
    MessageEchoed,
    MessageEdited,
    MessageReceived,
    MessageWithdrawn,
    Person,
    Place,
)
from apps.tenants.models import Role
from tests.conversations.lines import put, say
from tests.platforms.line import payloads as line
from tests.platforms.messenger import webhooks as meta
from tests.platforms.samples import SAMPLES
from tests.platforms.whatsapp import payloads as whatsapp
from tests.worlds import Side, World, said

WHO = "ana"
SECRET = "sésame"
MANY = 12


def words(ref: str = "m1", *, address: str = WHO, **more: Any) -> MessageReceived:
    return replace(said(SECRET, to="", address=address, ref=ref), **more)


def unsent(ref: str = "m1", *, address: str = WHO) -> MessageWithdrawn:
    return MessageWithdrawn(to="", address=address, ref=f"w-{ref}", at=datetime.now(UTC), target=ref)


FILE = MediaRef(kind=MediaKind.IMAGE, locator={"id": "x"}, name=f"{SECRET}.jpg")
FULL = words(
    media=(FILE,),
    place=Place(latitude=1, longitude=2, title=SECRET),
    person=Person(name=SECRET, phone="+33"),
    details=(("Product", SECRET),),
    tag="adsl",
)
SAID = {"words": words(), "everything": FULL, "a file": words(text="", media=(FILE,))}


def at_once(here: Side, events: Sequence[Event]) -> None:
    with tenancy.scope(here.id):
        receive_all(Arrival(here.channel, event) for event in events)


def one_by_one(here: Side, events: Sequence[Event]) -> None:
    for event in events:
        with tenancy.scope(here.id):
            receive(here.channel, event)


class Kept(NamedTuple):
    ref: str | None
    seq: int
    text: str
    content: dict[str, Any]
    stands: bool


class Left(NamedTuple):
    """What there is of Ana's words; their conversation and that they were said stay."""

    messages: list[Kept]
    files: list[Attachment]
    listed: tuple[str, str, str]  # preview, its kind, tag
    waits: bool
    row: tuple[str, str]  # icon, words
    found: list[Conversation]


EMPTIED = Kept("m1", 1, "", {}, stands=False)


def left(here: Side) -> Left:
    with tenancy.scope(here.id):
        conversation = Conversation.objects.get(address__value=WHO)
        viewer = Viewer(here.owner_membership.pk, Role.OWNER, frozenset())
        rows = Message.objects.filter(conversation=conversation).order_by("seq")
        return Left(
            messages=[
                Kept(row.ref, row.seq, row.text, row.content, row.withdrawn_at is None) for row in rows
            ],
            files=list(Attachment.objects.filter(conversation=conversation)),
            listed=(conversation.preview, conversation.preview_kind, conversation.tag),
            waits=conversation.needs_answer_since is not None,
            row=shown(conversation),
            found=list(search.conversations(SECRET, viewer, limit=9)),
        )


def shown(conversation: Conversation) -> tuple[str, str]:
    row = rows_by_id({conversation.pk})[conversation.pk]
    return row.icon, row.words


ORDERS: dict[str, Callable[[Event, Event], list[Event]]] = {
    "after": lambda message, back: [message, back],
    "before": lambda message, back: [back, message],
    "before and again": lambda message, back: [back, back, message, message, back],
    "twice after": lambda message, back: [message, back, back, message],
}


@pytest.mark.parametrize("how", [at_once, one_by_one])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", SAID)
def test_nothing_is_left_whatever_comes_first(world: World, kind: str, order: str, how: Any) -> None:
    here, message = world.filante, SAID[kind]
    how(here, ORDERS[order](message, unsent()))
    assert left(here) == Left(
        messages=[EMPTIED],
        files=[],
        listed=("", "withdrawn", message.tag),
        waits=True,
        row=("undo", "Message taken back"),
        found=[],
    )


def test_there_is_something_to_leave(world: World) -> None:
    """Without it the test above could not fail."""
    one_by_one(world.filante, [FULL])
    found = left(world.filante)
    assert found.messages[0].text == SECRET and found.files and found.found
    assert found.listed == (SECRET, "image", "adsl")


def test_other_words_stay(world: World) -> None:
    """Of the same customer, of the same id on another channel, of the same id at another business."""
    here, there = world.filante, world.garance
    at_once(here, [unsent("m2"), words("m1"), words("m2"), words("m3", text="et encore")])
    one_by_one(there, [words("m2")])
    assert [row.text for row in left(here).messages] == [SECRET, "", "et encore"]
    assert left(here).listed == ("et encore", "text", "")
    assert left(there).listed == (SECRET, "text", "")
    with tenancy.scope(there.id):
        assert not EarlyWithdrawal.objects.exists()


def test_what_was_said_before_the_last_words_leaves_the_list_alone(world: World) -> None:
    here = world.filante
    one_by_one(here, [words("m1"), words("m2", text="et encore"), unsent("m1")])
    assert left(here).listed == ("et encore", "text", "")


def test_the_list_shows_what_was_edited(world: World) -> None:
    here, now = world.filante, datetime.now(UTC)
    edit = MessageEdited(to="", address=WHO, ref="e1", at=now, target="m1", text="rien")
    one_by_one(here, [words("m1"), edit])
    assert left(here).listed == ("rien", "text", "")


@pytest.mark.parametrize("order", ORDERS)
def test_what_was_said_elsewhere_from_our_account_goes_as_well(world: World, order: str) -> None:
    """A colleague takes back in Instagram's own app what they wrote there."""
    here = world.filante
    echo = MessageEchoed(
        to="", address=WHO, ref="m1", at=datetime.now(UTC), text=SECRET, media=(FILE,), author="Meta"
    )
    one_by_one(here, ORDERS[order](echo, unsent()))
    found = left(here)
    assert (found.messages, found.files) == ([EMPTIED], [])
    assert (found.listed, found.row) == (("", "withdrawn", ""), ("undo", "Message taken back"))


def test_what_was_sent_from_here_is_our_record(world: World) -> None:
    here = world.filante
    say(here, "Bonjour")
    put(here, "Bonjour", state="sent", ref="m9")
    one_by_one(here, [unsent("m9", address="visitor-1")])
    with tenancy.scope(here.id):
        assert Message.objects.get(direction=Direction.OUT).text == "Bonjour"
        assert not EarlyWithdrawal.objects.exists()


def test_nothing_edited_brings_it_back(world: World) -> None:
    here, now = world.filante, datetime.now(UTC)
    edit = MessageEdited(to="", address=WHO, ref="e1", at=now, target="m1", text=SECRET)
    one_by_one(here, [edit, unsent(), edit, words(), edit])
    assert left(here).messages == [EMPTIED]


def test_who_quotes_it_is_shown_anew(world: World) -> None:
    """What an agent has on the screen quotes it until then."""
    here = world.filante
    one_by_one(here, [words("m1"), words("m2", text="oui", reply_to="m1"), unsent("m1")])
    with tenancy.scope(here.id):
        quoting = Message.objects.get(ref="m2")
        told = [(e.kind, e.data.get("message")) for e in stream.after(0)][-2:]
        assert told == [
            ("MessageWithdrawn", str(Message.objects.get(ref="m1").id)),
            ("MessageEdited", str(quoting.id)),
        ]
        assert quoting.reply_to is not None and quoting.reply_to.text == ""


def test_the_card_that_was_answered_forgets_it_too(world: World) -> None:
    here = world.filante
    one_by_one(here, [words("m0", text="Bonjour")])
    with tenancy.scope(here.id):
        card = asked(here)
        answer = CardAnswer(card_id="card-1", values={"iban": (SECRET,)})
        receive(here.channel, words("m1", text="", answer=answer))
        card.refresh_from_db()
        assert SECRET in str(card.content)
        receive(here.channel, unsent())
        card.refresh_from_db()
        assert SECRET not in str(card.content) and "card" in card.content


def asked(here: Side) -> Message:
    conversation = Conversation.objects.get(address__value=WHO)
    card = cards.QuickReplies(id="card-1", prompt="?", options=(Option(id="a", title="A"),))
    conversation.last_seq += 1
    conversation.save(update_fields=["last_seq"])
    return Message.objects.create(
        conversation=conversation, channel=here.channel, seq=conversation.last_seq,
        direction=Direction.OUT, author_kind=AuthorKind.MEMBER, content={"card": cards.to_json(card)},
    )  # fmt: skip


@pytest.mark.parametrize("looking", [False, True])
def test_a_file_that_arrives_meanwhile_is_thrown_away(
    committed_world: World, monkeypatch: pytest.MonkeyPatch, looking: bool
) -> None:
    """The customer takes the message back while a worker fetches what was in it, or already looks into it."""
    here, finish = committed_world.filante, files.finish
    one_by_one(here, [words(media=(FILE,))])
    with tenancy.scope(here.id):
        attachment = Attachment.objects.get()
        relative = files.new_path()
        files.full_path(relative).write_text(SECRET)

    def finish_while_it_is_taken_back(*args: Any, **more: Any) -> None:
        finish(*args, **more)
        other = Thread(target=apart, args=[here, [unsent()]])
        other.start()
        other.join()

    if looking:
        monkeypatch.setattr(files, "finish", finish_while_it_is_taken_back)
    else:
        one_by_one(here, [unsent()])
    media._stored(here.id, attachment, relative, "text/plain")
    with tenancy.scope(here.id):
        assert not Attachment.objects.exists() and not files.full_path(relative).exists()


def apart(here: Side, events: Sequence[Event]) -> None:
    one_by_one(here, events)
    connection.close()


def test_side_by_side_it_is_always_gone(committed_world: World) -> None:
    """New customers and known ones; whoever is first, the other finds what was left for them."""
    here = committed_world.filante
    one_by_one(here, [words(f"hello-{n}", address=f"a{n}", text="Bonjour") for n in range(0, MANY, 2)])
    start = Barrier(2)

    def each(make: Callable[..., Event]) -> None:
        for number in range(MANY):
            start.wait(30)
            one_by_one(here, [make(f"m{number}", address=f"a{number}")])
        connection.close()

    threads = [Thread(target=each, args=[make]) for make in (words, unsent)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with tenancy.scope(here.id):
        rows = Message.objects.filter(ref__in=[f"m{n}" for n in range(MANY)])
        assert sorted({(row.text, row.withdrawn_at is None) for row in rows}) == [("", False)]
        assert rows.count() == MANY


# One message and its taking back as each platform tells them.
TOLD: dict[str, tuple[base.Inbound, base.Inbound]] = {
    "messenger": (
        meta.request(meta.body(meta.message(text=SECRET))),
        meta.request(meta.body(meta.message(is_deleted=True))),
    ),
    "instagram": (
        meta.request({**meta.body(meta.message(text=SECRET)), "object": "instagram"}),
        meta.request({**meta.body(meta.message(is_deleted=True)), "object": "instagram"}),
    ),
    "line": (
        line.request(line.body(line.message("text", text=SECRET))),
        line.request(line.body(line.event("unsend", unsend={"messageId": "325708"}))),
    ),
    "whatsapp": (
        whatsapp.request(whatsapp.change(whatsapp.value(whatsapp.message("text", {"body": SECRET})))),
        whatsapp.request(
            whatsapp.change(
                whatsapp.value(whatsapp.message("revoke", {"original_message_id": "wamid.A"}, id="wamid.R"))
            )
        ),
    ),
}


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("slug", TOLD)
def test_as_platforms_tell_it(world: World, slug: str, backwards: bool) -> None:
    here, platform = world.filante, registry.get(slug)
    creds = {**SAMPLES[slug].creds, "page_id": "", "account_id": "", "phone_number_id": ""}
    told = [list(platform.parse(request, creds)) for request in TOLD[slug]]
    happened = [event for events in (reversed(told) if backwards else told) for event in events]
    one_by_one(here, happened)
    with tenancy.scope(here.id):
        row = Message.objects.exclude(conversation=here.conversation).get()
        assert (row.text, row.withdrawn_at is None) == ("", False)


def test_what_never_comes_is_forgotten_when_nothing_can_bring_it(committed_world: World) -> None:
    """A webhook that waits for a person may be read months later."""
    here, there = committed_world.filante, committed_world.garance
    for side in (here, there):
        one_by_one(side, [unsent("old"), unsent("young")])
        with tenancy.scope(side.id):
            long_ago = timezone.now() - taken_back.KEPT - timedelta(minutes=1)
            EarlyWithdrawal.objects.filter(ref="old").update(created_at=long_ago)
    with tenancy.scope(there.id):
        ReceivedWebhook.objects.create(channel=there.channel, dedup_key="d", state=WebhookState.DEAD, raw=b"")
    assert taken_back.sweep() == 1
    assert taken_back.sweep() == 0
    assert [refs(side) for side in (here, there)] == [["young"], ["old", "young"]]


def refs(side: Side) -> list[str]:
    with tenancy.scope(side.id):
        return sorted(EarlyWithdrawal.objects.values_list("ref", flat=True))


def test_it_is_kept_longer_than_webhooks_are() -> None:
    from apps.connections import tidy

    assert taken_back.KEPT > tidy.WEBHOOKS_KEPT
