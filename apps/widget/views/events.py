"""What changed, for clients without a socket: answered at once when there is news, else when some comes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from apps.conversations import live
from apps.conversations.models import StreamEvent
from apps.core import tenancy
from apps.widget import answers, doors, history, state
from apps.widget.answers import NoSession
from apps.widget.limits import REQUESTS_PER_ADDRESS, REQUESTS_PER_VISITOR, buckets
from apps.widget.models import Visitor
from apps.widget.protocol import address_of, check_origin, token_of, visitor_with
from apps.widget.shapes import Shape

WAIT_SECONDS = 25.0
AT_ONCE = 64  # requests that may wait in this process; the others are answered at once, so they ask again

_waiting = 0


@csrf_exempt
async def events(request: HttpRequest) -> HttpResponseBase:
    """GET ?after=<cursor>: the same as a "changes" frame of the socket, empty after 25 seconds.

    A cursor that is missing or strange gets everything, with "resync".
    """
    if request.method == "OPTIONS":
        return answers.finish(request, answers.preflight(["GET"]), readable=True)
    if request.method != "GET":
        return HttpResponse(status=405, headers={"Allow": "GET"})
    try:
        buckets.take(REQUESTS_PER_ADDRESS, address_of(request))
        return answers.finish(request, answers.ok(**await _news(request)), readable=True)
    except Exception as error:
        readable = not isinstance(error, answers.OriginRefused)
        return answers.finish(request, answers.refusal(error), readable=readable)


events.widget_view = ["GET"]  # type: ignore[attr-defined]  # the isolation test lists them


async def _news(request: HttpRequest) -> Shape:
    global _waiting
    visitor, found = await _look(request)
    if _tells(found) or _waiting >= AT_ONCE:
        return found
    _waiting += 1
    try:
        return await _wait(request, visitor)
    finally:
        _waiting -= 1


async def _wait(request: HttpRequest, visitor: Visitor) -> Shape:
    """Follow first, then look: what becomes durable in between is not missed."""
    listener = _News(visitor)
    follower = await live.follow(visitor.home, listener)
    try:
        _visitor, found = await _look(request)
        if _tells(found):
            return found
        with suppress(TimeoutError):
            await asyncio.wait_for(listener.arrived.wait(), WAIT_SECONDS)
    finally:
        follower.leave(listener)
    return (await _look(request))[1]


async def _look(request: HttpRequest) -> tuple[Visitor, Shape]:
    looked: tuple[Visitor, Shape] = await live.in_database(_looked)(request)
    return looked


def _looked(request: HttpRequest) -> tuple[Visitor, Shape]:
    """Who asks, and what is new for them. Raises NoSession, OriginRefused, TooOften."""
    token = token_of(request)
    place = doors.visitor_for(token)
    if place is None:
        raise NoSession
    with tenancy.scope(place.tenant_id):
        visitor = visitor_with(token)
        check_origin(request, visitor)
        buckets.take(REQUESTS_PER_VISITOR, visitor.pk.hex)
        return visitor, state.since(visitor, request.GET.get("after", ""))


def _tells(found: Shape) -> bool:
    return bool(found.get("resync") or found["messages"] or found["conversations"])


class _News:
    """A `live.Listener` that only waits for anything that concerns one visitor."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor, self.arrived = visitor, asyncio.Event()

    def reader(self) -> live.Reader:
        return partial(_concerns, self._visitor)

    def take(self, seq: int, found: bool) -> None:
        if found:
            self.arrived.set()

    def lost(self, seq: int) -> None:
        self.arrived.set()

    def signal(self, message: dict[str, Any]) -> None:
        """Signals that live for seconds are for sockets."""


def _concerns(visitor: Visitor, found: Sequence[StreamEvent]) -> bool:
    return history.conversations_of(visitor).filter(pk__in=history.places_of(found)).exists()
