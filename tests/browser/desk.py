"""What an agent does in the console."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.browser.people import Visit

ON_ITS_WAY = ".is-pending"


class Desk:
    """One agent's tab with the console."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @classmethod
    def of(cls, visit: Visit, slug: str, view: str = "teams") -> Desk:
        return cls(visit.opens()).looks_at(slug, view)

    def looks_at(self, slug: str, view: str) -> Desk:
        self.page.goto(f"/{slug}/inbox/{view}/")
        self.is_live()
        return self

    def is_live(self) -> None:
        expect(self.page.locator("html")).to_have_attribute("data-live", "live")

    @property
    def rows(self) -> Locator:
        return self.page.locator("#conversation-list .conv")

    def row(self, words: str) -> Locator:
        return self.rows.filter(has_text=words)

    def opens(self, words: str) -> None:
        """The conversation whose last words are `words`."""
        self.row(words).click()
        expect(self.page.locator("#timeline")).to_be_visible()
        self.is_live()

    def turn(self, words: str) -> Locator:
        """What was said by anybody, once the server has it."""
        return self.page.locator(f"#timeline .turn:not({ON_ITS_WAY})").filter(has_text=words)

    def hears(self, words: str) -> None:
        expect(self.page.locator("#timeline .turn--in").filter(has_text=words)).to_have_count(1)

    def writes(self, words: str) -> None:
        self.page.locator("#body").fill(words)
        self.page.locator("#body").press("Control+Enter")

    def answers(self, words: str) -> None:
        """…and the platform accepts it; one that tells of its arrival may have done so already."""
        self.writes(words)
        expect(self.turn(words).locator(".status")).to_contain_text(re.compile("Accepted by|Delivered|Read"))

    def notes(self, words: str) -> None:
        self.page.get_by_role("radio", name="Note").check(force=True)
        self.writes(words)
        expect(self.page.locator("#timeline .note").filter(has_text=words)).to_have_count(1)
        self.page.get_by_role("radio", name="Reply").check(force=True)

    def attaches(self, file: FilePayload) -> None:
        self.page.set_input_files("#composer input[type=file]", file)
        expect(self.page.locator("#composer .att").filter(has_text=file["name"])).to_have_count(1)

    def takes(self) -> None:
        self.page.keyboard.press("g")
        expect(self.page.locator("#holder")).to_contain_text("(you)")
        self.is_live()

    def transfers(self, *, team: str, note: str) -> None:
        self.page.locator("#thread-head").get_by_role("button", name="Transfer").click()
        dialog = self.page.locator("#transfer dialog")
        dialog.get_by_label("To").select_option(label=team)
        dialog.get_by_label("Note").fill(note)
        dialog.get_by_role("button", name="Transfer").click()
        expect(dialog).to_be_hidden()

    def asks(self, question: str, *answers: str) -> None:
        """Quick replies."""
        self.page.locator("#composer [data-opens=quick-replies]").click()
        dialog = self.page.locator("#quick-replies dialog")
        dialog.get_by_label("Question").fill(question)
        for place, answer in enumerate(answers):
            dialog.locator("[name=reply]").nth(place).fill(answer)
        dialog.get_by_role("button", name="Send").click()
        expect(dialog).to_be_hidden()

    def offers(self, title: str, *choices: str) -> None:
        """A list picker."""
        self.page.locator("#composer [data-opens=list-picker]").click()
        dialog = self.page.locator("#list-picker dialog")
        dialog.get_by_label("Title", exact=True).fill(title)
        for place, choice in enumerate(choices):
            dialog.locator("[name=s0-option]").nth(place).fill(choice)
        dialog.get_by_role("button", name="Send").click()
        expect(dialog).to_be_hidden()

    def card(self, title: str) -> Locator:
        return self.page.locator("#timeline .rich").filter(has_text=title)

    @property
    def lock(self) -> Locator:
        """The words in the composer's place when it is shut."""
        return self.page.locator("#composer .lock")

    def may_write(self) -> None:
        expect(self.lock).to_have_count(0)
        expect(self.page.locator(".send-reply")).to_be_visible()
