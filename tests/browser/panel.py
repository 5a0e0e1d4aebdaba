"""What a visitor does in the web-chat panel, wherever the page has put it."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Frame, Locator, Page, expect


class Panel:
    """The panel's frame in a page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def frame(self) -> Frame:
        page = self.page
        found = [frame for frame in page.frames if "/widget/frame/" in frame.url]
        if not found:
            page.wait_for_event("framenavigated", lambda frame: "/widget/frame/" in frame.url)
            return self.frame
        return found[-1]

    def starts(self) -> None:
        """Past the consent line."""
        self.frame.get_by_role("button", name="Start", exact=True).click()
        expect(self.frame.locator("#say")).to_be_visible()

    def types(self, words: str) -> None:
        self.frame.get_by_label("Message", exact=True).press_sequentially(words)

    def says(self, words: str) -> None:
        """…on its way at least."""
        self.frame.get_by_label("Message", exact=True).fill(words)
        self.frame.get_by_label("Message", exact=True).press("Enter")
        expect(self.said(words)).to_have_count(1)

    def is_taken(self) -> None:
        """The server has everything that was said."""
        expect(self.frame.locator(".wg-receipt")).to_be_visible()

    def sends(self, file: FilePayload) -> None:
        self.frame.locator("#file").set_input_files(file)
        expect(self.frame.locator("#files progress")).to_be_hidden()
        self.frame.locator("#say .go").click()

    def said(self, words: str) -> Locator:
        return self.frame.locator("#turns .turn--out .bubble").filter(has_text=words)

    def heard(self, words: str) -> Locator:
        return self.frame.locator("#turns .turn--in .bubble").filter(has_text=words)

    def hears(self, words: str) -> None:
        expect(self.heard(words)).to_have_count(1)

    def everything(self) -> list[str]:
        """The words of both sides, in order."""
        return self.frame.locator("#turns .turn .bubble").all_inner_texts()

    def leaves(self) -> None:
        self.frame.locator(".legal").get_by_role("button", name="Leave").click()
        self.frame.locator("#leave").get_by_role("button", name="Leave").click()
        expect(self.frame.get_by_role("heading", name="You have left the counter")).to_be_visible()

    def returns(self) -> None:
        self.frame.get_by_role("button", name="Start again").click()
        expect(self.frame.locator("#say")).to_be_visible()
