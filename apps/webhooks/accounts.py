"""Channels and their opened credentials, remembered between webhooks.

What is remembered may be out of date at any moment. It carries the version of the channel's credentials,
and a webhook is stored only where that is still the present one (door_store_webhooks), so a secret that was
replaced, or a channel that was removed, is never accepted; and nothing is refused before a fresh look.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from asgiref.sync import sync_to_async
from django.db import DatabaseError, close_old_connections

from apps.connections import doors, vault
from apps.connections.models import Channel
from apps.core import tenancy
from apps.platforms.base import Credentials
from apps.webhooks.writer import NotStored

MOST = 4096  # accounts remembered; the one that was unused the longest goes first


@dataclass(frozen=True, slots=True)
class Account:
    """A channel's credentials as of `version`. Its repr must not show them."""

    channel_id: UUID
    version: int
    credentials: Credentials = field(repr=False)


class Accounts:
    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Account] = OrderedDict()

    def known(self, platform: str, key: str) -> Account | None:
        """What is remembered, perhaps out of date."""
        account = self._known.get((platform, key))
        if account is not None:
            self._known.move_to_end((platform, key))
        return account

    async def look_up(self, platform: str, key: str) -> Account | None:
        """The account as it is now, None when there is no such channel.

        Raises NotStored when the database is away, CredentialUnreadable.
        """
        place = (platform, key)
        account = await sync_to_async(_load)(platform, key)
        if account is None:
            self._known.pop(place, None)
            return None
        self._known[place] = account
        if len(self._known) > MOST:
            self._known.popitem(last=False)
        return account


def _load(platform: str, key: str) -> Account | None:
    close_old_connections()
    try:
        found = doors.channel_for(platform, key)
        if found is None:
            return None
        with tenancy.scope(found.tenant_id):
            channel = Channel.objects.filter(pk=found.id).first()
            if channel is None:
                return None
            # The version before the secrets: read the other way round, old secrets could pass for new ones.
            return Account(channel.pk, channel.credentials_version, vault.reveal(channel))
    except DatabaseError as error:
        raise NotStored(str(error)) from error
    finally:
        close_old_connections()
