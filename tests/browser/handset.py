"""What a customer does on one of the sandbox's phones."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload, Locator, Page, expect


class Handset:
    """The phone of one platform on the page with the phones."""

    def __init__(self, page: Page, platform: str) -> None:
        """`platform` is its name, or the beginning of it."""
        self.page, self.platform = page, platform
        caption = page.locator("figcaption").filter(has_text=platform)
        self.screen: Locator = page.locator(".phones figure").filter(has=caption)

    @property
    def heard(self) -> Locator:
        """Bubbles of the business."""
        return self.screen.locator(".log .b:not(.me)")

    def hears(self, words: str) -> None:
        expect(self.heard.filter(has_text=words)).to_have_count(1)

    def types(self, words: str) -> None:
        self.screen.get_by_label("Message", exact=True).press_sequentially(words[:3])

    def says(self, words: str) -> None:
        self.screen.get_by_label("Message", exact=True).fill(words)
        self.screen.get_by_role("button", name="Send").click()
        expect(self.screen.locator(".log .b.me").filter(has_text=words)).to_have_count(1)

    def sends(self, file: FilePayload) -> None:
        before = self.screen.locator(".log .me.file").count()
        self.screen.get_by_label("Photo or file").set_input_files(file)
        expect(self.screen.locator(".log .me.file")).to_have_count(before + 1)

    def presses(self, button: str) -> None:
        self.screen.get_by_role("button", name=button, exact=True).click()

    def chooses(self, title: str, option: str) -> None:
        """Open a list picker, choose, send."""
        self.screen.locator(".cardb").filter(has_text=title).click()
        sheet = self.screen.locator(".sheet")
        sheet.get_by_text(option).click()
        sheet.get_by_role("button", name="Send").click()
        expect(sheet).to_have_count(0)

    def does(self, gesture: str) -> None:
        """What is in the menu at the top of the screen."""
        self.screen.get_by_label("More", exact=True).click()
        self.screen.locator(".more").get_by_role("button", name=gesture).click()

    def is_hard(self, trouble: str, *, on: bool = True) -> None:
        """Switch one of the platform's troubles."""
        panel = self.page.locator(".fold").filter(has_text=re.compile(f"Make {self.platform}.* hard"))
        if panel.get_attribute("open") is None:
            panel.locator("summary").click()
        with self.page.expect_response("**/faults/**"):
            panel.get_by_role("switch", name=trouble).set_checked(on)
