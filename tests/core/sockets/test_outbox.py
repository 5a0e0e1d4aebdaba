"""A client that does not read is let go before it fills our memory, and only then."""

from __future__ import annotations

import asyncio

from apps.core.sockets import outbox as module
from apps.core.sockets.frames import Close
from apps.core.sockets.outbox import Outbox

SLOW = 4008


class Wire:
    """Where an outbox sends; what arrived there, in order."""

    def __init__(self) -> None:
        self.sent: list[str | int] = []

    async def send(self, text: str) -> None:
        self.sent.append(text)

    async def end(self, code: int) -> None:
        self.sent.append(code)


def _box() -> tuple[Outbox, Wire]:
    wire = Wire()
    return Outbox(wire.send, wire.end, slow=SLOW), wire


async def settled() -> None:
    """Everything that could go out has."""
    for _ in range(2 * module.MAX_FRAMES + 4):
        await asyncio.sleep(0)


async def test_frames_go_in_order_and_the_close_code_last() -> None:
    box, wire = _box()
    for text in ("one", "two"):
        box.put(text)
    box.close(4001)
    box.close(4003)
    box.put("too late")
    await settled()
    assert wire.sent == ["one", "two", 4001]


async def test_a_server_that_lets_us_write_gets_frames_at_once() -> None:
    box, wire = _box()
    box = Outbox(wire.send, wire.end, slow=SLOW, write=wire.sent.append)
    box.put("one")
    assert wire.sent == ["one"]
    box.close(4001)
    box.put("too late")
    await settled()
    assert wire.sent == ["one", 4001]


async def test_nothing_goes_out_once_the_socket_has_ended() -> None:
    box, wire = _box()
    box.put("one")
    box.cancel()
    box.put("two")
    await settled()
    assert wire.sent == []


async def test_too_many_frames_without_a_word_end_it() -> None:
    box, wire = _box()
    for number in range(module.MAX_FRAMES):
        box.put(str(number))
    assert not box.closed
    box.put("one more")
    await settled()
    assert wire.sent == [SLOW]


async def test_too_many_bytes_end_it_but_one_large_frame_does_not() -> None:
    box, wire = _box()
    box.put("x" * (module.MAX_BYTES + 1))
    assert not box.closed
    box.put("x")
    box.put("x")
    assert box.closed


async def test_a_client_that_says_what_arrived_may_stay_for_ever() -> None:
    box, _ = _box()
    for number in range(1, 10 * module.MAX_FRAMES):
        box.put("x" * 1000)
        box.arrived(number - 1)
    assert not box.closed


async def test_claiming_more_than_was_sent_gains_nothing() -> None:
    box, _ = _box()
    box.arrived(10**18)
    for number in range(module.MAX_FRAMES + 1):
        box.put(str(number))
    assert box.closed


async def test_a_client_that_reads_nothing_more_is_ended_while_nothing_waits() -> None:
    box, wire = _box()
    for number in range(module.MAX_FRAMES + 1):
        box.put(str(number))
        await asyncio.sleep(0)  # all of it goes out, nothing is known to arrive
    await settled()
    assert wire.sent[-1] == SLOW


async def test_the_close_code_is_a_plain_number() -> None:
    """Autobahn, below Daphne, refuses subclasses of int."""
    box, wire = _box()
    box.close(Close.STALE)
    await settled()
    assert [type(item) for item in wire.sent] == [int]


async def test_room_waits_for_the_client_or_the_end() -> None:
    box, _ = _box()
    for number in range(module.MAX_FRAMES):
        box.put(str(number))
    waiting = asyncio.create_task(box.room())
    await asyncio.sleep(0)
    box.arrived(module.MAX_FRAMES // 2 - 1)
    await asyncio.sleep(0)
    assert not waiting.done()
    box.arrived(module.MAX_FRAMES // 2)
    await asyncio.wait_for(waiting, 1)
    ending = asyncio.create_task(_fill_and_wait(box))
    await asyncio.sleep(0)
    box.close(4001)
    await asyncio.wait_for(ending, 1)


async def _fill_and_wait(box: Outbox) -> None:
    for number in range(module.MAX_FRAMES // 4):
        box.put(str(number))
    await box.room()
