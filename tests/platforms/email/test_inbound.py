"""What a mail means, and which are none of a person's."""

from __future__ import annotations

import io
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.http import HttpDoor
from apps.platforms.base import BadSignature, Malformed
from apps.platforms.email.adapter import PLATFORM
from apps.platforms.events import ContactLeft, DeliveryUpdated, Event, MediaKind, MessageReceived

from .mails import CREDS, CUSTOMER, US, made, request, signature


def parsed(mail: EmailMessage | bytes) -> list[Event]:
    asked = request(mail)
    PLATFORM.verify(asked, CREDS)
    return list(PLATFORM.parse(asked, CREDS))


def said(mail: EmailMessage | bytes) -> MessageReceived:
    (found,) = parsed(mail)
    assert isinstance(found, MessageReceived)
    assert (found.to, found.address) == (US, CUSTOMER)
    return found


def test_a_first_mail() -> None:
    event = said(made("Where is it?", Subject="My order [#adsl/box]", Content_Language="fr-FR"))
    assert (event.ref, event.text, event.tag, event.group) == (
        "m1@customer.example",
        "Where is it?",
        "adsl",
        "box",
    )
    assert event.details == (("Subject", "My order"),)
    assert (event.facts.name, event.facts.locale) == ("Ana", "fr-FR")
    assert event.handle == {
        "subject": "My order",
        "in_reply_to": "m1@customer.example",
        "references": "m1@customer.example",
    }


def test_an_answer_stays_in_its_thread() -> None:
    thread = {"In_Reply_To": "<ours@shop.example>", "References": "<a@x.example> <ours@shop.example>"}
    event = said(made("Yes", Subject="Re: My order", **thread))
    assert (event.reply_to, event.details) == ("ours@shop.example", ())
    assert event.handle is not None
    assert event.handle["references"] == "a@x.example ours@shop.example m1@customer.example"


QUOTES = {
    "English": ("2\n\nOn Sun, 22 Nov 2026 at 03:00, Acme <help@shop.example> wrote:\n> 1. Yes\n> 2. No", "2"),
    "wrapped": ("2\n\nOn Sun, 22 Nov 2026 at 03:00, Acme\n<help@shop.example> wrote:\n> 1. Yes", "2"),
    "French": ("Oui\n\nLe dim. 22 nov. 2026 à 03:00, Acme <help@shop.example> a écrit :\n> Ça va ?", "Oui"),
    "Outlook": ("Yes\n\n-----Original Message-----\nFrom: Acme\nSent: today\n\nWell?", "Yes"),
    "only marks": ("Yes\n> Well?", "Yes"),
    "nothing quoted": ("Yes\nand no", "Yes\nand no"),
    "a sentence that begins alike": ("On Monday I wrote to you.\nWell?", "On Monday I wrote to you.\nWell?"),
    "answers in between": ("> One?\nYes\n> Two?\nNo", "> One?\nYes\n> Two?\nNo"),
    "nothing but a quote": ("> One?", "> One?"),
}


@pytest.mark.parametrize(("body", "expected"), QUOTES.values(), ids=QUOTES.keys())
def test_what_is_quoted_is_folded(body: str, expected: str) -> None:
    event = said(made(body, In_Reply_To="<x@shop.example>"))
    quoted = dict(event.details).get("Quoted text", "")
    assert event.text == expected
    assert (event.text + quoted).replace("\n", "") == body.replace("\n", "")


def test_html_alone() -> None:
    mail = made("")
    mail.set_content(
        "<html><head><style>p {}</style></head><body><p>Bonjour&nbsp;!</p><div>Ça<br>va ?</div>"
        "<blockquote>Cité</blockquote><script>alert(1)</script></body></html>",
        subtype="html",
    )
    event = said(mail)
    assert (event.text, dict(event.details)["Quoted text"]) == ("Bonjour !\nÇa\nva ?", "> Cité")


async def test_files_come_with_the_mail() -> None:
    mail = made("See")
    mail.add_alternative("<p>See <img src=cid:a></p>", subtype="html")
    mail.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="été.png")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    event = said(mail)
    assert event.text == "See"
    assert [(m.kind, m.name, m.mime, m.size) for m in event.media] == [
        (MediaKind.IMAGE, "été.png", "image/png", 4),
        (MediaKind.FILE, "a.pdf", "application/pdf", 4),
    ]
    sink = io.BytesIO()
    http: Any = HttpDoor
    assert await PLATFORM.download(event.media[1], CREDS, http, sink) == "application/pdf"
    assert sink.getvalue() == b"%PDF"


def test_a_subject_is_words_when_there_are_no_others() -> None:
    assert said(made("", Subject="Call me")).text == "Call me"
    assert said(made("", Subject="")).unsupported == "empty"


def test_where_answers_are_wanted() -> None:
    event = said(made(From="Form <form@shop.example>", Reply_To=f"Ana <{CUSTOMER.upper()}>"))
    assert event.facts.name == "Ana"


BY_ITSELF: dict[str, dict[str, str]] = {
    "an absence": {"Auto_Submitted": "auto-replied (vacation)"},
    "a report": {"Auto_Submitted": "auto-generated"},
    "a list": {"List_Id": "<all.example>"},
    "a mailing": {"Precedence": "bulk"},
    "an old absence": {"X_Autoreply": "yes"},
    "a bounce": {"Return_Path": "<>"},
    "a machine": {"From": "MAILER-DAEMON@customer.example"},
    "nobody": {"From": "Shop <no-reply@customer.example>"},
    "ourselves": {"From": US},
}


@pytest.mark.parametrize("headers", BY_ITSELF.values(), ids=BY_ITSELF.keys())
def test_what_a_program_sent_is_no_message(headers: dict[str, str]) -> None:
    assert parsed(made("I am away", **headers)) == []


def test_a_person_may_say_so() -> None:
    assert said(made("Hello", Auto_Submitted="no")).text == "Hello"


def test_unsubscribing() -> None:
    _said, left = parsed(made("Unsubscribe\n\n> Hello", In_Reply_To="<x@shop.example>"))
    assert isinstance(left, ContactLeft) and left.reason == "opted_out"
    assert len(parsed(made("Cancel"))) == 1


OURS = "01970000-0000-7000-8000-000000000001"
REPORT = f"""From: MAILER-DAEMON@mx.example
To: {US}
Message-ID: <report@mx.example>
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It came back.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {CUSTOMER}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 no such mailbox
--b
Content-Type: message/rfc822

From: {US}
To: {CUSTOMER}
Message-ID: <{OURS}@shop.example>
Subject: Re: My order

Hello
--b--
""".replace("\n", "\r\n")


def test_a_mail_that_came_back() -> None:
    (update,) = parsed(REPORT.encode())
    assert isinstance(update, DeliveryUpdated)
    assert (update.state, update.code, update.words) == ("failed", "5.1.1", "smtp; 550 no such mailbox")
    assert (update.delivery_id, update.target, update.address) == (OURS, f"{OURS}@shop.example", CUSTOMER)
    (arrived,) = parsed(REPORT.replace("failed", "delivered").encode())
    assert isinstance(arrived, DeliveryUpdated) and arrived.state == "delivered"


@pytest.mark.parametrize("change", [("failed", "delayed"), (f"<{OURS}@shop.example>", "none")])
def test_reports_that_say_nothing(change: tuple[str, str]) -> None:
    assert parsed(REPORT.replace(*change).encode()) == []


def test_times() -> None:
    now = datetime.now(UTC)
    odd = ["Thu, 01 Jan 1970 00:00:00 +0000", "Thu, 01 Jan 2099 00:00:00 +0000", "yesterday"]
    for date in odd:
        body = made().as_bytes().replace(b"Subject:", f"Date: {date}\r\nSubject:".encode())
        assert abs((said(body).at - now).total_seconds()) < 300


def test_the_same_mail_has_the_same_key() -> None:
    assert PLATFORM.dedup_key(request(made())) == "m1@customer.example"
    nameless = made(Message_ID="")
    assert PLATFORM.dedup_key(request(nameless)) == PLATFORM.dedup_key(request(nameless))


@pytest.mark.parametrize("body", [b"", b"{}", b"Subject: x\r\n\r\nx", b"From: nobody\r\n\r\nx", b"\xff\x00"])
def test_what_is_no_mail(body: bytes) -> None:
    with pytest.raises(Malformed):
        parsed(body)


SEEDS = [made("a\n> b").as_bytes(), REPORT.encode(), made("é", Subject="=?utf-8?q?=C3=A9?=").as_bytes()]


@given(
    seed=st.sampled_from(SEEDS), at=st.integers(0, 600), cut=st.integers(0, 30), odd=st.binary(max_size=20)
)
def test_anything_is_understood_or_malformed(seed: bytes, at: int, cut: int, odd: bytes) -> None:
    try:
        found = PLATFORM.parse(request(seed[:at] + odd + seed[at + cut :]), CREDS)
    except Malformed:
        return
    texts = [event.text for event in found if isinstance(event, MessageReceived)]
    assert [text for text in texts if "\x00" in text] == []


# Who may ----------------------------------------------------------------------------------------------

BODY = made().as_bytes()
NO = {
    "another secret": signature(BODY, secret="other"),
    "too old": signature(BODY, at=time.time() - 3600),
    "from the future": signature(BODY, at=time.time() + 3600),
    "another mail": signature(BODY + b"x"),
    "another time": signature(BODY).replace("t=1", "t=01"),
    "nonsense": "t=,v1=",
}


@pytest.mark.parametrize("signed", NO.values(), ids=NO.keys())
def test_what_is_refused(signed: str) -> None:
    with pytest.raises(BadSignature):
        PLATFORM.verify(request(BODY, signed=signed), CREDS)
