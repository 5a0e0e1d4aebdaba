"""Files as they lie on a platform's servers: to be saved, never shown as a page of ours."""

from __future__ import annotations

from apps.core import tenancy
from apps.core.streaming import StreamedFile
from apps.sandbox import doors, store
from apps.sandbox.models import SandboxAccount, SandboxFile


def to_whoever_asks(place: doors.Place | None, key: str) -> StreamedFile | None:
    """An account's file, for who has its address with the random key; None when there is none."""
    if place is None:
        return None
    with tenancy.scope(place.tenant_id):
        kept = store.find(SandboxAccount.objects.get(pk=place.id), key)
        return answer(kept) if kept else None


def answer(kept: SandboxFile) -> StreamedFile:
    streamed = StreamedFile(store.path_of(kept).open("rb"), content_type=kept.mime)
    streamed["Content-Disposition"] = "attachment"
    return streamed
