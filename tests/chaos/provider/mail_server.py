"""The providers' mail server: what is handed in at it meets the same weather as every other call.

Plain SMTP on loopback with a login, one recipient for each mail (RFC 5321, RFC 4954).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.chaos.dialects import DIALECTS, mail
from tests.chaos.dialects.contract import Reply, Taken

PLATFORM = "email"
NAME = "mail.chaos.example"

# What becomes of a message, and on which connection.
Meet = Callable[[str, Taken, asyncio.BaseTransport | None], Awaitable[Reply]]


class _Handler:
    def __init__(self, meet: Meet) -> None:
        self._meet = meet

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The end of the data has come: whoever hangs up now does not call it back."""
        (recipient,), content = envelope.rcpt_tos, envelope.original_content or b""
        taken = DIALECTS[PLATFORM].take("", {mail.RECIPIENT: recipient}, content)
        if taken is None:
            return "554 5.6.0 Not a mail"
        reply = await asyncio.shield(asyncio.ensure_future(self._meet(PLATFORM, taken, server.transport)))
        return f"{reply.status} {reply.body}"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        envelope.mail_options += options
        return "250 2.1.0 Ok"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"


async def listen(port: int, meet: Meet) -> asyncio.Server:
    loop, handler = asyncio.get_running_loop(), _Handler(meet)

    def connection() -> SMTP:
        return SMTP(handler, hostname=NAME, loop=loop, authenticator=_known, auth_require_tls=False)

    return await loop.create_server(connection, "127.0.0.1", port)


def _known(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: object) -> AuthResult:
    """A wrong password is answered as one: 535."""
    right = isinstance(given, LoginPassword) and given.password.decode() == mail.password_of(
        given.login.decode()
    )
    return AuthResult(success=right, handled=False)
