"""Files that a platform fetches itself from the address that the business named."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings

from apps.core import tenancy
from apps.core.http import Egress, HttpDoor, HttpError, Response
from apps.sandbox import doors, store
from apps.sandbox.models import SandboxAccount, SandboxFile

TIMEOUT = 15.0


def fetch(place: doors.Place, url: str, *, limit: int) -> str:
    """The key under which the file at `url` lies with the account; "" when it could not be fetched.

    Outside any transaction: the address leads to a server that takes its time, perhaps to ourselves.
    """
    with TemporaryFile() as sink, suppress(HttpError, store.TooLarge):
        answer: Response = asyncio.run(_get(url, sink, limit))
        if answer.status == 200:
            sink.seek(0)
            mime = answer.headers.get("content-type", "").partition(";")[0]
            with tenancy.scope(place.tenant_id):
                account = SandboxAccount.objects.get(pk=place.id)
                name = url.partition("?")[0].rstrip("/").rpartition("/")[2]
                return store.keep(account, sink, name=name or "file", mime=mime, limit=limit).key
    return ""


def kept(account: SandboxAccount, url: str, *, name: str, limit: int) -> SandboxFile | None:
    """The same inside the account's scope, for platforms that name several files in one call: the file, None
    when it could not be fetched."""
    with TemporaryFile() as sink, suppress(HttpError, store.TooLarge):
        answer: Response = asyncio.run(_get(url, sink, limit))
        if answer.status == 200:
            sink.seek(0)
            mime = answer.headers.get("content-type", "").partition(";")[0]
            return store.keep(account, sink, name=name, mime=mime, limit=limit)
    return None


async def _get(url: str, sink: BinaryIO, limit: int) -> Response:
    async with HttpDoor(Egress.parse(settings.EGRESS_ALLOW)) as http:
        return await http.fetch(url, sink, timeout=TIMEOUT, max_bytes=limit)
