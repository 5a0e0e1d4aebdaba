"""Nonsense on the socket: a code and a number to ask about, nothing internal, and the socket lives on.

Zammad CVE-2026-102489 answered {"event": "base"} with its internals (RELIABILITY S4).
"""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.console.live import protocol
from apps.core.sockets.frames import BadFrame
from tests.console.live.page import Page, agent_of, work
from tests.worlds import World

GARBLED = [
    "",
    "x",
    "null",
    "7",
    "[]",
    '"hello"',
    "{",
    "\x00",
    "[" * 10_000,
    '{"op":"hello"}',
    '{"op":"hello","cursor":"1"}',
    '{"op":"hello","cursor":-1}',
    '{"op":"hello","cursor":1.5}',
    '{"op":"hello","cursor":true}',
    '{"op":"hello","cursor":99999999999999999999}',
    '{"op":"hello","cursor":1,"watch":7}',
    '{"op":"hello","cursor":1,"watch":"' + "a" * 5000 + '"}',
    '{"op":"hello","cursor":1,"watch":{"id":"x"}}',
    '{"op":"watch","conversation":"not-an-id"}',
    '{"op":"watch","conversation":null,"cursor":"0"}',
    '{"op":"typing"}',
    '{"op":"typing","on":1}',
    '{"op":"ping","got":null}',
]
UNKNOWN = [
    "{}",
    *(json.dumps({"op": op}) for op in ("base", "__class__", "receive", "close", "dispatch", "")),
]
UNKNOWN += [json.dumps({"op": op}) for op in (None, 1, ["hello"], {"hello": 1})]


@pytest.mark.parametrize(
    ("text", "code"),
    [*((text, "garbled") for text in GARBLED), *((text, "unknown_op") for text in UNKNOWN)]
    + [("x" * (protocol.MAX_FRAME + 1), "too_large")],
)
def test_nonsense_has_a_code(text: str, code: str) -> None:
    with pytest.raises(BadFrame) as refused:
        protocol.parse(text)
    assert refused.value.code == code


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: (
            st.lists(x)
            | st.dictionaries(st.sampled_from(["op", "cursor", "watch", "conversation", "on", "got"]), x)
        ),
    )
)
def test_any_json_is_a_frame_or_refused(value: object) -> None:
    try:
        frame = protocol.parse(json.dumps(value))
    except BadFrame:
        return
    assert isinstance(frame, protocol.Frame)


@pytest.mark.advisory("S4", "Zammad CVE-2026-102489")
async def test_every_nonsense_is_answered_and_the_socket_lives_on(committed_world: World) -> None:
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    for text in [*GARBLED[1:], *UNKNOWN][:30]:
        await page.raw(text)
        answer = await page.next()
        assert set(answer) == {"op", "code", "request_id"}
        assert (answer["op"], len(answer["request_id"])) == ("error", 12)
        assert answer["code"] in ("garbled", "unknown_op", "hello_twice")
    await page.socket.send_input({"type": "websocket.receive", "bytes": b"\xff\x00"})
    assert (await page.next())["code"] == "garbled"
    await page.say("ping", got=page.got)
    assert (await page.next())["op"] == "pong"
    await page.leave()


async def test_nothing_but_hello_comes_first(committed_world: World) -> None:
    page = await Page.open(await work(agent_of, committed_world.filante), "filante")
    for op, facts in [("watch", {"conversation": None}), ("typing", {"on": True}), ("ping", {"got": 0})]:
        await page.say(op, **facts)
        assert (await page.next())["code"] == "hello_first"
    await page.leave()


async def test_missing_hidden_and_foreign_conversations_answer_alike(committed_world: World) -> None:
    """Invariant I7, on the socket."""
    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    for conversation in (uuid4(), committed_world.garance.conversation.pk):
        await page.say("watch", conversation=str(conversation), cursor=0)
        answer = await page.next()
        assert (set(answer), answer["code"]) == ({"op", "code", "request_id"}, "not_found")
    await page.leave()


async def test_a_flood_ends_its_own_socket_only(committed_world: World) -> None:
    side = committed_world.filante
    client = await work(agent_of, side)
    flooding, calm = await Page.at(client, side), await Page.at(client, side)
    for _ in range(200):
        await flooding.raw('{"op":"base"}')
    assert await flooding.ended() == 4029
    await calm.say("ping", got=calm.got)
    assert (await calm.next())["op"] == "pong"
    await calm.leave()


@pytest.mark.advisory("S4", "Zammad CVE-2026-102489")
async def test_a_failure_inside_tells_nothing(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("canary of the inside")

    side = committed_world.filante
    page = await Page.at(await work(agent_of, side), side)
    monkeypatch.setattr("apps.console.live.company.Company.stays", fail)
    await page.say("ping", got=page.got)
    answer = await page.next()
    assert (set(answer), answer["code"]) == ({"op", "code", "request_id"}, "server_error")
    await page.leave()
