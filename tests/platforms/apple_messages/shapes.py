"""A card of each kind and pictures for them."""

from __future__ import annotations

import base64
import io
from datetime import datetime, timedelta, timezone

from PIL import Image

from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import MediaFile
from apps.platforms.cards import Field, Form, Link, ListPicker, Option, Section, Slot, TimeSlots

from .payloads import NOW
from .test_send import outgoing

PLATFORM = AppleMessages(clock=lambda: NOW)
AT = datetime(2026, 11, 23, 9, 30, tzinfo=timezone(timedelta(hours=1)))
TIMES = TimeSlots(
    id="R-1",
    title="When?",
    place="1 Quai",
    timezone="Europe/Paris",
    slots=(
        Slot(id="a", start=AT, minutes=30),
        Slot(id="b", start=AT + timedelta(hours=1), minutes=45),
    ),
)
TOPICS = (Option(id="t1", title="Billing"), Option(id="t2", title="Line"))
FORM = Form(
    id="R-1",
    title="About you",
    submit="Send",
    fields=(
        Field(id="topic", label="Topic", type="choice", options=TOPICS),
        Field(id="topics", label="Topics", type="choices", options=TOPICS, required=False),
        Field(id="name", label="Name", required=False),
        Field(id="story", label="Story", type="long_text"),
        Field(id="mail", label="E-mail", type="email"),
        Field(id="phone", label="Phone", type="phone"),
        Field(id="age", label="Age", type="number"),
        Field(id="day", label="Day", type="date"),
    ),
)
LINK = Link(id="R-1", text="Your order", button="Track it", url="https://shop.example/o?1")
PICKER = ListPicker(
    id="R-1",
    title="Which?",
    image=0,
    sections=(Section(title="", options=(Option(id="a", title="A", image=1), Option(id="b", title="B"))),),
)


def by_card(card, *files):
    return outgoing(kind="card", card=card, files=dict(enumerate(files)))


def photo(tmp_path, name="a.png", *, size=(40, 30), mode="RGB", kind="PNG", noise=False, **changes):
    path = tmp_path / name
    picture = Image.effect_noise(size, 90).convert(mode) if noise else Image.new(mode, size, "teal")
    picture.save(path, kind)
    about = {"name": name, "mime": f"image/{kind.lower()}", "kind": "image", "size": path.stat().st_size}
    return MediaFile(**about | {"path": path} | changes)


def drawn(data):
    return Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
