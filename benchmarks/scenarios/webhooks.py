"""Signed webhooks: from the request to the 200 that says it is durable."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.harness import business, load, senders
from benchmarks.harness.machine import Machine, free_port
from benchmarks.harness.results import Row
from benchmarks.harness.rounds import interleaved, percentile
from benchmarks.naive.run import Naive

TITLE = "signed webhooks, durable before the 200"
CONNECTIONS = (8, 32)
LIMIT_GOAL, NAIVE_GOAL, SERVER_GOAL = 0.4, 15, 3  # times the empty application, the naive product, daphne
P99_GOAL = 200  # milliseconds
GRANIAN = {"granian": "config.asgi:application", "granian-empty": "benchmarks.limits.empty:application"}
SENDERS = {"telegram": senders.telegram, "apple_messages": senders.apple}
UNLIKE = "apple_messages, no two tokens alike"
MADE: dict[str, Callable[[str, int], list[bytes]]] = {**SENDERS, UNLIKE: partial(senders.apple, unlike=True)}


@dataclass(frozen=True, slots=True)
class Sides:
    """Where each platform's webhooks go: ours, the naive product's, and the empty application's."""

    ours: dict[str, str]
    naive: dict[str, str]
    limit: dict[str, str]


def measure(machine: Machine, *, rounds: int, quick: bool) -> list[Row]:
    seconds = 1.0 if quick else 5.0
    sides = _start(machine)
    rows: list[Row] = []
    for platform in SENDERS:
        for connections in CONNECTIONS:
            rows += _compare(sides, platform, connections, seconds, rounds)
    rows.append(_unlike(sides, seconds, rounds))
    rows += _second_server(machine, sides, seconds, rounds)
    rows.append(_commits(machine, seconds))
    return rows


def _start(machine: Machine) -> Sides:
    paths = connect(machine)
    machine.start("web")
    naive = Naive(machine)
    naive.connect("telegram", "bench", secret=senders.SECRET)
    naive.connect("apple_messages", "bench-apple", secret=senders.MSP_SECRET, account=senders.MSP)
    naive.start_web()
    port = free_port()
    empty = f"daphne --verbosity 0 -b 127.0.0.1 -p {port} benchmarks.limits.empty:application"
    machine.start("empty", empty, ready=f"http://localhost:{port}/")
    return Sides(
        {name: f"{machine.base_url}{path}" for name, path in paths.items()},
        {
            "telegram": f"{naive.url}/hooks/telegram/bench/",
            "apple_messages": f"{naive.url}/hooks/apple_messages/bench-apple/message",
        },
        {name: f"http://localhost:{port}{path}" for name, path in paths.items()},
    )


def connect(machine: Machine) -> dict[str, str]:
    """A business with both channels; the paths of their webhooks."""
    tenant = business.tenant("bench")
    telegram, apple = business.telegram(tenant), business.apple(tenant)
    return {
        "telegram": f"/hooks/telegram/{telegram.key}/",
        "apple_messages": f"/hooks/apple_messages/{apple.key}/message",
    }


def _compare(sides: Sides, platform: str, connections: int, seconds: float, rounds: int) -> list[Row]:
    taken = interleaved(
        {
            "ours": partial(rate, platform, sides.ours[platform], connections, seconds),
            "naive": partial(rate, platform, sides.naive[platform], connections, seconds),
            "limit": partial(rate, platform, sides.limit[platform], connections, seconds),
        },
        rounds,
    )
    ours, naive, limit = taken["ours"], taken["naive"], taken["limit"]
    reached = ours >= LIMIT_GOAL * limit and ours >= NAIVE_GOAL * naive
    note = f"{ours / limit:.2f} × empty daphne app, {ours / naive:.1f} × naive"
    goal = f"≥ {LIMIT_GOAL} × limit, ≥ {NAIVE_GOAL} × naive"
    label = f"{platform}, {connections} connections"
    rows = [Row("webhooks", label, "per s", ours, naive, limit, goal, reached, note)]
    if connections == max(CONNECTIONS):
        rows.append(_half_load(platform, sides.ours[platform], connections, seconds, ours / 2))
    return rows


def _unlike(sides: Sides, seconds: float, rounds: int) -> Row:
    """What it costs to check every token anew, though Apple's of one second are the same."""
    connections, platform = min(CONNECTIONS), "apple_messages"
    places = {"ours": sides.ours[platform], "naive": sides.naive[platform]}
    taken = interleaved(
        {name: partial(rate, UNLIKE, url, connections, seconds) for name, url in places.items()}, rounds
    )
    ours, naive = taken["ours"], taken["naive"]
    label, note = f"{UNLIKE}, {connections} connections", f"{ours / naive:.1f} × naive"
    return Row("webhooks", label, "per s", ours, naive, note=note)


def rate(platform: str, url: str, connections: int, seconds: float) -> float:
    """Webhooks per second that were answered 200; raises when one was answered anything else."""
    requests = made(platform, url, seconds)
    found = load.closed(url, requests, connections=connections, seconds=seconds)
    if set(found.statuses) != {200}:
        raise RuntimeError(f"{url} answered {dict(found.statuses)}")
    return found.rate


def made(platform: str, url: str, seconds: float, *, most: int = 8000) -> list[bytes]:
    """Enough requests for `seconds` at `most` per second."""
    return MADE[platform](url, int(seconds * most))


def _second_server(machine: Machine, sides: Sides, seconds: float, rounds: int) -> list[Row]:
    """The same product on granian, where requirements-server.txt is installed."""
    if find_spec("granian") is None:
        return []
    places = {name: _granian(machine, name, target) for name, target in GRANIAN.items()}
    rows = [_faster(platform, places, sides, seconds, rounds) for platform in SENDERS]
    for name in places:
        machine.stop(name)
    return rows


def _granian(machine: Machine, name: str, target: str) -> str:
    """Start one process of it; where it listens."""
    place = f"localhost:{(port := free_port())}"
    server = f"{sys.executable} -m granian --interface asginl --loop uvloop --workers 1 --no-ws"
    command = f"{server} --log-level warning --port {port} {target}"
    machine.start(name, command, ready=f"http://{place}/livez")
    return place


def _faster(platform: str, places: dict[str, str], sides: Sides, seconds: float, rounds: int) -> Row:
    connections, daphne = max(CONNECTIONS), sides.ours[platform]
    urls = {name: urlsplit(daphne)._replace(netloc=place).geturl() for name, place in places.items()}
    urls["daphne"] = daphne
    taken = interleaved(
        {name: partial(rate, platform, url, connections, seconds) for name, url in urls.items()}, rounds
    )
    ours, limit = taken["granian"], taken["granian-empty"]
    times = ours / taken["daphne"]
    label = f"{platform}, granian instead of daphne, {connections} connections"
    goal, note = f"≥ {SERVER_GOAL} × daphne", f"{times:.1f} × daphne, {ours / limit:.2f} × empty granian app"
    return Row("webhooks", label, "per s", ours, None, limit, goal, times >= SERVER_GOAL, note)


def _half_load(platform: str, url: str, connections: int, seconds: float, pace: float) -> Row:
    requests = made(platform, url, seconds)
    found = load.paced(url, requests, connections=connections, seconds=seconds, rate=pace)
    p99 = percentile(found.latencies, 0.99) * 1000
    label = f"{platform}, p99 at half load ({pace:.0f}/s)"
    return Row("webhooks", label, "ms", p99, goal=f"≤ {P99_GOAL}", reached=p99 <= P99_GOAL)


def _commits(machine: Machine, seconds: float) -> Row:
    """What the database does when every webhook is a transaction of its own."""
    script = machine.folder / "insert.sql"
    script.write_text("INSERT INTO bench_row (raw) VALUES (repeat('x', 400));\n")
    machine.program(
        "psql", "-qc", "CREATE TABLE IF NOT EXISTS bench_row (id bigserial PRIMARY KEY, raw text)"
    )
    pace = _pgbench(machine, script, seconds)
    return Row("webhooks", "single-row commits, pgbench, 8 connections", "per s", pace)


def _pgbench(machine: Machine, script: Path, seconds: float) -> float:
    options = ["-n", "-c", "8", "-j", "2", "-T", str(max(1, int(seconds))), "-f", str(script)]
    words = machine.program("pgbench", *options)
    line = next(line for line in words.splitlines() if line.startswith("tps = "))
    return float(line.split()[2])
