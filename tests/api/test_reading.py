"""Programs read what the console shows: the same rows, no notes, no credentials."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.connections.models import Channel
from apps.conversations import files
from apps.conversations.models import Attachment, Message
from apps.conversations.notes import write_note
from apps.conversations.receive import receive
from apps.core import tenancy
from tests.api.conftest import Program
from tests.conversations.lines import put, say
from tests.worlds import Side, World, said

ProgramOf = Callable[..., Program]


@pytest.fixture
def here(world: World) -> Side:
    return world.filante


@pytest.fixture
def crm(here: Side, program_of: ProgramOf) -> Program:
    return program_of(here)


def more_customers(here: Side, count: int) -> None:
    with tenancy.scope(here.id):
        for number in range(count):
            receive(here.channel, said("Bonjour", to=here.channel.address, address=f"more-{number}"))


def stored_file(here: Side, name: str) -> Attachment:
    with tenancy.scope(here.id):
        attachment = files.upload(here.conversation, io.BytesIO(b"<script>1</script>"), name=name)
        attachment.message = Message.objects.get()
        attachment.save(update_fields=["message"])
        return attachment


def test_the_list_says_what_the_inbox_says(here: Side, crm: Program) -> None:
    page = crm.get("/conversations/").json()
    assert (page["next"], page["previous"], len(page["results"])) == (None, None, 1)
    row = page["results"][0]
    assert {name: row[name] for name in ("id", "status", "tag", "team", "address", "preview")} == {
        "id": str(here.conversation.pk),
        "status": "waiting",
        "tag": "adsl",
        "team": {"slug": "adsl", "name": "ADSL"},
        "address": "visitor-1",
        "preview": "Bonjour, plus d’internet",
    }
    assert row["channel"] == {"id": str(here.channel.pk), "platform": "webchat", "name": "Filante site"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "waiting"}, 1),
        ({"status": "closed"}, 0),
        ({"team": "adsl"}, 1),
        ({"team": "front-desk"}, 0),
        ({"tag": "adsl"}, 1),
        ({"tag": "ADSL"}, 0),
        ({"updated_since": (datetime.now(UTC) - timedelta(hours=1)).isoformat()}, 1),
        ({"updated_since": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, 0),
    ],
)
def test_filters(crm: Program, query: dict[str, str], found: int) -> None:
    assert len(crm.get("/conversations/", **query).json()["results"]) == found


def test_filter_by_channel(world: World, here: Side, crm: Program) -> None:
    found = [
        len(crm.get("/conversations/", channel=str(side.channel.pk)).json()["results"])
        for side in (here, world.garance)
    ]
    assert found == [1, 0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "gone"}, "status"),
        ({"channel": "1; DROP TABLE"}, "channel"),
        ({"tag": "a\x00b"}, "tag"),
        ({"team": "a'b"}, "team"),
        ({"updated_since": "yesterday"}, "updated_since"),
        ({"cursor": "cD1ub3c="}, "cursor"),
        ({"cursor": "cD0yMDI2LTAxLTAxVDAwJTNBMDAlM0E5OQ=="}, "cursor"),
        ({"cursor": "é"}, "cursor"),
    ],
)
def test_wrong_questions_are_named(crm: Program, query: dict[str, str], field: str) -> None:
    answer = crm.get("/conversations/", **query)
    assert (answer.status_code, answer.json()["error"]["field"]) == (400, field)


def test_pages_cover_everything_once(here: Side, crm: Program) -> None:
    more_customers(here, 6)
    seen: list[str] = []
    answer = crm.get("/conversations/", limit=3).json()
    seen += [row["id"] for row in answer["results"]]
    while answer["next"]:
        query = dict(part.split("=", 1) for part in answer["next"].split("?")[1].split("&"))
        answer = crm.get("/conversations/", limit=3, cursor=query["cursor"].replace("%3D", "=")).json()
        seen += [row["id"] for row in answer["results"]]
    assert (len(seen), len(set(seen))) == (7, 7)


def test_one_conversation_says_whether_one_may_write(here: Side, crm: Program) -> None:
    answer = crm.get(f"/conversations/{here.conversation.pk}/").json()
    assert answer["may_send"] == {
        "allow": True,
        "rule": "customer_wrote",
        "until": None,
        "left": None,
        "instead": "",
        "price": "free",
    }


def test_messages_without_the_notes(here: Side, crm: Program) -> None:
    with tenancy.scope(here.id):
        write_note(here.conversation.pk, here.agent_membership, "Client difficile", client_id=None)
    answer = crm.get(f"/conversations/{here.conversation.pk}/messages/")
    texts = [(m["seq"], m["direction"], m["author"]["kind"], m["text"]) for m in answer.json()["results"]]
    assert texts == [(1, "in", "contact", "Bonjour, plus d’internet")]
    assert "difficile" not in answer.content.decode()


def test_files_come_as_bytes_only(here: Side, crm: Program) -> None:
    attachment = stored_file(here, "a.html")
    message = crm.get(f"/conversations/{here.conversation.pk}/messages/").json()["results"][0]
    url = message["attachments"][0]["url"]
    assert url.endswith(f"/api/v1/attachments/{attachment.pk}/")
    answer = crm.get(f"/attachments/{attachment.pk}/")
    assert b"".join(answer.streaming_content) == b"<script>1</script>"
    assert {
        name: answer[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")
    } == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": 'attachment; filename="a.html"',
        "X-Content-Type-Options": "nosniff",
    }


def test_channels_without_their_keys(here: Side, crm: Program, program_of: ProgramOf) -> None:
    with tenancy.scope(here.id):
        Channel.objects.update(health_words="401 Unauthorized", settings={"account": "ours"})
    answer = crm.get("/channels/")
    row = answer.json()["results"][0]
    assert (row["name"], row["state"], row["health_words"]) == ("Filante site", "live", None)
    assert "ours" not in answer.content.decode()
    admin = program_of(here, role="admin", name="Monitor")
    assert admin.get("/channels/").json()["results"][0]["health_words"] == "401 Unauthorized"


def test_entry_points(here: Side, crm: Program) -> None:
    row: dict[str, Any] = crm.get("/entry-points/").json()["results"][0]
    assert (row["tag"], row["channels"]) == ("adsl", [str(here.channel.pk)])
    assert row["url"] == f"http://testserver/e/{here.entry_point.key}/"


def test_prices_are_summed_in_a_time(here: Side, program_of: ProgramOf) -> None:
    admin = program_of(here, role="admin")
    say(here, "one", "two")
    sent = timezone.now() - timedelta(days=2)
    for text in ("one", "two"):
        put(here, text, sent_at=sent, price={"amount": "0.05", "currency": "EUR"})
    found = admin.get("/prices/").json()["results"]
    assert [(row["channel"], row["messages"], row["currency"], row["amount"]) for row in found] == [
        (str(here.channel.pk), 2, "EUR", "0.10")
    ]
    assert admin.get("/prices/", since=timezone.now().isoformat()).json()["results"] == []
    wrong = admin.get("/prices/", since="2020-01-01T00:00:00Z")
    assert (wrong.status_code, wrong.json()["error"]["field"]) == (400, "until")
    assert program_of(here).get("/prices/").status_code == 403
