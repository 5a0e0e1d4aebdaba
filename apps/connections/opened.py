"""Opened credentials of channels, remembered by this process for workers that need them for every batch.

`Channel.credentials_version` moves with everything that credentials are made of (decision 0010), so what was
opened for a version is good for as long as the channel's row has it.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from uuid import UUID

from apps.connections import vault
from apps.connections.models import Channel
from apps.platforms.base import Credentials

MOST = 4096  # channels remembered; the one that was unused the longest goes first

_known: OrderedDict[UUID, tuple[int, Credentials]] = OrderedDict()
_lock = Lock()


def credentials(channel: Channel) -> Credentials:
    """As `vault.reveal`, with no statement when the version is known. Raises CredentialUnreadable.

    `channel` must have been read in a transaction that writes no credentials: the row's version stands for
    what is committed only there, and read before the secrets it never names older ones.
    """
    if channel.shared:  # a part of them is the environment's, which has no version
        return vault.reveal(channel)
    version = channel.credentials_version
    with _lock:
        found = _known.get(channel.pk)
        if found is not None and found[0] == version:
            _known.move_to_end(channel.pk)
            return found[1]
    opened = vault.reveal(channel)
    with _lock:
        _known[channel.pk] = (version, opened)
        if len(_known) > MOST:
            _known.popitem(last=False)
    return opened
