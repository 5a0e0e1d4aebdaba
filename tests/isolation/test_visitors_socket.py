"""Invariant I7 on the visitors' socket: every word of it, each of its values another tenant's in turn."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, get_args, get_type_hints
from uuid import uuid4

import pytest

from apps.widget.live import frames
from tests.isolation.inventory import random_like
from tests.widget.panels import Panel, agent_says, conversation_of, panel
from tests.widget.test_socket import Socket, connected, in_thread
from tests.worlds import Side, World

# A value of the other tenant's for each field of each op; "conversation" is a field that no op has.
ATTACKS: dict[str, dict[str, str]] = {
    "hello": {"cursor": "cursor", "token": "entry_point"},
    "typing": {"on": "conversation", "conversation": "conversation"},
    "ping": {"got": "seq", "conversation": "conversation"},
}
HARMLESS: dict[str, dict[str, Any]] = {"typing": {"on": True}, "ping": {"got": 0}}
WORDS = {frame.__name__.lower(): frame for frame in get_args(frames.Frame)}


def test_every_op_and_every_field_is_tried() -> None:
    assert {op: set(get_type_hints(frame)) for op, frame in WORDS.items()} == {
        op: set(fields) - {"conversation"} for op, fields in ATTACKS.items()
    }
    assert all(dataclasses.is_dataclass(frame) for frame in WORDS.values())


async def victims_values(here: Side, device: Panel) -> dict[str, Any]:
    place = await in_thread(conversation_of)(here, "Secret de Filante")
    state = (await in_thread(device.start)()).json()
    return {
        "cursor": state["cursor"],
        "conversation": str(place.pk),
        "entry_point": here.entry_point.key,
        "seq": 1,
    }


@pytest.mark.parametrize(("op", "field"), [(op, field) for op, fields in ATTACKS.items() for field in fields])
async def test_a_value_of_another_tenant_is_like_nobodys(committed_world: World, op: str, field: str) -> None:
    ours, theirs = committed_world.garance, committed_world.filante
    device, victim = await in_thread(panel)(ours), await in_thread(panel)(theirs)
    await in_thread(device.say)("Bonjour Garance")
    await in_thread(victim.say)("Secret de Filante")
    value = (await victims_values(theirs, victim))[ATTACKS[op][field]]
    nobodys = random_like(value) if isinstance(value, str) else value
    told = []
    for each in (value, nobodys):
        facts = {**HARMLESS.get(op, {}), field: each}
        told.append(await answers(device, theirs, op, facts))
    assert told[0] == told[1]
    assert "Filante" not in str(told)


async def answers(device: Panel, theirs: Side, op: str, facts: dict[str, Any]) -> list[Any]:
    """What comes back, the victim's next words included if they did; the attacker's own without ids."""
    if op == "hello":
        return await greeted(device, **facts)
    async with connected(device.token) as socket:
        await socket.next("ready")
        await socket.say(op=op, **facts)
        await in_thread(answered)(theirs)
        await socket.say(op="ping", got=0)  # the last word, which is answered whatever became of the others
        return await heard(socket)


async def greeted(device: Panel, *, cursor: str = "", token: str = "") -> list[Any]:
    socket = Socket()
    await socket.connect(5.0)
    await socket.say(op="hello", token=token or device.token, cursor=cursor)
    try:
        return await heard(socket)
    finally:
        await socket.disconnect()


async def heard(socket: Socket) -> list[Any]:
    """Each frame's op, code and words, until half a second of silence after an answer; a closing by its
    code."""
    found: list[Any] = []
    while not found or not await socket.receive_nothing(timeout=0.5):
        message = await socket.receive_output(20.0)
        if message["type"] == "websocket.close":
            return [*found, message["code"]]
        found.append(plain(message["text"]))
    return found


def plain(text: str) -> Any:
    frame = json.loads(text)
    return frame["op"], frame.get("code"), [each["text"] for each in frame.get("messages", [])]


def answered(here: Side) -> None:
    """Meanwhile Bob writes to the victim."""
    agent_says(here, conversation_of(here, "Secret de Filante"), f"Réponse de Filante {uuid4()}")
