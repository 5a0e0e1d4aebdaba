"""Connecting a number, looking after it, its templates, its links."""

from __future__ import annotations

from typing import Any

import pytest

from apps.core.http import HttpDoor
from apps.platforms.base import BadCredentials, Connection, Rejected, Slide, Template, TemplateUse
from apps.platforms.shared import tags
from apps.platforms.whatsapp import templates
from apps.platforms.whatsapp.adapter import PLATFORM
from tests.platforms.graph import Server

from .payloads import CREDS, NUMBER, NUMBER_ID, WABA

WEBHOOK = "https://chat.example/hooks/whatsapp/key/"
ME = {
    "id": NUMBER_ID,
    "display_phone_number": "+49 30 123456",
    "verified_name": "Acme",
    "quality_rating": "GREEN",
}
OVERRIDE = {"override_callback_uri": WEBHOOK, "verify_token": "canary-verify"}


@pytest.fixture
def creds(server: Server) -> dict[str, str]:
    server.answers |= {
        f"GET {NUMBER_ID}": ME,
        f"POST {NUMBER_ID}": {"success": True},
        f"POST {WABA}/subscribed_apps": {"success": True},
    }
    known = {name: text for name, text in CREDS.items() if name != "number"}
    return {**known, "base_url": server.url}


async def test_connecting_subscribes_and_leads_the_webhooks_here(
    creds: dict[str, str], server: Server, http: HttpDoor
) -> None:
    connection = await PLATFORM.connect(creds, WEBHOOK, http)
    assert connection == Connection(address=NUMBER, name="Acme", generated={"number": NUMBER})
    assert server.said == [
        (f"GET {NUMBER_ID}", {}),
        (f"POST {WABA}/subscribed_apps", {}),
        (f"POST {NUMBER_ID}", {"webhook_configuration": OVERRIDE}),
    ]
    assert await PLATFORM.connect(creds, WEBHOOK, http) == connection


async def test_meta_cannot_verify_us_before_the_first_connection(
    creds: dict[str, str], server: Server, http: HttpDoor
) -> None:
    server.refuse(f"POST {NUMBER_ID}", 100, 2200, "Callback verification failed")
    assert (await PLATFORM.connect(creds, WEBHOOK, http)).address == NUMBER


WRONG = [
    (f"GET {NUMBER_ID}", 190, 0, BadCredentials, "token"),
    (f"GET {NUMBER_ID}", 100, 33, BadCredentials, "phone_number_id"),
    (f"POST {WABA}/subscribed_apps", 10, 0, BadCredentials, "token"),
    (f"POST {WABA}/subscribed_apps", 100, 33, BadCredentials, "waba_id"),
    (f"POST {NUMBER_ID}", 190, 0, BadCredentials, "token"),
]


@pytest.mark.parametrize(("call", "code", "subcode", "error", "field"), WRONG)
async def test_what_can_be_wrong(
    call: str,
    code: int,
    subcode: int,
    error: type[BadCredentials],
    field: str,
    creds: dict[str, str],
    server: Server,
    http: HttpDoor,
) -> None:
    server.refuse(call, code, subcode)
    with pytest.raises(error) as caught:
        await PLATFORM.connect(creds, WEBHOOK, http)
    assert caught.value.field == field


async def test_a_number_without_a_number(creds: dict[str, str], server: Server, http: HttpDoor) -> None:
    server.answers[f"GET {NUMBER_ID}"] = {"id": NUMBER_ID}
    with pytest.raises(Rejected):
        await PLATFORM.connect(creds, WEBHOOK, http)


PLACES = [
    ({"application": WEBHOOK}, True),
    ({"phone_number": WEBHOOK, "application": "https://else.example"}, True),
    ({"whatsapp_business_account": WEBHOOK, "application": "https://else.example"}, True),
    ({"phone_number": "https://else.example", "application": WEBHOOK}, False),
    ({}, False),
    (None, False),
]


@pytest.mark.parametrize(("places", "good"), PLACES)
async def test_checking_looks_where_webhooks_go(
    places: Any, good: bool, creds: dict[str, str], server: Server, http: HttpDoor
) -> None:
    server.answers[f"GET {NUMBER_ID}"] = {**ME, "webhook_configuration": places}
    if good:
        assert await PLATFORM.check(creds, WEBHOOK, http) == "Number connected, quality green"
        return
    with pytest.raises(Rejected, match="another address"):
        await PLATFORM.check(creds, WEBHOOK, http)


# Templates --------------------------------------------------------------------------------------------

HELLO: dict[str, Any] = {
    "id": "1",
    "name": "order_update",
    "language": "en_US",
    "category": "UTILITY",
    "status": "APPROVED",
    "components": [
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
        {"type": "BODY", "text": "Hello {{1}}, it comes {{2}}. {{1}}!"},
        {"type": "FOOTER", "text": "Acme"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "QUICK_REPLY", "text": "Stop"},
                {"type": "URL", "text": "Track", "url": "https://shop.example/{{1}}"},
                {"type": "COPY_CODE", "text": "Copy"},
            ],
        },
    ],
}
PAUSED = {"id": "2", "name": "sale", "language": "fr", "status": "PAUSED", "components": None}
FILM = {
    "id": "3",
    "name": "film",
    "components": [{"type": "HEADER", "format": "VIDEO"}, {"type": "BODY", "text": "{{name}}"}],
}


async def test_every_page_of_templates(creds: dict[str, str], server: Server, http: HttpDoor) -> None:
    first = {"data": [HELLO, 1, {}], "paging": {"cursors": {"after": "A"}, "next": "https://graph/x"}}
    last = {"data": [PAUSED, FILM], "paging": {"cursors": {"after": "B"}}}
    pages = iter([first, last])
    server.answers = Pages(server.answers, f"GET {WABA}/message_templates", pages)
    found = await PLATFORM.templates(creds, http)
    assert [call.query.get("after") for call in server.calls] == [None, "A"]
    assert found[0] == Template(
        ref="1",
        name="order_update",
        language="en_US",
        category="UTILITY",
        state="APPROVED",
        usable=True,
        header="Order {{1}}",
        body="Hello {{1}}, it comes {{2}}. {{1}}!",
        footer="Acme",
        buttons=("Stop", "Track", "Copy"),
        parameters=("header.1", "1", "2", "button.1", "button.2.code"),
        raw=HELLO,
    )
    assert [(t.name, t.usable, t.header_media, t.parameters) for t in found[1:]] == [
        ("sale", False, "", ()),
        ("film", False, "video", ("name",)),
    ]


class Pages(dict[str, Any]):
    """Answers of which one is the next page each time."""

    def __init__(self, rest: dict[str, Any], paged: str, pages: Any) -> None:
        super().__init__(rest)
        self._paged, self._pages = paged, pages

    def get(self, key: str, default: Any = None) -> Any:
        return next(self._pages) if key == self._paged else super().get(key, default)


def use(values: dict[str, str]) -> TemplateUse:
    return TemplateUse(name="order_update", language="en_US", values=values, text="")


def words(text: str, **more: str) -> dict[str, str]:
    return {"type": "text", **more, "text": text}


FILLED: list[tuple[dict[str, str], Any]] = [
    ({}, None),
    ({"2": "b", "1": "a"}, [{"type": "body", "parameters": [words("a"), words("b")]}]),
    ({"10": "b", "9": "a"}, [{"type": "body", "parameters": [words("a"), words("b")]}]),
    ({"name": "Ana"}, [{"type": "body", "parameters": [words("Ana", parameter_name="name")]}]),
    ({"header.1": "h"}, [{"type": "header", "parameters": [words("h")]}]),
    (
        {"header.shop": "h"},
        [{"type": "header", "parameters": [words("h", parameter_name="shop")]}],
    ),
    (
        {"button.1": "a1"},
        [{"type": "button", "sub_type": "url", "index": "1", "parameters": [words("a1")]}],
    ),
    (
        {"button.2.code": "XMAS"},
        [
            {
                "type": "button",
                "sub_type": "copy_code",
                "index": "2",
                "parameters": [{"type": "coupon_code", "coupon_code": "XMAS"}],
            }
        ],
    ),
]


@pytest.mark.parametrize(("values", "components"), FILLED)
def test_a_template_filled_in(values: dict[str, str], components: Any) -> None:
    made = templates.message(use(values))
    assert made["name"] == "order_update" and made["language"] == {"code": "en_US"}
    assert made.get("components") == components


def test_a_template_under_a_picture() -> None:
    made = templates.message(use({}), ("MEDIA", "image"))
    assert made["components"] == [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "MEDIA"}}]}
    ]


def test_a_template_with_pictures_side_by_side() -> None:
    values = {"1": "Ana", "slide.0.1": "12 €", "slide.1.1": "20 €", "slide.1.button.0": "maxi"}
    made = templates.message(use(values), slides=[("M1", "image"), ("M2", "video")])
    assert made["components"][0] == {"type": "body", "parameters": [words("Ana")]}
    assert made["components"][1]["cards"] == [
        {
            "card_index": 0,
            "components": [
                {"type": "header", "parameters": [{"type": "image", "image": {"id": "M1"}}]},
                {"type": "body", "parameters": [words("12 €")]},
            ],
        },
        {
            "card_index": 1,
            "components": [
                {"type": "header", "parameters": [{"type": "video", "video": {"id": "M2"}}]},
                {"type": "body", "parameters": [words("20 €")]},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": [words("maxi")]},
            ],
        },
    ]


def described(*components: dict[str, Any], category: str = "UTILITY") -> Template:
    row = {"id": "4", "name": "t", "language": "fr", "category": category, "status": "APPROVED"}
    return templates.read({**row, "components": [{"type": "BODY", "text": "Hi"}, *components]})


def button(kind: str) -> dict[str, Any]:
    return {"type": "BUTTONS", "buttons": [{"type": kind, "text": "Go"}]}


def slides(*cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "CAROUSEL", "cards": [{"components": card} for card in cards]}


def test_a_place_and_slides_are_read() -> None:
    picture = [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "{{1}}"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "See", "url": "https://a.example/{{1}}"}]},
    ]
    found = described({"type": "HEADER", "format": "LOCATION"}, slides(picture, picture))
    place = [f"header.place.{part}" for part in ("title", "address", "latitude", "longitude")]
    assert found.slides == (Slide(header_media="image", body="{{1}}", buttons=("See",)),) * 2
    assert list(found.parameters) == [
        *place, "slide.0.1", "slide.0.button.0", "slide.1.1", "slide.1.button.0",
    ]  # fmt: skip
    assert (found.usable, found.unsendable) == (True, "")


BEYOND: dict[str, tuple[Template, str]] = {
    "products": (described(button("MPM")), "products"),
    "a product in a slide": (described(slides([{"type": "HEADER", "format": "PRODUCT"}])), "products"),
    "an order": (described(button("ORDER_DETAILS")), "order"),
    "a flow": (described(button("FLOW")), "flow"),
    "a code": (described(category="AUTHENTICATION"), "code"),
    "an offer that ends": (described({"type": "LIMITED_TIME_OFFER"}), "offer"),
    "a button of tomorrow": (described(button("HOLOGRAM")), "unknown"),
    "a header of tomorrow": (described({"type": "HEADER", "format": "HOLOGRAM"}), "unknown"),
    "a catalogue": (described(button("CATALOG")), ""),
    "a call": (described(button("PHONE_NUMBER")), ""),
}


@pytest.mark.parametrize(("template", "reason"), BEYOND.values(), ids=BEYOND)
def test_what_cannot_be_sent_from_here(template: Template, reason: str) -> None:
    assert (template.unsendable, template.usable) == (reason, not reason)


# Links ------------------------------------------------------------------------------------------------

LINKS = [
    ({"tag": ""}, f"https://wa.me/{NUMBER}"),
    ({"tag": "", "text": "Hi"}, f"https://wa.me/{NUMBER}?text=Hi"),
    ({"tag": "adsl"}, f"https://wa.me/{NUMBER}?text=%F0%9F%91%8B%20%5B%23adsl%5D"),
    ({"tag": "adsl", "text": "Hi you"}, f"https://wa.me/{NUMBER}?text=Hi%20you%20%5B%23adsl%5D"),
    ({"tag": "a", "text": "Hi", "group": "g"}, f"https://wa.me/{NUMBER}?text=Hi%20%5B%23a%2Fg%5D"),
]


@pytest.mark.parametrize(("given", "link"), LINKS)
def test_links(given: dict[str, str], link: str) -> None:
    assert PLATFORM.entry_link("+49 30-123456", **given) == link


READ = [
    ("Hi [#adsl]", ("Hi", "adsl", "")),
    ("Hi\n[#adsl]  ", ("Hi", "adsl", "")),
    ("Hi[#adsl/g-1]", ("Hi", "adsl", "g-1")),
    ("[#adsl]", ("[#adsl]", "adsl", "")),
    ("Hi [#adsl] there", ("Hi [#adsl] there", "", "")),
    ("Hi [#a b]", ("Hi [#a b]", "", "")),
    ("Hi [#" + "x" * 65 + "]", ("Hi [#" + "x" * 65 + "]", "", "")),
    ("Hi [adsl]", ("Hi [adsl]", "", "")),
]


@pytest.mark.parametrize(("text", "said"), READ)
def test_a_tag_is_read_off_the_end(text: str, said: tuple[str, str, str]) -> None:
    assert tuple(tags.read(text)) == said
