"""`python -m tests.chaos.provider PORT MAIL_PORT LOG SEED`: /<platform>/… is its API, /weather the odds."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import TextIO

from aiohttp import web

from tests.chaos import names
from tests.chaos.dialects import DIALECTS, dropping
from tests.chaos.dialects.contract import PLACE, ReadsQueries, Reply, Taken
from tests.chaos.provider import mail_server
from tests.chaos.provider.weather import CALM, Weather

HANG_SECONDS = 600.0
THROTTLE_SECONDS = 1


class Provider:
    """`log` is the ground truth of what reached customers: one line per accepted message."""

    def __init__(self, log: TextIO, weather: Weather) -> None:
        self._log, self._weather = log, weather
        self._delivered = 0
        self._keys: dict[tuple[str, str], int] = {}
        self._said: dict[str, list[tuple[int, Taken]]] = defaultdict(list)

    async def change_weather(self, request: web.Request) -> web.Response:
        self._weather.odds = await request.json()
        return web.Response()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        platform = request.match_info["platform"]
        dialect, body = DIALECTS[platform], await request.read()
        path = request.path_qs if isinstance(dialect, ReadsQueries) else request.path
        taken = dialect.take(path, request.headers, body)
        if taken is None:
            place = f"{request.scheme}://{request.host}/{platform}"
            return _response(dialect.other(path, body, self._said[platform]), place=place)
        return _response(await self.meet(platform, taken, request.transport))

    async def meet(self, platform: str, taken: Taken, transport: asyncio.BaseTransport | None) -> Reply:
        """The answer to a message that came on this connection."""
        came, fate = time.time(), self._weather.fate()
        if fate == "throttled":
            return DIALECTS[platform].throttled(THROTTLE_SECONDS)
        if fate == "slow":
            await asyncio.sleep(1 + self._delivered % 3 / 2)
        reply = self._deliver(platform, taken, fate, came)
        if fate == "hang":
            await asyncio.sleep(HANG_SECONDS)
        if fate == "lost" and isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        return reply

    async def take_mail(self, port: int) -> AsyncIterator[None]:
        async with await mail_server.listen(port, self.meet):
            yield

    def _deliver(self, platform: str, taken: Taken, fate: str, came: float) -> Reply:
        """A key that was accepted before delivers nothing."""
        before = self._keys.get((platform, taken.key))
        if taken.key and before is not None:
            return dropping(platform).repeated(before, taken)
        self._delivered += 1
        self._keys[platform, taken.key] = self._delivered
        self._said[platform].append((self._delivered, taken))
        self._write(platform, taken, fate, came)
        return DIALECTS[platform].accepted(self._delivered)

    def _write(self, platform: str, taken: Taken, fate: str, came: float) -> None:
        said = names.read(taken.text)
        line = {
            "what": "provided",
            "t": time.time(),
            "came": came,
            "platform": platform,
            "place": self._delivered,
            "to": taken.to,
            "ours": taken.ours,
            "class": DIALECTS[platform].retry_class,
            "conversation": said.conversation if said else "",
            "number": said.number if said else 0,
            "text": taken.text,
            "answered": fate,
        }
        self._log.write(json.dumps(line) + "\n")


def _response(reply: Reply, *, place: str = PLACE) -> web.Response:
    if reply.body is None:
        return web.Response(status=reply.status, headers=reply.headers)
    text = json.dumps(reply.body).replace(PLACE, place)
    return web.json_response(text=text, status=reply.status, headers=reply.headers)


def main(port: int, mail_port: int, log: str, seed: int) -> None:
    with open(log, "a", buffering=1) as file:
        provider = Provider(file, Weather(seed, dict(CALM)))
        app = web.Application()
        app.cleanup_ctx.append(lambda _app: provider.take_mail(mail_port))
        app.router.add_post("/weather", provider.change_weather)
        app.router.add_route("*", "/{platform}/{rest:.*}", provider.answer)
        web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
