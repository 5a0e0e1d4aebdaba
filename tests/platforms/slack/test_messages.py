"""One row for each kind of message that Slack tells."""

from __future__ import annotations

from typing import Any

import pytest

from apps.platforms.events import Event, Facts, MediaKind, MediaRef
from tests.platforms.slack.happened import IN_THREAD, SHARED, message
from tests.platforms.slack.payloads import (
    BOT,
    CHANNEL,
    DIRECT,
    FILE,
    IN_CHANNEL,
    MESSAGE,
    ROOT,
    TS,
    event,
    parsed,
    said,
)


def media(**changes: Any) -> MediaRef:
    url = FILE["url_private_download"]
    about = {"kind": MediaKind.IMAGE, "name": "box.png", "mime": "image/png", "size": 9}
    return MediaRef(**{**about, "locator": {"id": "F0RDC39U1", "url": url}, **changes})


def attached(**changes: Any) -> dict[str, Any]:
    return said(subtype="file_share", files=[{**FILE, **changes}])


BEGINS = {"address": f"{CHANNEL}:{TS}", "ref": f"{CHANNEL}:{TS}"}
GONE = {**FILE, "mode": "tombstone"}
MESSAGES = {
    "direct": (said(), message()),
    "in a thread of direct messages": (said(thread_ts=ROOT), message(reply_to=f"{DIRECT}:{ROOT}")),
    "in a channel": (said(**IN_CHANNEL), message(**BEGINS)),
    "in a thread of a channel": (said(**IN_CHANNEL, thread_ts=ROOT), message(**IN_THREAD)),
    "also sent to the channel": (
        said(**IN_CHANNEL, thread_ts=ROOT, subtype="thread_broadcast"),
        message(**IN_THREAD),
    ),
    "calling the app": (
        event({**MESSAGE, **IN_CHANNEL, "type": "app_mention", "text": f"<@{BOT}>: Hello"}),
        message(**BEGINS),
    ),
    "of a customer's workspace": (
        event({**MESSAGE, **IN_CHANNEL, "team": "T0CUST"}, **SHARED),
        message(**BEGINS),
    ),
    "with a name": (
        said(user_profile={"display_name": "", "real_name": "Zoé Martin"}),
        message(facts=Facts(name="Zoé Martin")),
    ),
    "me": (said(subtype="me_message"), message()),
    "image": (attached(), message(media=(media(),))),
    "image without words": (said(text="", files=[FILE]), message(text="", media=(media(),))),
    "voice": (
        attached(subtype="slack_audio", mimetype="audio/mp4"),
        message(media=(media(kind=MediaKind.VOICE, mime="audio/mp4"),)),
    ),
    "clip": (
        attached(subtype="slack_video", mimetype="video/mp4"),
        message(media=(media(kind=MediaKind.VIDEO, mime="video/mp4"),)),
    ),
    "file": (attached(mimetype="text/csv"), message(media=(media(kind=MediaKind.FILE, mime="text/csv"),))),
    "file of a shared channel": (
        said(files=[{"id": "F1", "mode": "file_access", "file_access": "check_file_info"}]),
        message(media=(MediaRef(kind=MediaKind.FILE, locator={"id": "F1", "url": ""}),)),
    ),
    "file elsewhere": (
        attached(is_external=True, url_private="https://drive.example/1"),
        message(text="Hello\nhttps://drive.example/1"),
    ),
    "file that is gone": (said(text="", files=[GONE]), message(text="", unsupported="tombstone")),
    "blocks alone": (said(text="", blocks=[{"type": "x"}]), message(text="", unsupported="blocks")),
    "nothing": (said(text=""), message(text="", unsupported="empty")),
    "a kind of tomorrow": (said(subtype="hologram"), message(unsupported="hologram")),
}


@pytest.mark.parametrize(("data", "wanted"), MESSAGES.values(), ids=MESSAGES.keys())
def test_messages(data: dict[str, Any], wanted: Event) -> None:
    assert parsed(data) == [wanted]


TEXTS = [
    ("a &lt;b&gt; &amp; c", "a <b> & c"),
    ("&amp;lt;", "&lt;"),
    ("<@U123> and <@U123|zoe>", "@U123 and @zoe"),
    ("<#C1|help> <#C2>", "#help #C2"),
    ("<!here> <!channel|channel> <!subteam^S1|@support> <!date^1392734382^{date}|18 Feb>",
     "@here channel @support 18 Feb"),
    ("<https://shop.example/a?b=1&amp;c=2>", "https://shop.example/a?b=1&c=2"),
    ("<http://shop.example|shop.example>", "http://shop.example"),
    ("<https://shop.example|our shop>", "our shop (https://shop.example)"),
    ("<mailto:a@b.example|a@b.example> <tel:+331|+331>", "a@b.example +331"),
    ("*bold* _it_ `code` :wave:", "*bold* _it_ `code` :wave:"),
    ("1 < 2", "1 < 2"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), TEXTS)
def test_text_is_what_people_read(text: str, wanted: str) -> None:
    assert [found.text for found in parsed(said(text=text))] == [wanted]


def test_a_ts_is_never_a_number() -> None:
    (found,) = parsed(said(ts="1355517523.000010"))
    assert (found.ref, found.at.microsecond) == (f"{DIRECT}:1355517523.000010", 10)
