"""What stands on a phone's screen: threads and their bubbles."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from apps.core.ids import new_id
from apps.sandbox import simulators
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxMessage, SandboxThread


def locked(thread_id: UUID) -> SandboxThread:
    """The thread, locked until the scope ends: its bubbles are numbered one after the other.

    Raises SandboxThread.DoesNotExist.
    """
    rows = SandboxThread.objects.select_for_update(of=("self",)).select_related("account", "phone")
    return rows.get(pk=thread_id)


def at_address(account: SandboxAccount, address: str) -> SandboxThread | None:
    """The thread of the customer whom the account knows by `address`, locked; None when nobody is."""
    if "\x00" in address:
        return None
    rows = SandboxThread.objects.select_for_update(of=("self",)).select_related("account", "phone")
    return rows.filter(account=account, address=address).first()


def with_tag(thread: SandboxThread, text: str) -> str:
    """The customer's words with the tag of the link that they followed, once: it stands at the end of the
    prefilled words, and they leave it there."""
    if not thread.tag:
        return text
    group = f"/{thread.group}" if thread.group else ""
    text = f"{text} [#{thread.tag}{group}]"
    thread.tag = thread.group = thread.draft = ""
    thread.save(update_fields=["tag", "group", "draft"])
    return text


def show(
    thread: SandboxThread,
    *,
    mine: bool,
    kind: str,
    text: str = "",
    data: dict[str, Any] | None = None,
    file: SandboxFile | None = None,
    ref: str = "",
) -> SandboxMessage:
    """Put one bubble at the end of a locked thread. Without `ref` its number is its id."""
    thread.last_number += 1
    thread.version += 1
    if not mine:
        thread.typing_until = None
    thread.save(update_fields=["last_number", "version", "typing_until"])
    return SandboxMessage.objects.create(
        thread=thread,
        number=thread.last_number,
        mine=mine,
        kind=kind,
        text=text,
        data=data or {},
        file=file,
        ref=ref or str(thread.last_number),
    )


def change(message: SandboxMessage, *, text: str | None = None, **data: Any) -> None:
    """Change a bubble that stands there already."""
    message.data = {**message.data, **data}
    message.text = message.text if text is None else text
    message.save(update_fields=["text", "data"])
    touch(message.thread_id)


def typing(thread: SandboxThread, on: bool) -> None:
    """Show or hide the business's dots; they vanish by themselves as the platform would have it."""
    seconds = simulators.of(thread.account).typing_seconds
    until = timezone.now() + timedelta(seconds=seconds) if on else None
    SandboxThread.objects.filter(pk=thread.pk).update(typing_until=until, version=F("version") + 1)


def touch(thread_id: UUID) -> None:
    SandboxThread.objects.filter(pk=thread_id).update(version=F("version") + 1)


def new_ref() -> str:
    """An id as Apple's messages have."""
    return str(new_id())
