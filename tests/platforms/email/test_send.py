"""The mail that goes to the gateway, and what the gateway's answers mean."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from uuid import UUID

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import (
    BadCredentials,
    ContactGone,
    Inbound,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    SendError,
    Throttled,
    Unknown,
    Unreachable,
)
from apps.platforms.email.adapter import PLATFORM
from tests.platforms.rest import Server

from .mails import CREDS, CUSTOMER, US

OURS = "01970000-0000-7000-8000-000000000001"
TEXT = Outgoing(id=UUID(OURS), sender=US, to=CUSTOMER, part=Part(kind="text", text="Bonjour <Ana> é"))
THREAD = {"subject": "My order", "in_reply_to": "m1@c.example", "references": "m0@c.example m1@c.example"}


def creds(server: Server) -> dict[str, str]:
    return {**CREDS, "base_url": server.url}


async def sent(outgoing: Outgoing, server: Server, http: HttpDoor) -> EmailMessage:
    """The one mail that the gateway got, signed as its own would be."""
    server.answers["POST /messages"] = {"accepted": True}
    assert await PLATFORM.send(outgoing, creds(server), http) == f"{OURS}@shop.example"
    (call,) = server.calls
    assert (call.headers["content-type"], call.headers["x-comptoir-address"]) == ("message/rfc822", US)
    PLATFORM.verify(Inbound(method="POST", path="/", query={}, headers=call.headers, body=call.body), CREDS)
    mail = message_from_bytes(call.body, policy=default)
    assert isinstance(mail, EmailMessage) and mail.defects == []
    return mail


async def test_a_mail_in_its_thread(server: Server, http: HttpDoor) -> None:
    mail = await sent(replace(TEXT, handle=THREAD, locale="fr-FR"), server, http)
    assert (str(mail["From"]), str(mail["To"]), str(mail["Subject"])) == (
        f"Acme <{US}>",
        CUSTOMER,
        "Re: My order",
    )
    assert (str(mail["Message-ID"]), str(mail["In-Reply-To"])) == (f"<{OURS}@shop.example>", "<m1@c.example>")
    assert str(mail["References"]) == "<m0@c.example> <m1@c.example>"
    assert (mail.get_content().strip(), "Auto-Submitted" in mail) == ("Bonjour <Ana> é", False)


async def test_what_a_bot_says_is_marked(server: Server, http: HttpDoor) -> None:
    """So that no other program answers it (RFC 3834)."""
    mail = await sent(replace(TEXT, automatic=True), server, http)
    assert (str(mail["Auto-Submitted"]), str(mail["Subject"])) == ("auto-replied", "Re: Acme")


async def test_no_heading_gets_in_through_the_thread(server: Server, http: HttpDoor) -> None:
    evil = {"subject": "x\r\nBcc: all@evil.example", "in_reply_to": "a\r\nX-Y: z"}
    mail = await sent(replace(TEXT, handle=evil), server, http)
    assert (mail["Bcc"], mail["X-Y"]) == (None, None)


async def test_a_file_with_its_words(server: Server, http: HttpDoor, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"%PDF")
    media = MediaFile(name="devis é.pdf", mime="application/pdf", kind="file", size=4, path=tmp_path / "a")
    mail = await sent(replace(TEXT, part=Part(kind="media", media=0, text="See"), media=media), server, http)
    (file,) = mail.iter_attachments()
    assert (file.get_filename(), file.get_payload(decode=True)) == ("devis é.pdf", b"%PDF")
    body = mail.get_body()
    assert body is not None and body.get_content().strip() == "See"


@pytest.mark.parametrize("to", ["", "ana", "a@b\r\nBcc: x@y.example", "a@b, c@d"])
async def test_a_strange_address_is_not_called(to: str, server: Server, http: HttpDoor) -> None:
    with pytest.raises(Rejected):
        await PLATFORM.send(replace(TEXT, to=to), creds(server), http)
    assert server.calls == []


ANSWERS: dict[int, type[SendError]] = {
    401: BadCredentials,
    403: BadCredentials,
    404: BadCredentials,
    410: ContactGone,
    422: Rejected,
    429: Throttled,
    500: Unknown,
    503: Unreachable,
}


@pytest.mark.parametrize(("status", "expected"), ANSWERS.items())
async def test_refusals(status: int, expected: type[SendError], server: Server, http: HttpDoor) -> None:
    body = {"error": f"No: {CREDS['signing_secret']}", "code": "5.1.1"}
    server.refuse("POST /messages", status, body)
    with pytest.raises(expected) as told:
        await PLATFORM.send(TEXT, creds(server), http)
    assert (type(told.value), told.value.code, told.value.words) == (expected, "5.1.1", "No: •••")


async def test_the_same_mail_again_is_taken_for_sent(server: Server, http: HttpDoor) -> None:
    server.refuse("POST /messages", 409, {"accepted": False})
    assert await PLATFORM.send(TEXT, creds(server), http) == f"{OURS}@shop.example"


async def test_connecting(server: Server, http: HttpDoor) -> None:
    server.answers["GET /status"] = {"ready": True}
    found = await PLATFORM.connect({**creds(server), "address": "Help@Shop.example"}, "", http)
    assert (found.address, found.name) == (US, "Acme")
    server.answers["GET /status"] = {"ready": False}
    with pytest.raises(Rejected):
        await PLATFORM.check(creds(server), "", http)


@pytest.mark.parametrize("field", ["address", "signing_secret", "base_url"])
async def test_what_is_missing_is_named(field: str, server: Server, http: HttpDoor) -> None:
    """Without a gateway it is a mail server that is missing."""
    with pytest.raises(BadCredentials) as told:
        await PLATFORM.send(TEXT, {**creds(server), field: ""}, http)
    assert told.value.field == field.replace("base_url", "smtp_host")


def test_links() -> None:
    assert PLATFORM.entry_link(US, "adsl", text="Hi") == f"mailto:{US}?subject=Hi%20%5B%23adsl%5D"
