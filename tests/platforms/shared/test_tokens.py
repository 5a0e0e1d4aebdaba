"""Tokens are fetched once, kept while they live, and forgotten when refused."""

from __future__ import annotations

import asyncio

import pytest

from apps.platforms.base import BadCredentials
from apps.platforms.shared.tokens import Token, TokenCache


class Issuer:
    def __init__(self) -> None:
        self.now, self.issued = 1000.0, 0
        self.cache = TokenCache(clock=lambda: self.now)

    async def issue(self) -> Token:
        await asyncio.sleep(0)
        self.issued += 1
        return Token(f"t{self.issued}", 7200)

    async def get(self, account: str = "a") -> str:
        return await self.cache.get(account, self.issue)


async def test_many_at_once_fetch_once() -> None:
    issuer = Issuer()
    assert set(await asyncio.gather(*[issuer.get() for _ in range(50)])) == {"t1"}
    assert (await issuer.get("b"), issuer.issued) == ("t2", 2)


async def test_a_token_is_renewed_before_it_ends() -> None:
    issuer = Issuer()
    await issuer.get()
    issuer.now += 6899
    assert await issuer.get() == "t1"
    issuer.now += 2
    assert await issuer.get() == "t2"


async def test_a_refused_token_is_forgotten_once() -> None:
    issuer = Issuer()
    first = await issuer.get()
    issuer.cache.forget("a", first)
    second = await issuer.get()
    issuer.cache.forget("a", first)
    assert (await issuer.get(), second) == (second, "t2")


async def test_a_failure_reaches_who_asked_and_is_not_kept() -> None:
    async def refuse() -> Token:
        raise BadCredentials("wrong secret")

    issuer = Issuer()
    with pytest.raises(BadCredentials):
        await issuer.cache.get("a", refuse)
    assert await issuer.get() == "t1"


def test_every_loop_may_ask() -> None:
    issuer = Issuer()
    assert {asyncio.run(issuer.get()) for _ in range(2)} == {"t1"}
