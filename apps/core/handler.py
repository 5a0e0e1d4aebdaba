"""Django's handler of requests, which answers each in one go."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest, HttpResponseBase
from django.urls import set_script_prefix

from apps.core.request_threads import Threads


class Handler(ASGIHandler):
    """Middleware and view run one after the other on one of a few threads (docs/decisions/0021).

    Django's own crosses between thread and event loop at every seam, and each crossing waits for the loop:
    what takes a page a few milliseconds takes it seconds when there is much to do.

    `apart` names beginnings of paths whose requests have places of their own, and how many: they wait for
    each other and not for the rest, nor the rest for them.
    """

    def __init__(self, apart: Mapping[str, int] | None = None) -> None:
        super().__init__()
        self.threads = Threads()
        self._signals = ThreadPoolExecutor(1, thread_name_prefix="request signals")
        self._apart = {start: Threads(at_work) for start, at_work in (apart or {}).items()}

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Without the thread that Django makes for each request. Its signals have one that nothing else uses:
        it must not wait for a database."""
        async with ThreadSensitiveContext(executor=self._signals):
            await self.handle(scope, receive, send)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await self._threads_for(request.path_info).run(self._answer, request)

    def _threads_for(self, path: str) -> Threads:
        found = (threads for start, threads in self._apart.items() if path.startswith(start))
        return next(found, self.threads)

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        set_script_prefix(request.META["SCRIPT_NAME"] or "/")
        return self.get_response(request)
