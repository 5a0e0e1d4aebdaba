"""What the simulated mail server answers, command by command; the troubles that are switched on included."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import time
from collections.abc import Callable

from apps.core import tenancy
from apps.sandbox import doors, faults, wire
from apps.sandbox.email import mailroom, mails
from apps.sandbox.email.replies import LOG_IN, OK, ORDER, SYNTAX, TOO_LARGE, WRONG, Reply
from apps.sandbox.models import FaultKind, SandboxAccount

_PATH = re.compile(r"(?:FROM|TO):\s*<([^<>\s]{0,320})>((?:\s+\S+)*)", re.IGNORECASE)


class Conversation:
    """One connection's state: who logged in, and the envelope so far."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._place: doors.Place | None = None
        self._next: Callable[[str], Reply] | None = None  # for the lines that AUTH asks for
        self._sender = self._recipient = ""

    def greeting(self) -> Reply:
        return Reply(220, "mail.sandbox.example ESMTP")

    def command(self, line: str) -> Reply | None:
        """The answer; None hangs up without one."""
        if self._next is not None:
            asked, self._next = self._next, None
            return asked(line)
        verb, _space, rest = line.partition(" ")
        answer = getattr(self, f"_on_{verb.lower()}", None) if verb.isalpha() else None
        found: Reply = answer(rest.strip()) if answer else Reply(502, "5.5.2 Command not recognized")
        return found

    def data(self, mail: bytes | None) -> Reply | None:
        """The answer to a whole mail, None when its answer is lost on the way."""
        place, recipient = self._place, self._recipient
        self._sender = self._recipient = ""
        if mail is None or place is None:
            return TOO_LARGE
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            reply = _put(account, recipient, mail)
            wire.note(account, "SMTP DATA", str(reply.code))
            return None if FaultKind.LOST in faults.active(account) else reply

    # Commands, by name -------------------------------------------------------------------------------

    def _on_ehlo(self, name: str) -> Reply:
        more = ["8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", f"SIZE {self._largest}", "AUTH PLAIN LOGIN"]
        return Reply(250, "mail.sandbox.example", more) if name else SYNTAX

    def _on_helo(self, name: str) -> Reply:
        return Reply(250, "mail.sandbox.example") if name else SYNTAX

    def _on_noop(self, _words: str) -> Reply:
        return OK

    def _on_rset(self, _words: str) -> Reply:
        self._sender = self._recipient = ""
        return OK

    def _on_quit(self, _words: str) -> Reply:
        return Reply(221, "2.0.0 Bye", ends=True)

    def _on_auth(self, words: str) -> Reply:
        method, _space, first = words.partition(" ")
        if self._place is not None:
            return ORDER
        if method.upper() == "PLAIN":
            return self._plain(first) if first else self._ask(self._plain, "")
        if method.upper() == "LOGIN":
            return self._login(first) if first else self._ask(self._login, "Username:")
        return Reply(504, "5.5.4 Unrecognized authentication type")

    def _on_mail(self, words: str) -> Reply:
        found = _PATH.fullmatch(words)
        if found is None:
            return SYNTAX
        if self._place is None:
            return LOG_IN
        size = re.search(r"\sSIZE=(\d{1,12})", found[2], re.IGNORECASE)
        if size and int(size[1]) > self._largest:
            return TOO_LARGE
        with tenancy.scope(self._place.tenant_id):
            account = SandboxAccount.objects.get(pk=self._place.id)
            troubles = faults.active(account)
        return self._from(account, troubles, found[1])

    def _on_rcpt(self, words: str) -> Reply:
        found = _PATH.fullmatch(words)
        if found is None:
            return SYNTAX
        if self._place is None or not self._sender or self._recipient:
            return ORDER  # one recipient is enough for what businesses send here
        with tenancy.scope(self._place.tenant_id):
            reply = _known(SandboxAccount.objects.get(pk=self._place.id), found[1])
        self._recipient = found[1] if reply is OK else ""
        return reply

    def _on_data(self, _words: str) -> Reply:
        return Reply(354, "End data with <CR><LF>.<CR><LF>", wants_data=True) if self._recipient else ORDER

    # Who and from whom -------------------------------------------------------------------------------

    def _ask(self, then: Callable[[str], Reply], words: str) -> Reply:
        self._next = then
        return Reply(334, base64.b64encode(words.encode()).decode())

    def _plain(self, encoded: str) -> Reply:
        parts = _decoded(encoded).split("\x00")
        return self._let_in(parts[1], parts[2]) if len(parts) == 3 else SYNTAX

    def _login(self, encoded: str) -> Reply:
        user = _decoded(encoded)
        return self._ask(lambda password: self._let_in(user, _decoded(password)), "Password:")

    def _let_in(self, user: str, password: str) -> Reply:
        place = doors.account_for("email", user.lower())
        if place is None:
            return WRONG
        with tenancy.scope(place.tenant_id):
            account = SandboxAccount.objects.get(pk=place.id)
            refused = FaultKind.FORBIDDEN in faults.active(account)
        if refused or not hmac.compare_digest(account.secret.encode(), password.encode()):
            return WRONG
        self._place = place
        return Reply(235, "2.7.0 Authentication succeeded")

    def _from(self, account: SandboxAccount, troubles: frozenset[str], sender: str) -> Reply:
        if FaultKind.SLOW in troubles:
            time.sleep(faults.SLOW_SECONDS)
        if FaultKind.THROTTLE in troubles:
            return Reply(451, "4.7.1 Too many messages, try again later")
        if FaultKind.ERROR in troubles:
            return Reply(451, "4.3.0 The mail system broke down")
        if sender.lower() != account.address:
            return Reply(553, "5.7.1 Sender address rejected: not owned by user")
        self._sender = sender
        return OK


def _decoded(encoded: str) -> str:
    """What AUTH sent, "" for what is no base64 of words."""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""


def _known(account: SandboxAccount, address: str) -> Reply:
    try:
        mailroom.mailbox(account, address.lower())
    except mailroom.NoMailbox:
        return Reply(550, "5.1.1 No such mailbox")
    except mailroom.Unwanted:
        return Reply(550, "5.7.1 The recipient wants no more mail")
    return OK


def _put(account: SandboxAccount, recipient: str, body: bytes) -> Reply:
    """As most servers do, it takes the same Message-ID twice."""
    try:
        mailroom.put(mailroom.mailbox(account, recipient.lower()), mails.read(body))
    except (mailroom.NoMailbox, mailroom.Unwanted):
        return Reply(550, "5.1.1 No such mailbox")
    except (ValueError, LookupError, AttributeError):
        return Reply(554, "5.6.0 This is not a mail")
    return Reply(250, "2.0.0 Ok: queued")
