"""Twilio's own library as second opinion on what goes out, and on what may come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from apps.core.http import HttpDoor
from apps.platforms.base import Content, Outgoing, Part
from apps.platforms.cards import Option, QuickReplies
from apps.platforms.sms import inbound
from apps.platforms.sms.adapter import PLATFORM
from tests.platforms.rest import Server

from .requests import ACCOUNT, CREDS, CUSTOMER, NUMBER, SID, URL
from .test_send import MESSAGES, TEXT, picture


class Notebook(TwilioHttpClient):
    """Writes down what the library would send."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, str, dict[str, Any]]] = []

    def request(
        self, method: str, uri: str, params: Any = None, data: Any = None, *_: Any, **__: Any
    ) -> Response:
        self.calls.append((method, uri, dict(data)))
        return Response(201, '{"sid": "SM1"}')


def written(**given: Any) -> dict[str, Any]:
    """The form that the library makes."""
    notebook = Notebook()
    Client(ACCOUNT, CREDS["auth_token"], http_client=notebook).messages.create(**given)
    ((method, url, form),) = notebook.calls
    assert (method, url) == ("POST", f"https://api.twilio.com{MESSAGES}")
    return form


CARD = QuickReplies(id="c", prompt="?", options=(Option(id="y", title="Oui"), Option(id="n", title="Non")))
(IN_WORDS,) = PLATFORM.compose(Content(card=CARD), None)
FETCHED = "https://chat.example/f/a.jpg"
SAID: dict[str, tuple[Outgoing, dict[str, Any]]] = {
    "words": (TEXT, {"body": "Hi"}),
    "a link": (replace(TEXT, part=Part(kind="link", text=URL)), {"body": URL}),
    "a card": (replace(TEXT, part=IN_WORDS), {"body": "?\n1. Oui\n2. Non"}),
    "a picture": (picture(url=FETCHED), {"body": "See", "media_url": FETCHED}),
}


@pytest.mark.parametrize(("outgoing", "given"), SAID.values(), ids=SAID.keys())
async def test_a_message_is_what_the_library_sends(
    outgoing: Outgoing, given: Mapping[str, str], server: Server, http: HttpDoor
) -> None:
    server.answers[f"POST {MESSAGES}"] = {"sid": SID}
    await PLATFORM.send(outgoing, {**CREDS, "base_url": server.url}, http)
    told = f"{URL}{outgoing.id}"
    assert server.calls[0].fields == written(to=CUSTOMER, from_=NUMBER, status_callback=told, **given)


INBOUND = {MessageInstance.Status.RECEIVED, MessageInstance.Status.RECEIVING}


def test_every_status_that_the_library_knows_means_something() -> None:
    names = {value for name, value in vars(MessageInstance.Status).items() if name.isupper()}
    assert names - INBOUND - set(inbound.STATES) == set()
