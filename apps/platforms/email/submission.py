"""Sending by the business's own mail server: submission over TLS (RFC 6409, RFC 8314).

One connection for each mail, a few at once for each server. A mail counts as sent when the server has
answered the end of its data; when that answer is lost nobody can know (class N: servers do not compare
Message-IDs).
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import cache

import aiosmtplib

from apps.core import latest
from apps.core.http import STOPPED, Http, HttpError, TooLate
from apps.platforms.base import BadCredentials, Rejected, SendError, Unknown, Unreachable
from apps.platforms.email import turns
from apps.platforms.email.mail_server import Security, Server
from apps.platforms.email.submission_errors import refusal
from apps.platforms.shared.answers import redact, unanswered

# Together with `turns.PATIENCE` below the 25 seconds that a send may take without its file.
BEFORE = 10.0  # seconds until the mail itself begins
ANSWER = 9.0  # seconds for its answer, and as many more as it takes at RATE
RATE = 300_000  # bytes a second
GOODBYE = 1.0  # seconds; the mail is sent by then


async def submit(mail: bytes, server: Server, http: Http, *, sender: str, to: str) -> None:
    """Hand one mail in. Raises SendError; Unknown, never to be repeated, when its answer was lost."""
    async with turns.one(server), _session(server, http) as (client, clock):
        options, encoding = _envelope(client, mail)
        await client.mail(sender, options=options, encoding=encoding)
        await client.rcpt(to, encoding=encoding)
        clock.reschedule(None)
        with _watching_the_clock(client):
            await _data(client, mail)


async def ask(server: Server, http: Http) -> None:
    """Log in and do nothing. Raises SendError."""
    async with _session(server, http) as (client, _clock):
        await client.noop()


@asynccontextmanager
async def _session(server: Server, http: Http) -> AsyncIterator[tuple[aiosmtplib.SMTP, asyncio.Timeout]]:
    """A connection on which we are known, and the clock that runs until the mail begins. What goes wrong
    inside, until then, is certainly not sent."""
    try:
        async with asyncio.timeout(BEFORE) as clock:
            client = await _connected(server, http)
            try:
                yield client, clock
                with suppress(aiosmtplib.SMTPException, OSError):
                    await client.quit(timeout=GOODBYE)
            finally:
                client.close()
    except SendError:
        raise
    # `from None`: the library's errors carry what was sent.
    except HttpError as error:
        raise unanswered(error, server.secrets()) from None
    except aiosmtplib.SMTPResponseException as error:
        raise _redacted(refusal(error, known=bool(server.user)), server) from None
    except (aiosmtplib.SMTPException, OSError) as error:  # TimeoutError is an OSError
        raise Unreachable(redact(_reason(error), server.secrets()), code="not_connected") from None
    except ValueError:
        raise Rejected("an address cannot stand in an envelope", code="bad_address") from None


async def _connected(server: Server, http: Http) -> aiosmtplib.SMTP:
    plain = server.security is Security.NONE
    sock = await http.dial(server.host, server.port, listed=plain)
    client = aiosmtplib.SMTP(
        sock=sock,
        hostname=server.host,  # whose certificate it must be
        use_tls=server.security is Security.TLS,
        start_tls=False,
        tls_context=None if plain else _tls(),
        local_hostname=server.name,
        timeout=BEFORE,
    )
    try:
        await _introduce(client, server)
    except BaseException:
        client.close()
        raise
    return client


async def _introduce(client: aiosmtplib.SMTP, server: Server) -> None:
    await client.connect()
    await client.ehlo()
    if server.security is Security.STARTTLS:
        if not client.supports_extension("starttls"):
            raise BadCredentials("the server offers no STARTTLS at this port", field="smtp_security")
        await client.starttls()
        await client.ehlo()
    if server.user:
        if not client.supported_auth_methods:
            raise BadCredentials("the server takes no name and password at this port", field="smtp_user")
        await client.login(server.user, server.password)


@cache
def _tls() -> ssl.SSLContext:
    """The system's authorities, read once: names and certificates are verified."""
    return ssl.create_default_context()


def _envelope(client: aiosmtplib.SMTP, mail: bytes) -> tuple[list[str], str]:
    """Options of the MAIL command, and how addresses are written."""
    most = client.esmtp_extensions.get("size", "")
    if most.isdecimal() and 0 < int(most) < len(mail):
        words = f"the mail has {len(mail)} bytes with its file, the server takes {most}"
        raise Rejected(words, code="too_large")
    options = [f"SIZE={len(mail)}"] if client.supports_extension("size") else []
    if mail.isascii():
        return options, "ascii"
    if not client.supports_extension("smtputf8"):
        raise Rejected("the server takes only addresses in plain letters", code="no_smtputf8")
    return [*options, "BODY=8BITMIME", "SMTPUTF8"], "utf-8"


@contextmanager
def _watching_the_clock(client: aiosmtplib.SMTP) -> Iterator[None]:
    """Let no mail be said once it is too late: the library's DATA waits for the server's word in the middle.
    What raises is TooLate, and the server has no whole mail. The goodbye after it is not concerned."""
    protocol = client.protocol
    assert protocol is not None
    write = protocol.write

    def in_time(data: bytes) -> None:
        if latest.passed():
            raise TooLate(STOPPED)
        write(data)

    setattr(protocol, "write", in_time)  # noqa: B010 - a method of this one connection
    try:
        yield
    finally:
        setattr(protocol, "write", write)  # noqa: B010


async def _data(client: aiosmtplib.SMTP, mail: bytes) -> None:
    try:
        await client.data(mail, timeout=ANSWER + len(mail) / RATE)
    except aiosmtplib.SMTPDataError as error:
        if 400 <= error.code < 600:
            raise
        raise _lost() from None
    except (aiosmtplib.SMTPException, OSError):
        raise _lost() from None


def _lost() -> Unknown:
    words = "the server did not say whether it took the mail"
    return Unknown(words, code="no_answer", repeatable=False)


def _reason(error: Exception) -> str:
    """The library's own words hide why a connection failed, such as the certificate's fault."""
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else None
    return str(cause or "") or str(error) or "no answer in time"


def _redacted(error: SendError, server: Server) -> SendError:
    error.words = redact(error.words, server.secrets())
    error.args = (error.words,)
    return error
