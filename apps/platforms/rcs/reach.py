"""Whether RCS reaches a customer and what their phone can show: asked ahead, and remembered for a while.

A message to a number without RCS is refused all the same; who is asked about first is not written to at all.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from uuid import uuid4

from apps.core.http import Http
from apps.platforms.base import Credentials, Outgoing, OutOfReach, SendError
from apps.platforms.rcs import calls
from apps.platforms.rcs.account import account
from apps.platforms.shared.answers import certain

REMEMBERED = 3600.0  # seconds; a phone that lost its RCS meanwhile is told by the message's own refusal
MOST = 10_000  # customers in one process

Features = frozenset[str]
Key = tuple[str, str, str]


class Phones:
    """What the phones of customers can show, by account, agent and number. `clock` in seconds, monotonic."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, tuple[Features, float]] = OrderedDict()

    async def features(self, to: str, creds: Credentials, http: Http) -> Features:
        """Raises OutOfReach when RCS does not reach the number, else as `ask`."""
        key = (account(creds).name, calls.agent(creds), to)
        known, end = self._kept.get(key, (Features(), 0.0))
        if self._clock() >= end:
            known = await ask(to, creds, http)
            self._kept[key] = known, self._clock() + REMEMBERED
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
        return known

    def forget(self, to: str, creds: Credentials) -> None:
        self._kept.pop((account(creds).name, calls.agent(creds), to), None)


PHONES = Phones()


async def before(outgoing: Outgoing, creds: Credentials, http: Http) -> Features:
    """What the phone can show to which `outgoing` goes. Raises OutOfReach when it has no RCS, unless an
    earlier try may have arrived: then it must go no other way, and the message itself is tried again.
    Raises SendError; nothing was sent then."""
    try:
        return await PHONES.features(outgoing.to, creds, http)
    except OutOfReach:
        if not outgoing.doubted:
            raise
        return Features()


async def ask(to: str, creds: Credentials, http: Http) -> Features:
    """Google's own answer. Raises OutOfReach and other SendErrors, but no Unknown: nothing is in doubt."""
    query = {"requestId": str(uuid4())}
    try:
        answer = await calls.call("GET", f"{calls.phone(to)}/capabilities", creds, http, query=query)
    except SendError as error:
        raise certain(error) from None
    data = answer.json()
    named = data.get("features") if isinstance(data, dict) else None
    return frozenset(str(each) for each in named) if isinstance(named, list) else Features()
