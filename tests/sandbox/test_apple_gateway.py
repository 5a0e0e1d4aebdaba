"""The simulated gateway against what Apple's fact sheet says, checked with other people's cryptography.

Tokens are made here with hmac alone, attachments with pycryptodome: neither is what the simulator uses.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from Crypto.Cipher import AES
from Crypto.Util import Counter
from django.test import Client
from PIL import Image

from apps.core import tenancy
from apps.sandbox import accounts, faults, phones, threads
from apps.sandbox.apple import attachments, cipher, hand, tokens
from apps.sandbox.apple.checks import BID
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxMessage, SandboxPost, SandboxThread
from tests.worlds import World

VECTOR = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(secret: str, claims: dict[str, Any], *, alg: str = "HS256") -> str:
    head = b64(json.dumps({"alg": alg, "typ": "JWT"}).encode())
    body = b64(json.dumps(claims).encode())
    signed = hmac.new(base64.b64decode(secret), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{b64(signed) if alg == 'HS256' else ''}"


def ctr(key: str, data: bytes) -> bytes:
    return AES.new(bytes.fromhex(key[2:]), AES.MODE_CTR, counter=Counter.new(128, initial_value=0)).encrypt(
        data
    )


def png(size: int = 20) -> str:
    out = BytesIO()
    Image.new("RGB", (size, size), "teal").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


@dataclass
class Msp:
    """The business's side, spoken by hand."""

    account: SandboxAccount
    thread: SandboxThread

    def headers(self, **more: str) -> dict[str, str]:
        bearer = token(self.account.secret, {"iss": self.account.key, "iat": int(time.time())})
        return {"authorization": f"Bearer {bearer}", "source-id": self.account.address, **more}

    def send(self, headers: dict[str, str] | None = None, **body: Any) -> tuple[int, str]:
        ref = str(uuid4())
        whole = {
            "v": 1,
            "id": ref,
            "sourceId": self.account.address,
            "destinationId": self.thread.address,
            **body,
        }
        given = {"id": ref, "destination-id": whole["destinationId"], **(headers or {})}
        answer = Client(SERVER_NAME="localhost").post(
            "/sandbox/apple/v1/message", whole, content_type="application/json", headers=self.headers(**given)
        )
        return answer.status_code, answer.content.decode()

    def shown(self) -> list[tuple[str, str]]:
        return [(m.kind, m.text) for m in SandboxMessage.objects.filter(thread=self.thread, mine=False)]


@pytest.fixture
def msp(world: World) -> Iterator[Msp]:
    """An account with a customer who has written."""
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("apple_messages")
        thread = threads.locked(phones.thread_of(phones.new_phone(locale="fr-FR"), account).pk)
        thread.tag, thread.group = "adsl", "fibre"
        hand.say(thread, "Bonjour")
        yield Msp(account, thread)


def posted() -> list[tuple[dict[str, str], dict[str, Any]]]:
    rows = SandboxPost.objects.order_by("id")
    return [(row.headers, json.loads(gzip.decompress(bytes(row.body)))) for row in rows]


# Tokens and ciphers -----------------------------------------------------------------------------------


def test_the_fact_sheets_vectors_hold() -> None:
    key = "00" + bytes(range(32)).hex()
    assert (
        cipher.apply(key, b"Hello Apple attachment\n").hex()
        == "baf56cda4569dea0d99fff4abc5a03e193351bcb24cd95"
    )
    assert token(VECTOR, {"iss": "MSP-1", "iat": 1700000000}).split(".")[0] == b64(
        b'{"alg": "HS256", "typ": "JWT"}'
    )


def test_the_business_can_check_who_posts(msp: Msp) -> None:
    head, body, signature = tokens.bearer(msp.account).removeprefix("Bearer ").split(".")
    expected = hmac.new(
        base64.b64decode(msp.account.secret), f"{head}.{body}".encode(), hashlib.sha256
    ).digest()
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert (b64(expected), claims["aud"], sorted(claims)) == (signature, msp.account.key, ["aud", "iat"])


def bearer(account: SandboxAccount, secret: str = "", *, alg: str = "HS256", **claims: Any) -> str:
    good = {"iss": account.key, "iat": int(time.time()), **claims}
    kept = {name: value for name, value in good.items() if value is not None}
    return f"Bearer {token(secret or account.secret, kept, alg=alg)}"


FORGED: dict[str, tuple[int, Callable[[SandboxAccount], str]]] = {
    "nothing": (401, lambda account: ""),
    "no bearer": (401, lambda account: "Basic abc"),
    "garbage": (403, lambda account: "Bearer a.b.c"),
    "other secret": (403, lambda account: bearer(account, VECTOR)),
    "raw secret": (403, lambda account: bearer(account, base64.b64encode(account.secret.encode()).decode())),
    "no algorithm": (403, lambda account: bearer(account, alg="none")),
    "unknown msp": (403, lambda account: bearer(account, iss="MSP-1")),
    "no time": (403, lambda account: bearer(account, iat=None)),
    "stale": (403, lambda account: bearer(account, iat=int(time.time()) - 7200)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_bad_token_is_refused(msp: Msp, name: str) -> None:
    expected, made = FORGED[name]
    status, _words = msp.send({"authorization": made(msp.account)}, type="text", body="x")
    assert (status, msp.shown()) == (expected, [])


# Out: what the gateway takes ---------------------------------------------------------------------------


def picker(**item: Any) -> dict[str, Any]:
    items = [
        {"identifier": "a", "title": "A", "order": 0, **item},
        {"identifier": "b", "title": "B", "order": 1},
    ]
    data = {
        "version": "1.0",
        "requestIdentifier": "r-1",
        "listPicker": {"sections": [{"title": "S", "order": 0, "multipleSelection": False, "items": items}]},
    }
    return {"bid": BID, "data": data, "receivedMessage": {"title": "Choose", "style": "icon"}}


def quick(count: int, *, name: str = "quick-reply", title: str = "t") -> dict[str, Any]:
    items = [{"identifier": str(n), "title": f"{title}{n}"} for n in range(count)]
    data = {"version": "1.0", "requestIdentifier": "r-2", name: {"summaryText": "Which?", "items": items}}
    return {"bid": BID, "data": data}


def with_image(data: str) -> dict[str, Any]:
    found = picker()
    found["data"]["images"] = [{"identifier": "i0", "data": data}]
    return found


def balloon(name: str, payload: Any) -> dict[str, Any]:
    data = {"version": "1.0", "requestIdentifier": "r-3", name: payload}
    return {"bid": BID, "data": data, "receivedMessage": {"title": "Open"}, "replyMessage": {"title": "Done"}}


def event(**slot: Any) -> dict[str, Any]:
    given = {"identifier": "a", "startTime": "2027-03-01T08:30+0000", "duration": 1800, **slot}
    other = {"identifier": "b", "startTime": "2027-03-01T09:30+0000", "duration": 1800}
    return balloon("event", {"identifier": "e-1", "title": "Visit", "timeslots": [given, other]})


TOPICS = [{"identifier": "t1", "title": "Billing", "value": "billing"}]
MAIL = {"required": True, "inputType": "singleline", "keyboardType": "emailAddress"}


def form(*, first: dict[str, Any] | None = None, last: dict[str, Any] | None = None, **data: Any) -> Any:
    """The fact sheet's form of two pages (7.4)."""
    topic = {"pageIdentifier": "topic", "type": "select", "title": "Topic", "items": TOPICS}
    mail = {"pageIdentifier": "mail", "type": "input", "title": "E-mail", "submitForm": True, "options": MAIL}
    pages = [topic | {"nextPageIdentifier": "mail"} | (first or {}), mail | (last or {})]
    inside = {"startPageIdentifier": "topic", "showSummary": True, "pages": pages, **data}
    return balloon("dynamic", {"version": "1.2", "template": "messageForms", "data": inside})


JPEG = base64.b64encode(b"\xff\xd8\xff\xe0" + bytes(50)).decode()
BIG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200_001)).decode()

TAKEN = [
    ("text", {"type": "text", "body": "Bonjour 👋"}, [("text", "Bonjour 👋")]),
    (
        "two quick replies",
        {"type": "interactive", "interactiveData": quick(2)},
        [("quick_replies", "Which?")],
    ),
    (
        "five quick replies",
        {"type": "interactive", "interactiveData": quick(5)},
        [("quick_replies", "Which?")],
    ),
    ("list picker", {"type": "interactive", "interactiveData": picker()}, [("list_picker", "Choose")]),
    ("picture", {"type": "interactive", "interactiveData": with_image(png())}, [("list_picker", "Choose")]),
    (
        "rich link",
        {"type": "richLink", "richLinkData": {"url": "https://a.example", "title": "A"}},
        [("link", "A")],
    ),
    ("typing", {"type": "typing_start"}, []),
    ("times", {"type": "interactive", "interactiveData": event()}, [("choices", "Open")]),
    (
        "times with seconds",
        {"type": "interactive", "interactiveData": event(startTime="2027-03-01T08:30:00+0000")},
        [("choices", "Open")],
    ),
    ("form", {"type": "interactive", "interactiveData": form()}, [("form", "Open")]),
    (
        "form whose items lead on",
        {
            "type": "interactive",
            "interactiveData": form(
                first={
                    "items": [{**TOPICS[0], "nextPageIdentifier": "mail"}],
                    "nextPageIdentifier": None,
                }
            ),
        },
        [("form", "Open")],
    ),
]
REFUSED = [
    ("close", {"type": "close"}),
    ("unknown type", {"type": "dance"}),
    ("wrong v", {"v": 2, "type": "text", "body": "x"}),
    ("no body", {"type": "text"}),
    ("id not a uuid", {"id": "x", "type": "text", "body": "x"}),
    ("one quick reply", {"type": "interactive", "interactiveData": quick(1)}),
    ("six quick replies", {"type": "interactive", "interactiveData": quick(6)}),
    ("camel case", {"type": "interactive", "interactiveData": quick(3, name="quickReply")}),
    ("long title", {"type": "interactive", "interactiveData": quick(2, title="t" * 200)}),
    ("line break", {"type": "interactive", "interactiveData": quick(2, title="a\nb")}),
    ("twice the same", {"type": "interactive", "interactiveData": picker(identifier="b")}),
    ("jpeg", {"type": "interactive", "interactiveData": with_image(JPEG)}),
    ("big picture", {"type": "interactive", "interactiveData": with_image(BIG)}),
    (
        "data address",
        {"type": "interactive", "interactiveData": with_image("data:image/png;base64," + png())},
    ),
    ("foreign app with data", {"type": "interactive", "interactiveData": {**picker(), "bid": "x:1:y"}}),
    ("no received message", {"type": "interactive", "interactiveData": {**picker(), "receivedMessage": {}}}),
    ("link without title", {"type": "richLink", "richLinkData": {"url": "https://a.example"}}),
    ("custom scheme", {"type": "richLink", "richLinkData": {"url": "app://a", "title": "A"}}),
    *(
        (f"times: {label}", {"type": "interactive", "interactiveData": given})
        for label, given in {
            "local time": event(startTime="2027-03-01T08:30+0100"),
            "duration in words": event(duration="1800"),
            "twice the same": event(identifier="b"),
            "no slots": balloon("event", {"identifier": "e-1", "title": "Visit", "timeslots": []}),
            "no title": balloon("event", {"identifier": "e-1", "timeslots": [{}]}),
            "not an object": balloon("event", []),
            "camel case": balloon("timePicker", {"title": "Visit"}),
            "no received message": {**event(), "receivedMessage": {}},
        }.items()
    ),
    *(
        (f"form: {label}", {"type": "interactive", "interactiveData": given})
        for label, given in {
            "no such start": form(startPageIdentifier="x"),
            "no pages": form(pages=[]),
            "another template": balloon("dynamic", {"version": "1.2", "template": "x", "data": {}}),
            "long name": form(first={"pageIdentifier": "x" * 20}, startPageIdentifier="x" * 20),
            "twice the same name": form(first={"pageIdentifier": "mail"}, startPageIdentifier="mail"),
            "leads nowhere": form(last={"submitForm": False}),
            "leads elsewhere": form(first={"nextPageIdentifier": "x"}),
            "unknown page": form(last={"type": "dance"}),
            "nothing to choose": form(first={"items": []}),
            "item without value": form(first={"items": [{"identifier": "a", "title": "A"}]}),
            "prefixed keyboard": form(last={"options": {"keyboardType": "UIKeyboardTypeDefault"}}),
            "date in another form": form(
                last={"type": "datePicker", "options": {"maximumDate": "2027-03-01"}}
            ),
            "long label": form(last={"title": "x" * 201}),
        }.items()
    ),
    ("half an attachment", {"type": "text", "body": "\ufffc", "attachments": [{"name": "a"}]}),
]


@pytest.mark.parametrize(("body", "shown"), [pytest.param(*row[1:], id=row[0]) for row in TAKEN])
def test_what_is_right_stands_on_the_phone(msp: Msp, body: dict[str, Any], shown: list[Any]) -> None:
    assert msp.send(**body) == (200, "")
    assert msp.shown() == shown


@pytest.mark.parametrize("body", [pytest.param(row[1], id=row[0]) for row in REFUSED])
def test_what_is_wrong_is_refused(msp: Msp, body: dict[str, Any]) -> None:
    status, words = msp.send(**body)
    assert (status, bool(words), msp.shown()) == (400, True, [])


def test_headers_must_agree_with_the_body(msp: Msp) -> None:
    assert msp.send({"id": str(uuid4())}, type="text", body="x")[0] == 400
    assert msp.send({"destination-id": "urn:mbid:other"}, type="text", body="x")[0] == 400
    assert msp.send({"source-id": str(uuid4())}, type="text", body="x")[0] == 403


def test_nobody_at_the_destination(msp: Msp) -> None:
    assert msp.send(type="text", body="x", destinationId="urn:mbid:nobody")[0] == 404
    hand.leave(threads.locked(msp.thread.pk))
    assert msp.send(type="text", body="x")[0] == 404


def test_an_address_in_words_is_marked(msp: Msp) -> None:
    msp.send(type="text", body="See https://a.example/x")
    assert SandboxMessage.objects.get(mine=False).data["bare_link"] is True


# Attachments ------------------------------------------------------------------------------------------


def test_a_file_goes_up_and_opens_on_the_phone(msp: Msp) -> None:
    key, plain = "00" + bytes(range(32)).hex(), b"a plan of the house"
    secret, browser = ctr(key, plain), Client(SERVER_NAME="localhost")
    grant = browser.get(
        "/sandbox/apple/v1/preUpload", headers=msp.headers(**{"mmcs-size": str(len(secret))})
    ).json()
    put = browser.post(_path(grant["upload-url"]), secret, content_type="application/octet-stream").json()
    reference = {
        "name": "plan.txt",
        "mimeType": "text/plain",
        "size": str(len(secret)),
        "signature-base64": put["singleFile"]["fileChecksum"],
        "url": grant["mmcs-url"],
        "owner": grant["mmcs-owner"],
        "key": key,
    }
    assert msp.send(type="text", body="Voici \ufffc", attachments=[reference]) == (200, "")
    words, file = SandboxMessage.objects.filter(mine=False)
    assert (words.text, file.file.name, file.file.size) == ("Voici", "plan.txt", len(plain))
    for wrong in ({"size": len(secret)}, {"size": "1"}, {"key": key[2:]}, {"signature-base64": "AA=="}):
        assert msp.send(type="text", body="\ufffc", attachments=[{**reference, **wrong}])[0] == 400


def test_links_are_for_one_thing_only(msp: Msp) -> None:
    browser = Client(SERVER_NAME="localhost")
    grant = browser.get("/sandbox/apple/v1/preUpload", headers=msp.headers(**{"mmcs-size": "3"})).json()
    octets = {"content_type": "application/octet-stream"}
    assert browser.post(_path(grant["mmcs-url"]), b"abc", **octets).status_code == 403
    assert browser.get(_path(grant["upload-url"])).status_code == 403
    assert browser.post(_path(grant["upload-url"]), b"abc", **octets).status_code == 200
    assert browser.post(_path(grant["upload-url"]), b"abc", **octets).status_code == 409


def test_a_phones_picture_comes_encrypted(msp: Msp) -> None:
    hand.send_file(msp.thread, BytesIO(b"picture"), name="a.png", mime="image/png")
    (_headers, body), browser = posted()[-1], Client(SERVER_NAME="localhost")
    (named,) = body["attachments"]
    asked = {"mmcs-url": named["url"], "mmcs-owner": named["owner"]}
    asked["mmcs-signature"] = base64.b64encode(bytes.fromhex(named["signature"])).decode()
    grant = browser.get("/sandbox/apple/v1/preDownload", headers=msp.headers(**asked)).json()
    secret = b"".join(browser.get(_path(grant["download-url"])))
    assert (body["body"], len(secret), ctr(named["key"], secret)) == ("\ufffc", named["size"], b"picture")
    refused = {**asked, "mmcs-signature": named["signature"]}  # hex where Base64 is asked for
    assert browser.get("/sandbox/apple/v1/preDownload", headers=msp.headers(**refused)).status_code == 400


# In: what the phone posts ------------------------------------------------------------------------------


def test_the_first_words_carry_where_they_came_from(msp: Msp) -> None:
    hand.say(threads.locked(msp.thread.pk), "Encore")
    (first, typing), (head, words), (_again, more) = posted()
    assert (typing["type"], words["type"], words["intent"], words["group"]) == (
        "typing_start",
        "text",
        "adsl",
        "fibre",
    )
    assert (words["body"], words["locale"], "intent" in more) == ("Bonjour", "fr_FR", False)
    assert (head["id"], head["source-id"], head["destination-id"]) == (
        words["id"],
        words["sourceId"],
        words["destinationId"],
    )
    assert (head["content-encoding"], head["capability-list"], first["id"] == head["id"]) == (
        "gzip",
        "LIST,TIME,QUICK",
        False,
    )
    assert words["sourceId"].startswith("urn:mbid:") and len(words["sourceId"]) > 150


def test_a_choice_names_what_it_answers(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData={**picker(), "sessionIdentifier": "s-1"})
    hand.answer(
        SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False), ["b", "?"]
    )
    given = posted()[-1][1]["interactiveData"]
    (section,) = given["data"]["listPicker"]["sections"]
    assert (given["bid"], given["sessionIdentifier"], given["data"]["requestIdentifier"]) == (
        BID,
        "s-1",
        "r-1",
    )
    assert ([item["identifier"] for item in section["items"]], given["data"]["replyMessage"]["title"]) == (
        ["b"],
        "B",
    )


def test_a_quick_choice_names_its_place(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=quick(3))
    hand.answer(
        SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False), ["2"]
    )
    reply = posted()[-1][1]["interactiveData"]["data"]["quick-reply"]
    assert (reply["selectedIndex"], reply["selectedIdentifier"], len(reply["items"])) == (2, "2", 3)


def last_reply() -> dict[str, Any]:
    given: dict[str, Any] = posted()[-1][1]["interactiveData"]["data"]
    return given


def balloon_on(msp: Msp) -> SandboxMessage:
    return SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False)


def test_a_chosen_time_comes_back_alone(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=event())
    hand.answer(balloon_on(msp), ["b", "a"])
    reply = last_reply()["event"]
    assert (reply["identifier"], [slot["identifier"] for slot in reply["timeslots"]]) == ("e-1", ["a"])


def test_a_form_comes_back_with_its_selections(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=form())
    hand.answer(balloon_on(msp), ["topic=billing", "mail=ana@example.org", "x=y"])
    reply = last_reply()["dynamic"]
    assert (reply["template"], reply["private"]) == ("messageForms", False)
    assert reply["selections"] == [
        {"pageIdentifier": "topic", "title": "Topic", "items": [{**TOPICS[0], "type": "select"}]},
        {
            "pageIdentifier": "mail",
            "title": "E-mail",
            "items": [
                {"identifier": "0", "title": "ana@example.org", "value": "ana@example.org", "type": "input"}
            ],
        },
    ]


def test_a_form_without_what_it_needs_is_not_sent(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=form())
    before = len(posted())
    hand.answer(balloon_on(msp), ["topic=billing"])
    assert len(posted()) == before


def test_a_vcard_is_somebody_to_call(msp: Msp) -> None:
    lines = ("BEGIN:VCARD", "VERSION:3.0", "FN;X=y:Zoé\\, SAV", "TEL;TYPE=VOICE:+331", "END:VCARD")
    card = "\r\n".join(lines).encode()
    reference = attachments.wrapped(msp.account, card, name="a.vcf", mime="text/vcard")
    outgoing = {name: str(reference[name]) for name in reference if name != "signature"}
    assert msp.send(type="text", body="\ufffc", attachments=[outgoing]) == (200, "")
    shown = balloon_on(msp)
    assert (shown.kind, shown.text, shown.data) == ("contact", "Zoé, SAV", {"phone": "+331"})


def test_a_large_choice_comes_by_reference(msp: Msp) -> None:
    msp.send(type="interactive", interactiveData=picker())
    faults.switch(msp.account, FaultKind.LARGE, on=True)
    hand.answer(
        SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False), ["a"]
    )
    body, browser = posted()[-1][1], Client(SERVER_NAME="localhost")
    named = body["interactiveDataRef"]
    asked = {
        "mmcs-url": named["url"],
        "mmcs-owner": named["owner"],
        "mmcs-signature": named["signature-base64"],
    }
    grant = browser.get("/sandbox/apple/v1/preDownload", headers=msp.headers(**asked)).json()
    blob = ctr(named["key"], b"".join(browser.get(_path(grant["download-url"]))))
    for form in (blob, gzip.decompress(blob)):
        decoded = browser.post(
            "/sandbox/apple/v1/decodePayload",
            form,
            content_type="application/octet-stream",
            headers=msp.headers(bid=BID),
        ).json()
        assert decoded["data"]["listPicker"]["sections"][0]["items"][0]["identifier"] == "a"
    assert "interactiveData" not in body


def test_repetitions_have_the_same_id_but_answers_another(msp: Msp) -> None:
    faults.switch(msp.account, FaultKind.DUPLICATE, on=True)
    hand.say(msp.thread, "deux fois")
    first, second = (body for _head, body in posted()[-2:])
    assert first == second
    msp.send(type="interactive", interactiveData=quick(2))
    hand.answer(
        SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False), ["1"]
    )
    one, two = (body for _head, body in posted()[-2:])
    assert one["id"] != two["id"]
    assert one["interactiveData"] == two["interactiveData"]


def test_tapback_typing_and_leaving(msp: Msp) -> None:
    msp.send(type="text", body="Bonjour !")
    heard = SandboxMessage.objects.select_related("thread__account", "thread__phone").get(mine=False)
    hand.react(heard, "like")
    hand.typing(msp.thread, True)
    hand.leave(threads.locked(msp.thread.pk))
    told = [(body["type"], body.get("body")) for _head, body in posted()[-3:]]
    assert told == [("text", 'Liked "Bonjour !"'), ("typing_start", None), ("close", None)]


def _path(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"
