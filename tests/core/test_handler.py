"""Django's handler: a request in one go, on threads that some requests have to themselves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path, reverse
from django.utils import translation

from apps.core.handler import Handler

SOON = 10.0  # seconds

_holds: threading.Event
_at_work: threading.Semaphore


def hold(request: HttpRequest) -> HttpResponse:
    _at_work.release()
    assert _holds.wait(SOON)
    return HttpResponse("held")


def quick(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{threading.current_thread().name} {reverse('quick')} {translation.get_language()}")


def speak(request: HttpRequest) -> HttpResponse:
    translation.activate("fr")
    return HttpResponse("parlé")


urlpatterns = [
    path("hold", hold),
    path("quick", quick, name="quick"),
    path("probe", quick),
    path("speak", speak),
]


@pytest.fixture(autouse=True)
def _routes() -> Iterator[None]:
    global _holds, _at_work
    _holds, _at_work = threading.Event(), threading.Semaphore(0)
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"]):
        yield
    _holds.set()


def asked(handler: Handler, path: str, *, mounted: str = "") -> Any:
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "root_path": mounted,
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    communicator: Any = ApplicationCommunicator
    return communicator(handler, scope)


async def answer(page: Any) -> str:
    await page.send_input({"type": "http.request", "body": b""})
    start = await page.receive_output(SOON)
    body = await page.receive_output(SOON)
    await page.wait(SOON)
    assert start["status"] == 200
    return str(body["body"].decode())


async def at_work() -> None:
    await asyncio.to_thread(_at_work.acquire, timeout=SOON)


def test_requests_apart_do_not_wait_for_the_others() -> None:
    async def ask() -> tuple[str, bool]:
        handler = Handler(apart={"/probe": 1})
        handler.threads._places = 1
        first = asyncio.create_task(answer(asked(handler, "/hold")))
        await at_work()
        waits = asyncio.create_task(answer(asked(handler, "/quick")))
        probe = await answer(asked(handler, "/probe"))
        waited = not waits.done()
        _holds.set()
        await asyncio.gather(first, waits)
        return probe, waited

    probe, waited = asyncio.run(ask())
    assert (probe.startswith("request"), waited) == (True, True)


def test_requests_do_not_wait_for_what_others_do_on_asgirefs_own_thread() -> None:
    """A look-up of a webhook's channel, say, while the database does not answer."""

    async def ask() -> str:
        busy = asyncio.create_task(sync_to_async(_holds.wait)(SOON))
        await asyncio.sleep(0.1)
        words = await answer(asked(Handler(), "/quick"))
        assert not busy.done()
        _holds.set()
        await busy
        return words

    assert asyncio.run(ask()).startswith("request")


def test_one_request_leaves_nothing_to_the_next_on_its_thread() -> None:
    async def ask() -> list[str]:
        handler = Handler()
        return [await answer(asked(handler, path)) for path in ("/quick", "/speak", "/quick")]

    before, _, after = asyncio.run(ask())
    assert before == after


def test_links_begin_where_the_service_is_mounted() -> None:
    async def ask() -> list[str]:
        handler = Handler()
        mounted = await answer(asked(handler, "/chat/quick", mounted="/chat"))
        return [mounted, await answer(asked(handler, "/quick"))]

    assert [words.split()[1] for words in asyncio.run(ask())] == ["/chat/quick", "/quick"]


def test_the_page_of_who_went_while_it_waited_is_never_made() -> None:
    async def ask() -> bool:
        handler = Handler()
        handler.threads._places = 1
        first = asyncio.create_task(answer(asked(handler, "/hold")))
        await at_work()
        gone = asked(handler, "/hold")
        await gone.send_input({"type": "http.request", "body": b""})
        await gone.send_input({"type": "http.disconnect"})
        await gone.wait(SOON)
        _holds.set()
        await first
        await answer(asked(handler, "/quick"))
        return _at_work.acquire(blocking=False)

    assert not asyncio.run(ask())
