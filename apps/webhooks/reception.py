"""What is done with a platform's request: find whose it is, verify, store."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import NoReturn

from django.conf import settings

from apps.connections import vault
from apps.core.http import Egress, HttpDoor
from apps.core.ids import new_id
from apps.platforms import base
from apps.webhooks.accounts import Account, Accounts
from apps.webhooks.writer import NotStored, Row, Writer

SECRET_HEADERS = frozenset({"authorization", "cookie", "x-telegram-bot-api-secret-token"})
ATTEMPTS = 3


class NoChannel(Exception):
    """An authentic request on a shared webhook for an address that nobody here has."""


class Reception:
    """One per process and event loop."""

    def __init__(self) -> None:
        self._accounts = Accounts()
        self._writer = Writer()

    async def receive(self, platform: base.Platform, inbound: base.Inbound, key: str) -> base.Answer:
        """The answer to a request; it is durable when this returns, unless it was a handshake.

        Without `key` it came to the webhook of the deployment's own account. Idempotent (I2). Raises
        BadSignature, also for an unknown key, Unproven, Malformed, NoChannel, NotStored,
        CredentialUnreadable.
        """
        if not key:
            return await self._receive_shared(platform, inbound)
        known = self._accounts.known(platform.slug, key)
        answer = await self._take_known(platform, inbound, known) if known else None
        return answer or await self._take_looked_up(platform, inbound, key)

    async def close(self) -> None:
        await self._writer.close()

    async def _take_known(
        self, platform: base.Platform, inbound: base.Inbound, account: Account
    ) -> base.Answer | None:
        """None when what we remember does not suffice to decide: only a yes that the writer confirms counts,
        because the credentials may have changed since."""
        try:
            if platform.answer(inbound, account.credentials) is not None:
                return None
            platform.verify(inbound, account.credentials)
        except (base.BadSignature, base.Unproven, base.Malformed):
            return None
        stored = await self._store(platform, inbound, account)
        return platform.taken(inbound, account.credentials) if stored else None

    async def _take_looked_up(self, platform: base.Platform, inbound: base.Inbound, key: str) -> base.Answer:
        for _ in range(ATTEMPTS):  # the credentials may change between the look and the storing
            account = await self._accounts.look_up(platform.slug, key)
            handshake = platform.answer(inbound, account.credentials if account else {})
            if handshake is not None:
                return handshake
            if account is None:
                _nobody(platform, inbound)
            await _prepare(platform, inbound, account)
            platform.verify(inbound, account.credentials)
            if await self._store(platform, inbound, account):
                return platform.taken(inbound, account.credentials)
        raise NotStored("the channel's credentials keep changing")

    async def _receive_shared(self, platform: base.Platform, inbound: base.Inbound) -> base.Answer:
        """One account of the deployment serves many tenants: verify with its secret; the writer finds who
        is meant."""
        credentials = vault.deployment_values(platform.slug)
        if not credentials:
            _nobody(platform, inbound)
        handshake = platform.answer(inbound, credentials)
        if handshake is not None:
            return handshake
        platform.verify(inbound, credentials)
        addresses = [to for to in platform.recipients(inbound) if to and "\x00" not in to]
        several = len(addresses) > 1
        bodies = {to: platform.share_of(inbound, to) if several else inbound.body for to in addresses}
        rows = [_row(platform, inbound, address=to, body=body) for to, body in bodies.items()]
        if not any(await self._writer.store(rows)) and platform.refuses_strangers:
            raise NoChannel
        return platform.taken(inbound, credentials)

    async def _store(self, platform: base.Platform, inbound: base.Inbound, account: Account) -> bool:
        return (await self._writer.store([_row(platform, inbound, account=account)]))[0]


async def _prepare(platform: base.Platform, inbound: base.Inbound, account: Account) -> None:
    if platform.fetches_keys:
        async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
            await platform.prepare(inbound, account.credentials, http)


def _nobody(platform: base.Platform, inbound: base.Inbound) -> NoReturn:
    """Answer as at an address that somebody has: while keys cannot be had, neither can be judged (I7)."""
    if platform.fetches_keys:
        platform.verify(inbound, {})
    raise base.BadSignature


def _row(
    platform: base.Platform,
    inbound: base.Inbound,
    *,
    account: Account | None = None,
    address: str = "",
    body: bytes | None = None,
) -> Row:
    headers = {name: value for name, value in inbound.headers.items() if name not in SECRET_HEADERS}
    return Row(
        id=new_id(),
        channel_id=account.channel_id if account else None,
        version=account.version if account else None,
        platform=platform.slug,
        address=address,
        dedup_key=_dedup_key(platform, inbound)[:200],
        received_at=datetime.now(UTC),
        path=inbound.path[:200],
        headers=json.dumps(headers),
        raw=inbound.body if body is None else body,
    )


def _dedup_key(platform: base.Platform, inbound: base.Inbound) -> str:
    """The platform's id of this request; of an authentic body that names none, its digest: kept and shown
    as a dead letter, and not sent again and again because we refused it."""
    try:
        return platform.dedup_key(inbound)
    except base.Malformed:
        return f"sha256:{sha256(inbound.body).hexdigest()}"
