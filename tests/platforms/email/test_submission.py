"""A mail handed in at the business's own server: what is said there, and what its answers mean."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from apps.core.http import Egress, HttpDoor
from apps.platforms.base import (
    BadCredentials,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.email import submission, turns
from apps.platforms.email.adapter import PLATFORM

from .mail_servers import PASSWORD, SILENCE, USER, Script, certificate, real, scripted
from .mails import CUSTOMER, US

OURS = "01970000-0000-7000-8000-000000000001"
REF = f"{OURS}@shop.example"
TEXT = Outgoing(id=UUID(OURS), sender=US, to=CUSTOMER, part=Part(kind="text", text="Bonjour <Ana>\n.\nété"))


@pytest.fixture
async def http() -> AsyncIterator[HttpDoor]:
    async with HttpDoor(Egress.parse("127.0.0.1,localhost")) as door:
        yield door


def read(body: bytes) -> EmailMessage:
    mail = message_from_bytes(body.replace(b"\r\n..", b"\r\n."), policy=default)
    assert isinstance(mail, EmailMessage) and mail.defects == []
    return mail


async def refused(script: Script, http: HttpDoor, outgoing: Outgoing = TEXT, **creds: str) -> SendError:
    with pytest.raises(SendError) as told:
        await PLATFORM.send(outgoing, script.creds(**creds), http)
    return told.value


# What is said -----------------------------------------------------------------------------------------


async def test_one_mail_is_one_conversation(http: HttpDoor) -> None:
    thread = {"subject": "My order", "in_reply_to": "m1@c.example", "references": "m0@c.example m1@c.example"}
    async with scripted() as server:
        assert await PLATFORM.send(replace(TEXT, handle=thread), server.creds(), http) == REF
    login = b64encode(f"\x00{USER}\x00{PASSWORD}".encode()).decode()
    (sent,) = server.mails
    size = len(sent) - sent.count(b"\r\n..")
    assert server.heard == [
        "EHLO shop.example",
        f"AUTH PLAIN {login}",
        f"MAIL FROM:<{US}> SIZE={size}",
        f"RCPT TO:<{CUSTOMER}>",
        "DATA",
        "QUIT",
    ]
    mail = read(server.mails[0])
    assert (str(mail["From"]), str(mail["To"]), str(mail["Subject"])) == (
        f"Acme <{US}>",
        CUSTOMER,
        "Re: My order",
    )
    assert (str(mail["Message-ID"]), str(mail["In-Reply-To"])) == (f"<{REF}>", "<m1@c.example>")
    assert str(mail["References"]) == "<m0@c.example> <m1@c.example>"
    assert mail.get_content().splitlines() == ["Bonjour <Ana>", ".", "été"]


async def test_a_repetition_is_the_same_mail(http: HttpDoor) -> None:
    async with scripted() as server:
        for _ in range(2):
            await PLATFORM.send(TEXT, server.creds(), http)
    assert [str(read(mail)["Message-ID"]) for mail in server.mails] == [f"<{REF}>"] * 2


async def test_a_server_that_asks_for_no_name(http: HttpDoor) -> None:
    async with scripted(EHLO="250 mx.example") as server:
        await PLATFORM.send(TEXT, server.creds(smtp_user="", smtp_password=""), http)
    assert [line.split()[0] for line in server.heard] == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_a_goodbye_that_fails_changes_nothing(http: HttpDoor) -> None:
    async with scripted(QUIT=None) as server:
        assert await PLATFORM.send(TEXT, server.creds(), http) == REF


async def test_checking_logs_in_and_sends_nothing(http: HttpDoor) -> None:
    async with scripted() as server:
        found = await PLATFORM.connect(server.creds(address="Help@Shop.example"), "", http)
    assert (found.address, found.name) == (US, "Acme")
    assert [line.split()[0] for line in server.heard] == ["EHLO", "AUTH", "NOOP", "QUIT"]


# What answers mean ------------------------------------------------------------------------------------

NO: dict[str, tuple[str, str, type[SendError], dict[str, object]]] = {
    "busy": ("greeting", "421 4.3.2 too many connections", Throttled, {"code": "4.3.2"}),
    "no service here": ("greeting", "554 go away", BadCredentials, {"field": "smtp_host", "code": "554"}),
    "no welcome": ("EHLO", "550 5.7.1 blocked", BadCredentials, {"field": "smtp_host"}),
    "wrong password": ("AUTH", "535 5.7.8 no", BadCredentials, {"field": "smtp_password", "code": "5.7.8"}),
    "password too weak": ("AUTH", "534 5.7.9 no", BadCredentials, {"field": "smtp_password"}),
    "login later": ("AUTH", "454 4.7.0 not now", Throttled, {"retry_after": 60.0}),
    "login needed": ("MAIL", "530 5.7.0 who?", BadCredentials, {"field": "smtp_password"}),
    "not our address": ("MAIL", "553 5.7.1 not yours", BadCredentials, {"field": "address"}),
    "announced too large": ("MAIL", "552 5.3.4 too big", Rejected, {"code": "5.3.4"}),
    "no room": ("MAIL", "452 4.3.1 disk full", Unreachable, {"code": "4.3.1"}),
    "too fast": ("MAIL", "450 4.7.1 slow down", Throttled, {"only_this_address": False}),
    "a day's limit": ("MAIL", "550 5.4.5 daily limit", Throttled, {"retry_after": 3600.0}),
    "no such mailbox": ("RCPT", "550 5.1.1 nobody", Rejected, {"code": "5.1.1"}),
    "mailbox full": ("RCPT", "452 4.2.2 full", Throttled, {"only_this_address": True, "retry_after": 300.0}),
    "grey-listed": ("RCPT", "450 4.7.1 come back", Throttled, {"only_this_address": True}),
    "closing down": ("RCPT", "421 4.3.0 bye", Throttled, {"only_this_address": False}),
    "blocked by the other side": ("RCPT", "550 5.7.1 no", Rejected, {"code": "5.7.1"}),
    "no data": ("DATA", "451 4.3.0 queue broken", Unreachable, {"code": "4.3.0"}),
    "taken for spam": ("END", "554 5.7.1 spam", Rejected, {"code": "5.7.1"}),
    "too large after all": ("END", "552 5.3.4 too big", Rejected, {"code": "5.3.4"}),
    "not stored": ("END", "451 4.3.0 try again", Unreachable, {"code": "4.3.0"}),
    "without a dotted code": ("END", "554 no", Rejected, {"code": "554", "words": "554 no"}),
    "in several lines": (
        "RCPT",
        "550-5.1.1 one\r\n550 5.1.1 two",
        Rejected,
        {"words": "550 5.1.1 one 5.1.1 two"},
    ),
    "neither yes nor no": ("END", "299 perhaps", Unknown, {"repeatable": False}),
    "out of turn": ("MAIL", "354 go on", Unreachable, {"code": "not_smtp"}),
}


@pytest.mark.parametrize(("command", "reply", "expected", "facts"), NO.values(), ids=NO.keys())
async def test_refusals(
    command: str, reply: str, expected: type[SendError], facts: dict[str, object], http: HttpDoor
) -> None:
    async with scripted(**{command: reply}) as server:
        error = await refused(server, http)
    assert type(error) is expected, error
    assert {name: getattr(error, name) for name in facts} == facts
    assert error.words


async def test_a_server_that_relays_for_nobody_unknown_wants_a_name(http: HttpDoor) -> None:
    async with scripted(RCPT="554 5.7.1 relay access denied") as server:
        error = await refused(server, http, smtp_user="", smtp_password="")
    assert isinstance(error, BadCredentials) and error.field == "smtp_user"


STAGES = ["greeting", "EHLO", "AUTH", "MAIL", "RCPT"]
USELESS: list[str | bytes | None] = [
    None,
    b"\xff\xfe\xfd\r\n",
    b"HTTP/1.1 400 Bad Request\r\n",
    b"9" * 50_000,
]


@pytest.mark.parametrize("said", USELESS, ids=["hangs up", "no words", "no SMTP", "no end"])
@pytest.mark.parametrize("stage", STAGES)
async def test_before_the_mail_nothing_is_in_doubt(stage: str, said: bytes | None, http: HttpDoor) -> None:
    async with scripted(**{stage: said}) as server:
        assert type(await refused(server, http)) is Unreachable
    assert server.mails == []


@pytest.mark.parametrize("said", USELESS, ids=["hangs up", "no words", "no SMTP", "no end"])
async def test_a_lost_answer_is_unknown_and_not_repeatable(said: bytes | None, http: HttpDoor) -> None:
    async with scripted(END=said) as server:
        error = await refused(server, http)
    assert isinstance(error, Unknown) and not error.repeatable
    assert len(server.mails) == 1


async def test_silence(http: HttpDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submission, "BEFORE", 0.3)
    async with scripted(RCPT=SILENCE) as server:
        assert type(await refused(server, http)) is Unreachable
    monkeypatch.undo()
    monkeypatch.setattr(submission, "ANSWER", 0.3)
    async with scripted(END=SILENCE) as server:
        assert type(await refused(server, http)) is Unknown


async def test_what_is_in_doubt_is_not_tried_again(http: HttpDoor) -> None:
    async with scripted() as server:
        error = await refused(server, http, replace(TEXT, doubted=3.0))
    assert isinstance(error, Unknown) and not error.repeatable
    assert server.heard == []


async def test_a_server_that_repeats_the_password(http: HttpDoor) -> None:
    pair = b64encode(f"\x00{USER}\x00{PASSWORD}".encode()).decode()
    async with scripted(
        AUTH=f"535 5.7.8 no {pair}, nor {PASSWORD}, b{b64encode(PASSWORD.encode()).decode()}"
    ) as it:
        error = await refused(it, http)
    assert (error.words, str(error)) == ("535 5.7.8 no •••, nor •••, b•••", "535 5.7.8 no •••, nor •••, b•••")
    assert error.__cause__ is None and error.__suppress_context__


async def test_a_few_at_once(http: HttpDoor, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are sent; who finds no place in time is sent a little later."""
    async with scripted() as server:
        sends = [PLATFORM.send(TEXT, server.creds(), http) for _ in range(3 * turns.AT_ONCE)]
        assert await asyncio.gather(*sends) == [REF] * len(sends)
    assert 1 < server.most <= turns.AT_ONCE
    monkeypatch.setattr(turns, "AT_ONCE", 1)
    monkeypatch.setattr(turns, "PATIENCE", 0.05)
    async with scripted(greeting=SILENCE) as server:
        hanging = asyncio.create_task(PLATFORM.send(TEXT, server.creds(), http))
        await server.reached.wait()
        error = await refused(server, http)
        hanging.cancel()
        await asyncio.gather(hanging, return_exceptions=True)
    assert isinstance(error, Throttled) and error.only_this_address
    assert server.most == 1


# What the server can take -----------------------------------------------------------------------------


async def test_a_mail_that_is_too_large_is_not_begun(http: HttpDoor, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 2000)
    media = MediaFile(name="é.pdf", mime="application/pdf", kind="file", size=2000, path=tmp_path / "a")
    large = replace(TEXT, part=Part(kind="media", media=0, text="See"), media=media)
    async with scripted(EHLO="250-mx.example\r\n250-SIZE 2000\r\n250 AUTH PLAIN") as server:
        error = await refused(server, http, large)
    assert (type(error), error.code) == (Rejected, "too_large")
    assert [line.split()[0] for line in server.heard] == ["EHLO", "AUTH"]
    async with scripted() as server:
        await PLATFORM.send(large, server.creds(), http)
    (file,) = read(server.mails[0]).iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("é.pdf", b"x" * 2000)


async def test_addresses_that_are_not_ascii(http: HttpDoor) -> None:
    wide = "250-mx.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN"
    async with scripted(EHLO=wide) as server:
        await PLATFORM.send(replace(TEXT, to="jörg@bücher.example"), server.creds(), http)
    assert server.heard[2:4] == [
        f"MAIL FROM:<{US}> BODY=8BITMIME SMTPUTF8",
        "RCPT TO:<jörg@xn--bcher-kva.example>",
    ]
    assert "To: jörg@xn--bcher-kva.example\r\n".encode() in server.mails[0]
    async with scripted() as server:
        error = await refused(server, http, replace(TEXT, to="jörg@bücher.example"))
        assert (type(error), error.code) == (Rejected, "no_smtputf8")
        await PLATFORM.send(replace(TEXT, to="jorg@bücher.example"), server.creds(sender_name="Été"), http)
    assert "RCPT TO:<jorg@xn--bcher-kva.example>" in server.heard
    assert str(read(server.mails[0])["From"]) == f"Été <{US}>" and server.mails[0].isascii()


# Nothing gets in --------------------------------------------------------------------------------------

EVIL_ADDRESSES = [
    "",
    "ana",
    "a@b\r\nBcc: x@y.example",
    "a@b>\r\nDATA",
    "a@b, c@d",
    "<a@b>",
    "a b@c",
    "a@b\x00",
]


@pytest.mark.parametrize("to", EVIL_ADDRESSES)
async def test_a_strange_address_reaches_no_envelope(to: str, http: HttpDoor) -> None:
    async with scripted() as server:
        assert type(await refused(server, http, replace(TEXT, to=to))) is Rejected
    assert [line for line in server.heard if line.startswith(("MAIL", "RCPT", "DATA"))] in ([], ["MAIL"])
    assert server.mails == []


async def test_no_heading_gets_in(http: HttpDoor) -> None:
    evil = {"subject": "x\r\nBcc: all@evil.example", "in_reply_to": "a\r\nX-Y: z", "references": "b\r\n\r\nc"}
    async with scripted() as server:
        await PLATFORM.send(replace(TEXT, handle=evil, locale="fr\r\nX-Y: z"), server.creds(), http)
        await PLATFORM.send(TEXT, server.creds(sender_name="A\r\nBcc: all@evil.example"), http)
    for body in server.mails:
        mail = read(body)
        assert (mail["Bcc"], mail["X-Y"]) == (None, None)
        assert mail.get_content().startswith("Bonjour")
    assert [line for line in server.heard if line.startswith("RCPT")] == [f"RCPT TO:<{CUSTOMER}>"] * 2


# TLS --------------------------------------------------------------------------------------------------

BOTH = pytest.mark.parametrize("security", ["tls", "starttls"])


@BOTH
async def test_a_certificate_that_nobody_vouches_for(security: str, http: HttpDoor, tmp_path: Path) -> None:
    context, _file = certificate(tmp_path, "localhost")
    async with real(context, at_once=security == "tls") as server:
        with pytest.raises(Unreachable, match="certificate"):
            await PLATFORM.send(TEXT, server.creds(smtp_security=security), http)
    assert (server.tried, server.envelopes) == ([], [])


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A folder's authorities become the system's, as OpenSSL finds them."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    submission._tls.cache_clear()
    monkeypatch.setattr(submission, "_tls", submission._tls.__wrapped__)
    return "localhost"


@BOTH
async def test_a_real_server(security: str, trusted: str, http: HttpDoor, tmp_path: Path) -> None:
    context, _file = certificate(tmp_path, trusted)
    async with real(context, at_once=security == "tls") as server:
        creds = server.creds(smtp_security=security)
        assert await PLATFORM.check(creds, "", http) == "The mail server is ready"
        assert await PLATFORM.send(replace(TEXT, to="jörg@c.example"), creds, http) == REF
        with pytest.raises(BadCredentials) as told:
            await PLATFORM.send(TEXT, {**creds, "smtp_password": "other"}, http)
    assert (told.value.field, told.value.words.split()[0]) == ("smtp_password", "535")
    (envelope,) = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos, envelope.smtp_utf8) == (US, ["jörg@c.example"], True)
    assert isinstance(envelope.content, bytes)
    assert read(envelope.content).get_content().splitlines() == ["Bonjour <Ana>", ".", "été"]


async def test_a_certificate_for_another_name(http: HttpDoor, tmp_path: Path, trusted: str) -> None:
    context, _file = certificate(tmp_path, "other.example")
    (tmp_path / "other.example.pem").rename(tmp_path / "localhost.pem")
    async with real(context, at_once=True) as server:
        with pytest.raises(Unreachable, match="certificate"):
            await PLATFORM.send(TEXT, server.creds(smtp_security="tls"), http)


async def test_what_a_server_does_not_offer(http: HttpDoor) -> None:
    async with scripted(EHLO="250 mx.example") as server:
        no_tls = await refused(server, http, smtp_security="starttls")
        no_login = await refused(server, http)
    assert isinstance(no_tls, BadCredentials) and no_tls.field == "smtp_security"
    assert isinstance(no_login, BadCredentials) and no_login.field == "smtp_user"
    assert [line.split()[0] for line in server.heard] == ["EHLO", "EHLO"]


# Where it may go --------------------------------------------------------------------------------------


@pytest.mark.advisory("S11", "Zammad CVE-2021-42091")
@pytest.mark.parametrize(
    "where",
    [
        {"smtp_host": "10.0.0.1", "smtp_security": "tls"},
        {"smtp_host": "127.0.0.1", "smtp_security": "tls"},
        {"smtp_host": "2130706433", "smtp_security": "tls"},
        {"smtp_host": "8.8.8.8", "smtp_port": "25", "smtp_security": "starttls"},
        {"smtp_host": "8.8.8.8", "smtp_port": "6379", "smtp_security": "tls"},
        {"smtp_host": "8.8.8.8", "smtp_port": "587", "smtp_security": "none"},
    ],
    ids=str,
)
async def test_only_public_submission_over_tls(where: dict[str, str]) -> None:
    async with HttpDoor(Egress()) as http:
        error = await refused(Script({}, 465), http, **where)
    assert (type(error), error.code) == (Rejected, "egress")


MISSING = ["address", "smtp_password", "signing_secret"]


@pytest.mark.parametrize("field", MISSING)
async def test_what_is_missing_is_named(field: str, http: HttpDoor) -> None:
    with pytest.raises(BadCredentials) as told:
        await PLATFORM.check(Script({}, 465).creds(**{field: ""}), "", http)
    assert told.value.field == field


@pytest.mark.parametrize("odd", [{"smtp_port": "x"}, {"smtp_port": ""}, {"smtp_security": "maybe"}], ids=str)
async def test_settings_that_cannot_be(odd: dict[str, str]) -> None:
    """An empty port is the usual one of its kind, which nobody lists here."""
    async with HttpDoor(Egress()) as http:
        error = await refused(Script({}, 1), http, **odd)
    assert type(error) is (Rejected if odd == {"smtp_port": ""} else BadCredentials)
