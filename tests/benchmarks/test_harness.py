"""What bin/bench measures with; no time is asserted, only that the sums are right and scenarios exist."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from importlib import import_module
from xml.etree import ElementTree

import pytest

from benchmarks.harness import arithmetic, chart, load, results
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved, percentile
from benchmarks.scenarios import SCENARIOS


def test_sides_take_turns_and_the_median_counts() -> None:
    called: list[str] = []
    values = {"ours": iter([1.0, 9.0, 2.0]), "limit": iter([5.0, 5.0, 7.0])}

    def side(name: str) -> float:
        called.append(name)
        return next(values[name])

    found = interleaved({"ours": lambda: side("ours"), "limit": lambda: side("limit")}, rounds=3)
    assert (found, called) == ({"ours": 2.0, "limit": 5.0}, ["ours", "limit"] * 3)


@pytest.mark.parametrize(("share", "value"), [(0.5, 51.0), (0.99, 100.0), (1.0, 100.0), (0.0, 1.0)])
def test_percentile(share: float, value: float) -> None:
    assert percentile([float(number) for number in range(100, 0, -1)], share) == value


def test_scenarios_measured_again_replace_their_rows_only() -> None:
    old = [Row("a", "x", "s", 1), Row("b", "x", "s", 2), Row("gone", "x", "s", 3)]
    assert results.merged(old, [Row("a", "y", "s", 4)], ["b", "a"]) == [
        Row("b", "x", "s", 2),
        Row("a", "y", "s", 4),
    ]


def test_the_table_shows_every_row_and_the_chart_those_that_compare() -> None:
    rows = [Row("a", "x & y", "s", 1234.5, 10, 0.123, "≥ 2", False, "why"), Row("b", "z", "MB", 0)]
    first = "| a | x & y (s) | 1,234 | 10 | 0.123 | ≥ 2 | **not reached**; why |"
    assert results.table(rows).splitlines()[2:] == [first, "| b | z (MB) | 0 | – | – |  |  |"]
    assert len(ElementTree.fromstring(chart.draw(rows)).findall("{http://www.w3.org/2000/svg}rect")) == 7


def test_the_documents_say_what_was_measured() -> None:
    """`bin/bench` writes both; whoever changes the results by hand leaves a lie."""
    rows = results.read()
    assert results.shown(results.DOCUMENT) == results.table(rows)
    assert results.shown(results.SCALING) == arithmetic.processor(rows, results.cores()) != ""


def test_a_million_messages_cost_what_their_steps_cost() -> None:
    rates = {step: Row(*step, "per s", 1000.0) for step in (*arithmetic.IN, *arithmetic.OUT)}
    told = arithmetic.processor(list(rates.values()), cores=2)
    assert "half in, half out** | 667 | 0.833 h |" in told
    assert arithmetic.processor([], cores=2) == ""


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_there(name: str) -> None:
    scenario = import_module(f"benchmarks.scenarios.{name}")
    assert scenario.TITLE and callable(scenario.measure)


@pytest.fixture
def server() -> Iterator[str]:
    """Answers every request with 200, the fourth with 503."""
    loop = asyncio.new_event_loop()
    seen = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        while head := await reader.readuntil(b"\r\n\r\n"):
            await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
            seen += 1
            status = b"503 No" if seen == 4 else b"200 OK"
            writer.write(b"HTTP/1.1 " + status + b"\r\ncontent-length: 2\r\n\r\nok")

    async def quietly(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except asyncio.IncompleteReadError:
            writer.close()

    listening = loop.run_until_complete(asyncio.start_server(quietly, "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/x"
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize("connections", [1, 3])
def test_every_request_is_sent_once_and_its_answer_counted(server: str, connections: int) -> None:
    requests = [load.request(server, b"body", {}) for _ in range(10)]
    found = load.closed(server, requests, connections=connections, seconds=60)
    assert (dict(found.statuses), len(found.latencies)) == ({200: 9, 503: 1}, 10)
    paced = load.paced(server, requests, connections=connections, seconds=60, rate=1000)
    assert dict(paced.statuses) == {200: 10}
