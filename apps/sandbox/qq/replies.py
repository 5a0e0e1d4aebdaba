"""Passive replies: five to each message, within an hour, each with a number of its own."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.sandbox.models import SandboxThread, ThreadState
from apps.sandbox.qq.errors import QQError, invalid, too_late

SECONDS, MOST = 3600, 5
REMEMBERED = 20  # messages


def heard(thread: SandboxThread, msg_id: str) -> None:
    """The customer wrote: this can be answered."""
    known = dict(list(thread.data.get("heard", {}).items())[-REMEMBERED:])
    _keep(thread, {**known, msg_id: [timezone.now().timestamp(), []]})


def take(thread: SandboxThread, given: dict[str, Any]) -> None:
    """Count one answer. Raises QQError."""
    if thread.state != ThreadState.OPEN:
        raise QQError(40034011, "not a friend of the bot")
    msg_id, number = given.get("msg_id"), given.get("msg_seq", 1)
    if not msg_id:
        raise QQError(40034102, "active messages are no longer offered")
    heard = thread.data.get("heard", {})
    if msg_id not in heard:
        raise QQError(40034024, "msg_id is invalid")
    at, numbers = heard[msg_id]
    if not isinstance(number, int):
        raise invalid("msg_seq")
    if timezone.now().timestamp() - at > SECONDS:
        raise too_late()
    if number in numbers:
        raise QQError(40054005, "message deduplicated, check msgseq")
    if len(numbers) >= MOST:
        raise QQError(40034025, "too many replies to this msg_id")
    _keep(thread, {**heard, msg_id: [at, [*numbers, number]]})


def _keep(thread: SandboxThread, heard: dict[str, Any]) -> None:
    thread.data = {**thread.data, "heard": heard}
    thread.save(update_fields=["data"])
