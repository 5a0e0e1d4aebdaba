"""Mailboxes of the simulated customers: whose they are, and what is put into them."""

from __future__ import annotations

from io import BytesIO

from apps.sandbox import store, threads
from apps.sandbox.email import mails
from apps.sandbox.models import SandboxAccount, SandboxMessage, SandboxThread, ThreadState


class NoMailbox(Exception):
    """Nobody has this address."""


class Unwanted(Exception):
    """The person asked for no more mail."""


def mailbox(account: SandboxAccount, address: str) -> SandboxThread:
    """The customer's thread, locked. Raises NoMailbox, Unwanted."""
    thread = threads.at_address(account, address)
    if thread is None:
        raise NoMailbox
    if thread.state == ThreadState.LEFT:
        raise Unwanted
    return thread


def lies_there(account: SandboxAccount, ref: str) -> bool:
    return SandboxMessage.objects.filter(thread__account=account, ref=ref).exists()


def put(thread: SandboxThread, mail: mails.Read) -> None:
    """Show a mail in a locked thread."""
    thread.data = {**thread.data, "subject": mail.subject}
    thread.save(update_fields=["data"])
    stored = None
    if mail.file is not None:
        name, mime, content = mail.file
        stored = store.keep(thread.account, BytesIO(content), name=name, mime=mime)
    kind = "file" if stored else "text"
    threads.show(thread, mine=False, kind=kind, text=mail.text, file=stored, ref=mail.ref)
