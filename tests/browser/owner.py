"""What an owner does with the web pages: sign up, connect, name teams, put up buttons."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from tests.browser.mail import link_for
from tests.browser.people import Visit
from tests.worlds import PASSWORD


class Owner:
    """Somebody in the portal. `slug` is known once they have signed up."""

    def __init__(self, visit: Visit, *, slug: str = "") -> None:
        self.page: Page = visit.opens()
        self.slug = slug

    def signs_up(self, business: str, email: str) -> None:
        page = self.page
        page.goto("/")
        page.get_by_role("banner").get_by_role("link", name="Open your counter").click()
        page.get_by_label("Business name").fill(business)
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Create the workspace").click()
        expect(page.get_by_role("heading", name="Look in your mail")).to_be_visible()
        page.goto(link_for(email))
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(re.compile(r"/[\w-]+/setup/$"))
        self.slug = page.url.split("/")[-3]

    def steps_done(self) -> list[str]:
        """Titles of the checklist's steps that are behind."""
        self.goes("")
        return self.page.locator(".todo li.is-done h3").all_inner_texts()

    def connects(self, platform: str, credentials: Mapping[str, str]) -> None:
        """Through the wizard; labels are what the platform asks for."""
        self.goes("channels/")
        self.page.locator("#connect").get_by_role("button", name=platform).click()
        for label, value in credentials.items():
            self.page.get_by_label(label).fill(value)
        self.page.locator("#connect").get_by_role("button", name="Connect", exact=True).click()
        expect(self.page.locator("#channel-health")).to_contain_text("Waiting for a first message")

    def makes_team(self, name: str) -> None:
        self.goes("team/new/")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_role("button", name="Save").click()
        expect(self.page.get_by_role("row", name=name)).to_be_visible()

    def invites(self, email: str, *, team: str) -> str:
        """The link in the mail."""
        self.goes("team/invite/")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Team").select_option(team)
        self.page.get_by_role("button", name="Send the invitation").click()
        expect(self.page.get_by_role("row", name=email)).to_contain_text("Invited")
        return link_for(email)

    def puts_up(self, name: str, *, tag: str, team: str) -> None:
        """A Message button whose tag leads to the team."""
        self.goes("entry-points/new/")
        self.page.get_by_label("Name", exact=True).fill(name)
        self.page.get_by_label("Button text").fill(name)
        self.page.get_by_label("Routing tag").fill(tag)
        self.page.get_by_label("Team that answers").select_option(team)
        self.page.get_by_role("button", name="Open it").click()
        expect(self.page.get_by_role("heading", name=name)).to_be_visible()

    def goes(self, path: str) -> None:
        self.page.goto(f"/{self.slug}/setup/{path}")


def joins(visit: Visit, link: str, *, name: str) -> Page:
    """Accept an invitation as somebody new; ends in the inbox."""
    page = visit.opens(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/inbox/**")
    return page
