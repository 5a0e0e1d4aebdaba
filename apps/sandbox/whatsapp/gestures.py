"""What else a thumb finds on WhatsApp: starters, the catalogue, a business's own form, an advertisement."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.sandbox.dialects import Gesture
from apps.sandbox.models import SandboxThread, ThreadState
from apps.sandbox.whatsapp import hand

Json = dict[str, Any]
CATALOGUE = "194836987003835"


def offered(thread: SandboxThread) -> list[Gesture]:
    """Starters stand there until somebody has said something."""
    prompts = thread.account.data.get("prompts", []) if thread.state == ThreadState.NEW else []
    starters = [Gesture(f"prompt:{n}", text, partial(hand.say, text=text)) for n, text in enumerate(prompts)]
    return [*starters, *ALWAYS]


def _order(thread: SandboxThread) -> None:
    items = [
        {"product_retailer_id": "box-mini", "quantity": 2, "item_price": 12, "currency": "EUR"},
        {"product_retailer_id": "cable", "quantity": 1, "item_price": 4.5, "currency": "EUR"},
    ]
    words = _("To be fetched tomorrow")
    order = {"catalog_id": CATALOGUE, "text": words, "product_items": items}
    hand.tell(thread, "order", order, kind="info", text=_("You sent a basket: box-mini × 2, cable × 1"))


def _fill_in(thread: SandboxThread) -> None:
    """What a flow was answered with travels as JSON in a string."""
    filled = {"flow_token": "unused", "name": thread.phone.name, "topics": ["fibre", "tv"]}
    reply: Json = {"name": "flow", "body": "Sent", "response_json": json.dumps(filled)}
    content = {"type": "nfm_reply", "nfm_reply": reply}
    hand.tell(thread, "interactive", content, kind="info", text=_("You filled in their form"))


def _come_by_advertisement(thread: SandboxThread) -> None:
    text = _("Hello, I saw your advertisement")
    referral = {
        "source_url": "https://fb.me/1",
        "source_type": "ad",
        "source_id": "120208091",
        "headline": "Fibre",
        "body": "12 €",
        "media_type": "image",
        "ctwa_clid": "ARAk",
    }
    hand.tell(thread, "text", {"body": text}, more={"referral": referral}, kind="text", text=text)


ALWAYS = [
    Gesture("order", gettext_lazy("Order from the catalogue"), _order),
    Gesture("flow", gettext_lazy("Fill in their form"), _fill_in),
    Gesture("advertisement", gettext_lazy("Come by an advertisement"), _come_by_advertisement),
]
