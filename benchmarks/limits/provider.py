"""A provider as a process: takes what is sent, answers after a while, and knows in which order it came.

    python -m benchmarks.limits.provider PORT

POST anywhere with a chat and a numbered text, in the words of Telegram, Apple or Meta, is a message; POST
/reset?delay=0.2 begins anew, in seconds; GET /taken is {"messages", "inversions", "seconds"}, seconds from
the first to the last; GET /arrivals is {chat: unix time of its last message}; whatever else is asked for, as
WhatsApp's list of templates is once a worker has run for a minute, there is none of.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import Any

from aiohttp import web


class Provider:
    def __init__(self) -> None:
        self.delay = 0.0
        self.begin_anew()

    def begin_anew(self) -> None:
        self.last: dict[str, int] = {}
        self.arrivals: dict[str, float] = {}
        self.messages = self.inversions = 0
        self.first_at = self.last_at = 0.0

    async def take(self, request: web.Request) -> web.Response:
        chat, text = _read(await request.json())
        if self.delay:
            await asyncio.sleep(self.delay)
        self._note(chat, int(text.split()[0]))
        ref = str(self.messages)
        return web.json_response(
            {
                "ok": True,
                "result": {"message_id": self.messages},
                "messages": [{"id": ref}],
                "message_id": ref,
            }
        )

    async def reset(self, request: web.Request) -> web.Response:
        self.delay = float(request.query["delay"])
        self.begin_anew()
        return web.Response()

    async def taken(self, request: web.Request) -> web.Response:
        seconds = self.last_at - self.first_at
        return web.json_response(
            {"messages": self.messages, "inversions": self.inversions, "seconds": seconds}
        )

    async def arrived(self, request: web.Request) -> web.Response:
        return web.json_response(self.arrivals)

    async def none(self, request: web.Request) -> web.Response:
        return web.json_response({"data": []})

    def _note(self, chat: str, number: int) -> None:
        self.messages += 1
        self.inversions += number <= self.last.get(chat, -1)
        self.last[chat] = number
        self.arrivals[chat] = time.time()
        self.last_at = time.monotonic()
        self.first_at = self.first_at or self.last_at


def _read(said: dict[str, Any]) -> tuple[str, str]:
    """To whom, and the text."""
    if "destinationId" in said:
        return said["destinationId"], said["body"]
    if "recipient" in said:
        return said["recipient"]["id"], said["message"]["text"]
    text = said["text"]
    chat = said["chat_id"] if "chat_id" in said else said["to"]
    return str(chat), text["body"] if isinstance(text, dict) else text


def main() -> None:
    provider, app = Provider(), web.Application()
    app.router.add_post("/reset", provider.reset)
    app.router.add_get("/taken", provider.taken)
    app.router.add_get("/arrivals", provider.arrived)
    app.router.add_get("/{anything:.*}", provider.none)
    app.router.add_post("/{anything:.*}", provider.take)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)


if __name__ == "__main__":
    main()
