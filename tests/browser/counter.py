"""Who stands at the business's counter: a visitor at the panel."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from apps.conversations.models import Message
from apps.core import tenancy
from apps.platforms.cards import Card
from tests.browser.people import Visit
from tests.browser.pictures import photo
from tests.widget.panels import agent_says, conversation_of
from tests.worlds import Side

HELLO = "Ma box clignote"


class Counter:
    """A visitor at the panel who has said hello, and what the business sends them."""

    def __init__(
        self, side: Side, visit: Visit, *, language: str = "en", theme: str = "light", hello: str = HELLO
    ) -> None:
        self.side, self.visit = side, visit
        page = visit.opens(f"/widget/frame/{side.entry_point.key}/?lang={language}&theme={theme}")
        self.page: Page = page
        page.locator("#welcome .btn--primary").click()
        page.locator("#text").fill(hello)
        page.locator("#text").press("Enter")
        expect(page.locator(".wg-receipt")).to_be_visible()
        self.place = conversation_of(side, hello)

    def gets(self, card: Card, *, pictures: int = 0) -> Locator:
        """The turn in which the card is shown."""
        before = self.page.locator("#turns > .turn--in").count()
        more = [photo(f"{n}.png")["buffer"] for n in range(pictures)]
        self.message = agent_says(self.side, self.place, card=card, more=more)
        turn = self.page.locator("#turns > .turn--in").nth(before)
        expect(turn).to_be_visible()
        return turn

    @property
    def said(self) -> Locator:
        """The visitor's last words, once the server has them."""
        expect(self.page.locator("#turns .status", has_text=re.compile("Sending|Envoi"))).to_have_count(0)
        return self.page.locator("#turns > .turn--out .bubble").last

    def comes_true(self, slot: str) -> None:
        """This time of the last card is over."""
        with tenancy.scope(self.side.id):
            message = Message.objects.get(pk=self.message.pk)
            [due] = [each for each in message.content["card"]["slots"] if each["id"] == slot]
            due["start"] = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
            message.save(update_fields=["content"])

    @property
    def stored(self) -> dict[str, Any]:
        """The answer as it stands on the last card."""
        with tenancy.scope(self.side.id):
            return dict(Message.objects.get(pk=self.message.pk).content["answer"])
