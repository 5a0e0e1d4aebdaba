"""What an adapter is given with a part: files and their addresses, tag, handle, where statuses go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from apps.connections.addresses import webhook_url
from apps.conversations import deliver, files, load, outcomes, show_seen, show_typing
from apps.conversations.models import ContactAddress, Conversation, Delivery, ReadMark
from apps.conversations.receive import receive
from apps.conversations.send import Author, AuthorKind, Draft, send_message
from apps.core import tenancy
from apps.platforms import base, cards
from apps.platforms.windows import Window
from tests.conversations.lines import put, say
from tests.conversations.test_deliver import Postbox, postbox, posted_by, queue, states
from tests.worlds import Side, World, said

__all__ = ["postbox"]


class Fetching(Postbox):
    capabilities = base.Capabilities(
        text_limit=1000,
        media_limit=10**6,
        fetches_media=True,
        seen_out=True,
        typing_out=True,
        typing_at_message=True,
        cards={"media_group": cards.CardLimits(most=9, images=True)},
    )


@pytest.fixture
def fetching(monkeypatch: pytest.MonkeyPatch) -> Fetching:
    return posted_by(Fetching(), monkeypatch)


class Keyed(Postbox):
    capabilities = base.Capabilities(text_limit=1000, media_limit=10**6, retry_class=base.RetryClass.KEYED)


@pytest.fixture
def keyed(monkeypatch: pytest.MonkeyPatch) -> Keyed:
    return posted_by(Keyed(), monkeypatch)


def outgoing(here: Side) -> list[base.Outgoing]:
    with tenancy.scope(here.id):
        ids = list(Delivery.objects.values_list("pk", flat=True))
        found = load.outgoing_of(ids)
        assert [what for *_, what in found if isinstance(what, Exception)] == []
        return [out for _, _, out, _ in found]


def upload(here: Side) -> UUID:
    made = BytesIO()
    Image.new("RGB", (20, 20)).save(made, "PNG")
    made.seek(0)
    return files.upload(here.conversation, made, name="a.png").pk


def send(here: Side, draft: Draft) -> None:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    send_message(here.conversation.pk, author, draft, client_id=uuid4())


def on_postbox(here: Side) -> None:
    here.channel.platform = "postbox"
    here.channel.save()
    here.conversation.channel.platform = "postbox"


def test_files_have_addresses_where_they_are_fetched(world: World, fetching: Fetching) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        on_postbox(here)
        send(here, Draft(attachments=(upload(here),)))
        [out] = outgoing(here)
        assert out.media is not None and out.files == {}
        assert "/fetch/" in out.media.url and out.media.preview_url.endswith("/preview.jpg")
        assert out.webhook_url == webhook_url(here.channel)


def test_nowhere_else(world: World, postbox: Postbox) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        on_postbox(here)
        send(here, Draft(attachments=(upload(here),)))
        [out] = outgoing(here)
        assert out.media is not None and (out.media.url, out.media.preview_url) == ("", "")


def test_a_card_brings_its_files(world: World, fetching: Fetching) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        on_postbox(here)
        card = cards.MediaGroup(id="g", images=(0, 1))
        send(here, Draft(attachments=(upload(here), upload(here)), card=card))
        shown = [out.files for out in outgoing(here) if out.part.card]
        assert [sorted(each) for each in shown] == [[0, 1]]


def test_the_window_names_its_tag(world: World, postbox: Postbox) -> None:
    here = world.filante
    say(here, "one")
    put(here, "one", decision={"allow": True, "rule": "x", "tag": "HUMAN_AGENT"})
    assert [out.tag for out in outgoing(here)] == ["HUMAN_AGENT"]


def test_a_handle_has_an_age_and_a_count(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, replace(said("a", to=here.channel.address), handle={"token": "t"}))
        ContactAddress.objects.update(handle_at=timezone.now() - timedelta(seconds=90))
    say(here, "one", "two", "three")
    put(here, "one", state="sent")
    put(here, "two", state="failed")
    last = outgoing(here)[-1]
    assert (last.handle, last.answers) == ({"token": "t"}, 1)
    assert 90 <= last.handle_age < 100


def test_what_waited_while_new_words_came_counts_as_their_answer(world: World) -> None:
    """It goes out with their handle, so the next answer is the second to them."""
    here = world.filante
    with tenancy.scope(here.id):
        receive(here.channel, replace(said("a", to=here.channel.address), handle={"token": "1"}))
    say(here, "one")
    with tenancy.scope(here.id):
        receive(here.channel, replace(said("b", to=here.channel.address), handle={"token": "2"}))
    [first] = outgoing(here)
    put(here, "one", state="sent", sent_at=timezone.now())
    say(here, "two")
    second = outgoing(here)[-1]
    assert (first.handle, first.answers) == ({"token": "2"}, 0)
    assert (second.handle, second.answers) == ({"token": "2"}, 1)


class Counting(Postbox):
    capabilities = base.Capabilities(
        text_limit=1000, media_limit=10**6, windows=(Window(rule="passive_reply", hours=1, messages=5),)
    )


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    return posted_by(Counting(), monkeypatch)


def test_where_answers_are_counted_each_keeps_what_it_answers(world: World, counting: Counting) -> None:
    """Also when the customer has written again, and when what they wrote before comes late."""
    here, now = world.filante, timezone.now()
    with tenancy.scope(here.id):
        on_postbox(here)
        ContactAddress.objects.update(openings={})  # they wrote just now
    for minutes, token in ((9, "1"), (2, "2"), (5, "late")):
        with tenancy.scope(here.id):
            event = replace(said(token, to=here.channel.address), at=now - timedelta(minutes=minutes))
            receive(here.channel, replace(event, handle={"token": token}))
            kept = ContactAddress.objects.get(value="visitor-1").handle
        say(here, token)
    assert kept == {"token": "2"}
    found = outgoing(here)
    assert [out.handle["token"] for out in found] == ["1", "2", "2"]
    assert [round(out.handle_age / 60) for out in found] == [9, 2, 2]
    assert len({out.line for out in found}) == 3


def test_many_handles_are_counted_at_once(world: World) -> None:
    here = world.filante
    taken = []
    for number in range(3):
        with tenancy.scope(here.id):
            event = said("a", to=here.channel.address, address=f"asks-{number}")
            receive(here.channel, replace(event, handle={"token": "t"}))
            conversation = Conversation.objects.get(address__value=f"asks-{number}")
        say(here, f"{number}", conversation=conversation)
        with CaptureQueriesContext(connection) as queries:
            assert [out.answers for out in outgoing(here)] == [0] * (number + 1)
        taken.append(len(queries))
    assert taken[1] == taken[2]  # the first one opens the credentials of the channel


def test_without_a_handle_nothing_is_counted(world: World) -> None:
    here = world.filante
    say(here, "one")
    [out] = outgoing(here)
    assert (out.handle, out.handle_age, out.answers) == ({}, 0, 0)


def test_who_gets_a_handle_holds_the_thread(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        ContactAddress.objects.update(thread_owner="another program")
        receive(here.channel, replace(said("a", to=here.channel.address), handle={"token": "t"}))
        assert ContactAddress.objects.get(value="visitor-1").thread_owner == ""


def test_a_doubted_try_is_told(
    committed_world: World, keyed: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Class K goes again with the same key; the adapter may have had a call without one."""
    here = committed_world.filante
    monkeypatch.setattr(outcomes, "backoff", lambda _attempt: 60.0)  # else it may be due at once
    queue(here, "one")
    assert [out.doubted for out in outgoing(here)] == [0]
    for number, error in ((2, base.Unreachable("away")), (3, base.Unknown("no answer"))):
        keyed.answers = [error]
        deliver.drain(seconds=2)
        assert states(here) == [("one", "queued")]
        put(here, "one", attempt=number, due_at=timezone.now())
        doubted = outgoing(here)[0].doubted
        assert 0 < doubted < 60 if isinstance(error, base.Unknown) else doubted == 0


def test_an_unkeyed_call_of_a_keyed_platform_is_not_repeated(committed_world: World, keyed: Postbox) -> None:
    here = committed_world.filante
    queue(here, "one", "two")
    keyed.answers = [base.Unknown("no answer", repeatable=False)]
    deliver.drain(seconds=5)
    assert (states(here), keyed.got) == ([("one", "unknown"), ("two", "sent")], ["two"])


def test_a_limit_of_the_pair_pauses_only_that_conversation(committed_world: World, postbox: Postbox) -> None:
    here = committed_world.filante
    queue(here, "one", "two")
    with tenancy.scope(here.id):
        receive(here.channel, said("moi aussi", to=here.channel.address, address="visitor-2"))
        other = Conversation.objects.get(address__value="visitor-2")
    postbox.answers = [base.Throttled("pair", retry_after=3600, only_this_address=True)]
    deliver.drain(seconds=2)
    say(here, "other", conversation=other)
    deliver.drain(seconds=5)
    assert sorted(states(here)) == [("one", "queued"), ("other", "sent"), ("two", "queued")]


def test_reading_is_shown_once(world: World, fetching: Fetching) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        on_postbox(here)
        conversation = Conversation.objects.select_related("channel").get(pk=here.conversation.pk)
        assert not show_seen.is_news(conversation, seq=0)
        assert show_seen.is_news(conversation, seq=1)
        ReadMark.objects.create(conversation=conversation, membership=here.agent_membership, seq=1)
        assert not show_seen.is_news(conversation, seq=1)


def test_what_a_platform_is_told_of_reading(committed_world: World, fetching: Fetching) -> None:
    here, told = committed_world.filante, list[tuple[str, str]]()

    async def seen(to: str, ref: str, *_: Any) -> None:
        told.append((to, ref))
        raise base.Unreachable("away")  # harmless

    fetching.seen = seen  # type: ignore[attr-defined]
    with tenancy.scope(here.id):
        on_postbox(here)
        ref = here.conversation.messages.get().ref
    show_seen.show(here.id, here.conversation.pk)
    with tenancy.scope(here.id):
        ContactAddress.objects.update(handle={"seen": "token"})
    show_seen.show(here.id, here.conversation.pk)
    assert told == [("visitor-1", ref), ("visitor-1", "token")]


def test_typing_is_shown_under_their_last_words_where_a_platform_has_it_so(
    committed_world: World, fetching: Fetching
) -> None:
    here, told = committed_world.filante, list[tuple[str, bool]]()

    async def typing(to: str, sender: str, on: bool, *_: Any) -> None:
        told.append((to, on))

    fetching.typing = typing  # type: ignore[attr-defined]
    with tenancy.scope(here.id):
        on_postbox(here)
        ref = here.conversation.messages.get().ref
    show_typing.show(here.id, here.conversation.pk, True)
    with tenancy.scope(here.id):
        here.conversation.messages.update(ref=None)  # nothing that it could stand under
    show_typing.show(here.id, here.conversation.pk, True)
    assert told == [(ref, True)]
