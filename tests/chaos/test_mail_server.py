"""The providers' mail server, handed mail by a client of its own: what it says and what it logs."""

from __future__ import annotations

import asyncio
import json
import smtplib
from email.message import EmailMessage
from io import StringIO

import pytest

from tests.chaos.dialects import mail
from tests.chaos.names import Said
from tests.chaos.provider import mail_server
from tests.chaos.provider.__main__ import Provider
from tests.chaos.provider.weather import Weather
from tests.ports import free_port

OURS, CUSTOMER = "help3@chaos.example", "customer1000@customers.example"
SAID = Said("out", "t0/email-0/1000", 7)


def written() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = OURS, CUSTOMER, "Re: A question", "<x@y>"
    made.set_content(SAID.text)
    return made


async def handed_in(fate: str, password: str = mail.password_of(OURS)) -> tuple[list[dict[str, object]], str]:
    """What was logged, and the error of the client ("" for none)."""
    log, port = StringIO(), free_port()
    provider = Provider(log, Weather(1, {fate: 1.0}))
    async with await mail_server.listen(port, provider.meet):
        error = await asyncio.to_thread(hand_in, port, password)
    return [json.loads(line) for line in log.getvalue().splitlines()], error


def hand_in(port: int, password: str) -> str:
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=3) as client:
            client.login(OURS, password)
            client.send_message(written())
    except (smtplib.SMTPException, OSError) as error:
        return str(error) or type(error).__name__
    return ""


async def test_a_mail_is_taken_and_logged() -> None:
    (row,), error = await handed_in("ok")
    assert error == ""
    assert (row["platform"], row["to"], row["ours"]) == ("email", CUSTOMER, "<x@y>")
    assert (row["conversation"], row["number"]) == (SAID.conversation, SAID.number)


@pytest.mark.parametrize("fate", ["lost", "hang"])
async def test_a_mail_is_taken_and_nobody_says_so(fate: str) -> None:
    (row,), error = await handed_in(fate)
    assert error
    assert (row["number"], row["answered"]) == (SAID.number, fate)


async def test_a_mail_is_put_off_and_not_taken() -> None:
    rows, error = await handed_in("throttled")
    assert not rows
    assert "451" in error


async def test_it_takes_nothing_from_strangers() -> None:
    rows, error = await handed_in("ok", password="wrong")
    assert not rows
    assert "535" in error
