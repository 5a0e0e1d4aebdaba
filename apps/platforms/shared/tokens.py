"""Short-lived access tokens, fetched once for everybody who asks at the same time.

Kept in the process and nowhere else: platforms that issue such tokens give the same one to every process
that asks while it lives (WeChat's stable_token, QQ, Google and Microsoft accept several), so that no lock
between processes is needed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

from apps.platforms.base import BadCredentials

T = TypeVar("T")

MARGIN = 300.0  # seconds before its end at which a token is no longer handed out


@dataclass(frozen=True, slots=True)
class Token:
    """`lives` is in seconds from now, as the platform says."""

    value: str
    lives: float


Fetch = Callable[[], Awaitable[Token]]


class TokenCache:
    """Tokens by account. `clock` in seconds, monotonic."""

    def __init__(self, *, margin: float = MARGIN, clock: Callable[[], float] = time.monotonic) -> None:
        self._margin, self._clock = margin, clock
        self._kept: dict[str, tuple[str, float]] = {}
        self._locks: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Lock]]
        self._locks = WeakKeyDictionary()

    async def get(self, account: str, fetch: Fetch) -> str:
        """The live token of `account`; `fetch` runs at most once at a time, its error reaches who asked."""
        async with self._lock(account):
            value, end = self._kept.get(account, ("", 0.0))
            if not value or self._clock() >= end:
                token = await fetch()
                value, end = token.value, self._clock() + max(token.lives - self._margin, token.lives / 2)
                self._kept[account] = value, end
            return value

    def forget(self, account: str, value: str) -> None:
        """The platform refused `value`: fetch anew, unless somebody has already."""
        if self._kept.get(account, ("", 0.0))[0] == value:
            self._kept.pop(account, None)

    async def use(
        self,
        account: str,
        fetch: Fetch,
        attempt: Callable[[str], Awaitable[T]],
        *,
        stale: Callable[[BadCredentials], bool],
    ) -> T:
        """`attempt` with the account's token, and once more with a new one when what it raises is `stale`:
        the platform no longer knows the token, and so has done nothing."""
        token = await self.get(account, fetch)
        try:
            return await attempt(token)
        except BadCredentials as error:
            if not stale(error):
                raise
        self.forget(account, token)
        return await attempt(await self.get(account, fetch))

    def _lock(self, account: str) -> asyncio.Lock:
        try:
            locks = self._locks.setdefault(asyncio.get_running_loop(), {})
        except RuntimeError:  # driven by hand, without a loop: nobody else can be waiting
            return asyncio.Lock()
        return locks.setdefault(account, asyncio.Lock())
