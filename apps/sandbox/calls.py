"""One call to a simulated platform: its troubles first, then in one transaction what it does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpResponse, HttpResponseBase, JsonResponse

from apps.core import tenancy
from apps.sandbox import faults, wire
from apps.sandbox.doors import Place
from apps.sandbox.models import FaultKind, SandboxAccount

Json = dict[str, Any]


class Refused(Exception):
    """The platform's no, as it would be on the wire; `noted` stands in the list of what crossed it."""

    def __init__(self, status: int, body: Json, **headers: str) -> None:
        super().__init__(str(body))
        self.status, self.body, self.headers = status, body, headers
        self.noted = str(status)

    def answer(self) -> JsonResponse:
        answer = JsonResponse(self.body, status=self.status)
        for name, value in self.headers.items():
            answer[name.replace("_", "-")] = value
        answer._has_been_logged = True  # type: ignore[attr-defined]  # Django logs the path
        return answer


class Asked(NamedTuple):
    """Whose call it is and what it does. Troubles only reach those that `says` something to a customer."""

    place: Place
    name: str
    does: Callable[[SandboxAccount], Json | HttpResponse]
    says: bool = False


Troubled = Callable[[SandboxAccount, frozenset[str]], Refused | None]


def run(asked: Asked, troubled: Troubled) -> HttpResponseBase:
    """The answer. `troubled` says what the platform answers on a bad day; None when it works all the same.

    A refused call changes nothing but the list of what crossed the wire.
    """
    try:
        troubles = _troubles(asked, troubled)
        answer = _done(asked, lost=FaultKind.LOST in troubles)
    except Refused as refused:
        with tenancy.scope(asked.place.tenant_id):
            wire.note(_account(asked), asked.name, refused.noted)
        return refused.answer()
    return faults.lost_answer() if FaultKind.LOST in troubles else answer


def _troubles(asked: Asked, troubled: Troubled) -> frozenset[str]:
    if not asked.says:
        return frozenset()
    with tenancy.scope(asked.place.tenant_id):
        account = _account(asked)
        troubles = faults.active(account)
        refusal = troubled(account, troubles)
    if FaultKind.SLOW in troubles:
        time.sleep(faults.SLOW_SECONDS)
    if refusal:
        raise refusal
    return troubles


def _done(asked: Asked, *, lost: bool) -> HttpResponse:
    with tenancy.scope(asked.place.tenant_id):
        account = _account(asked)
        result = asked.does(account)
        wire.note(account, asked.name, "200, answer lost" if lost else "200")
    return result if isinstance(result, HttpResponse) else JsonResponse(result)


def _account(asked: Asked) -> SandboxAccount:
    return SandboxAccount.objects.get(pk=asked.place.id)
