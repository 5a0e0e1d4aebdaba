"""What else a thumb finds on Messenger and Instagram: starters, the menu; stories and a heart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image

from apps.sandbox import store, threads
from apps.sandbox.dialects import Gesture
from apps.sandbox.meta import events, hand, products
from apps.sandbox.models import SandboxFile, SandboxThread, ThreadState

ROSE = (190, 60, 90)
Json = dict[str, Any]


def offered(thread: SandboxThread) -> list[Gesture]:
    """Starters stand there until somebody has said something."""
    found = list(_profile(thread, "persistent_menu", "title"))
    if thread.state == ThreadState.NEW:
        found += _profile(thread, "ice_breakers", "question")
    return found + (STORIES if products.of(thread.account) is products.INSTAGRAM else [])


def _profile(thread: SandboxThread, name: str, words: str) -> Iterator[Gesture]:
    for row in thread.account.data.get("profile", {}).get(name, [])[:1]:  # the default language
        for number, entry in enumerate(row["call_to_actions"]):
            yield Gesture(f"{name}:{number}", entry[words], partial(_tap, entry=entry, title=entry[words]))


def _tap(thread: SandboxThread, *, entry: Json, title: str) -> None:
    """A postback; an entry that leads to a page tells the business nothing."""
    if entry.get("type") == "web_url":
        threads.show(thread, mine=True, kind="info", text=_("You opened %(url)s") % {"url": entry["url"]})
        return
    tag = thread.tag
    hand.acts(thread)
    shown = threads.show(thread, mine=True, kind="text", text=title, ref=hand.new_mid())
    postback: Json = {"mid": shown.ref, "title": title, "payload": entry["payload"]}
    postback |= {"referral": hand.referral(tag)} if tag else {}
    events.from_phone(thread, "postback", postback)
    hand.forget_tag(thread)


def _answer_story(thread: SandboxThread) -> None:
    """Words under a story of the business's, whose picture lies with Instagram (2.8)."""
    text = _("Is this still available?")
    story = {"id": hand.new_mid(), "url": _address(thread, _picture(thread))}
    hand.tell(thread, {"text": text, "reply_to": {"story": story}}, kind="text", text=text)


def _mention(thread: SandboxThread) -> None:
    """A story of the customer's that names the business."""
    hand.attach(thread, _picture(thread), "story_mention")


def _heart(thread: SandboxThread) -> None:
    hand.tell(thread, {"attachments": [{"type": "like_heart"}]}, kind="text", text="❤️")


def _picture(thread: SandboxThread) -> SandboxFile:
    drawn = BytesIO()
    Image.new("RGB", (90, 160), ROSE).save(drawn, "JPEG")
    drawn.seek(0)
    return store.keep(thread.account, drawn, name="story.jpg", mime="image/jpeg")


def _address(thread: SandboxThread, stored: SandboxFile) -> str:
    return f"{settings.BASE_URL}/sandbox/{thread.account.platform}/files/{thread.account.key}/{stored.key}"


STORIES = [
    Gesture("story_reply", gettext_lazy("Answer a story of theirs"), _answer_story),
    Gesture("story_mention", gettext_lazy("Mention them in a story"), _mention),
    Gesture("heart", gettext_lazy("Send a heart"), _heart),
]
