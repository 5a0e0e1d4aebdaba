"""Mail servers for the tests: one that follows a script, and aiosmtpd with a certificate of its own."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "help@shop.example", "canary-smtp-password"

# What a usual server says; "." is the end of the mail. `bytes` are said as they are, None hangs up.
USUAL: dict[str, str | bytes | None] = {
    "greeting": "220 mx.example ESMTP",
    "EHLO": "250-mx.example\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN",
    "AUTH": "235 2.7.0 yes",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go on",
    ".": "250 2.0.0 queued",
    "NOOP": "250 ok",
    "QUIT": "221 bye",
}
SILENCE = b""


@dataclass
class Script:
    """What to say to each command, and what was heard."""

    replies: dict[str, str | bytes | None]
    port: int = 0
    heard: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    now: int = 0  # connections
    most: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def creds(self, **more: str) -> dict[str, str]:
        known = {
            "address": USER,
            "sender_name": "Acme",
            "signing_secret": "a-secret-of-both-sides",
            "smtp_host": "127.0.0.1",
            "smtp_port": str(self.port),
            "smtp_security": "none",
            "smtp_user": USER,
            "smtp_password": PASSWORD,
        }
        return {**known, **more}

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.now, counted = self.now + 1, True
        self.most = max(self.most, self.now)
        self.reached.set()
        try:
            command = "greeting"
            while await self._say(command, writer):
                line = (await reader.readline()).decode("utf-8")
                if not line:
                    return
                self.heard.append(line.rstrip("\r\n"))
                command = line.split()[0].upper() if line.split() else "?"
                if command == "QUIT":
                    self.now, counted = self.now - 1, False
                if command == "DATA" and str(self.replies["DATA"]).startswith("354"):
                    await self._say(command, writer)
                    self.mails.append((await reader.readuntil(b"\r\n.\r\n"))[:-3])
                    command = "."
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.now -= counted
            writer.close()

    async def _say(self, command: str, writer: asyncio.StreamWriter) -> bool:
        reply = {**USUAL, **self.replies}.get(command, "502 5.5.2 what?")
        if reply is None:
            return False
        writer.write(reply if isinstance(reply, bytes) else f"{reply}\r\n".encode())
        await writer.drain()
        return True


@asynccontextmanager
async def scripted(**replies: str | bytes | None) -> AsyncIterator[Script]:
    """`END` stands for "."."""
    script = Script({**USUAL, **{"." if name == "END" else name: said for name, said in replies.items()}})
    server = await asyncio.start_server(script.talk, "127.0.0.1", 0)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()


@dataclass
class Real:
    """aiosmtpd: who logged in, what came."""

    port: int = 0
    tried: list[str] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.envelopes.append(envelope)
        return "250 2.0.0 kept"

    def let_in(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.tried.append(data.password.decode())
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=False)

    def creds(self, **more: str) -> dict[str, str]:
        return Script({}, self.port).creds(smtp_host="localhost", **more)


@asynccontextmanager
async def real(tls: ssl.SSLContext, *, at_once: bool, size: int = 1_000_000) -> AsyncIterator[Real]:
    """TLS from the first byte, or by STARTTLS before anything else."""
    kept = Real()

    def protocol() -> SMTP:
        with warnings.catch_warnings(action="ignore"):  # of TLS from the first byte it knows nothing
            return SMTP(
                kept,
                hostname="mx.example",
                tls_context=None if at_once else tls,
                require_starttls=not at_once,
                authenticator=kept.let_in,
                auth_required=True,
                auth_require_tls=not at_once,
                data_size_limit=size,
                enable_SMTPUTF8=True,
                loop=asyncio.get_running_loop(),
            )

    server = await asyncio.get_running_loop().create_server(
        protocol, "127.0.0.1", 0, ssl=tls if at_once else None
    )
    kept.port = server.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        server.close()


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate that vouches for itself as `name`, and its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / f"{name}.pem", folder / f"{name}.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, public
