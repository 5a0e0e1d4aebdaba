"""What people do with their own account."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.worlds import PASSWORD


class Account:
    """Somebody's tab with their account's pages."""

    def __init__(self, page: Page, email: str) -> None:
        self.page, self.email = page, email

    def signs_in(self, password: str = PASSWORD) -> None:
        """As far as the password leads."""
        self.page.goto("/account/login/")
        self.page.get_by_label("Email").fill(self.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page).not_to_have_url(re.compile("/account/login/"))

    def confirms(self) -> None:
        """The question before anything that concerns the account's safety."""
        expect(self.page.get_by_role("heading", name="Is it still you?")).to_be_visible()
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Confirm").click()

    def signs_out(self) -> None:
        self.page.goto("/account/profile/")
        self.page.get_by_role("button", name="Sign out").click()
        self.page.wait_for_url(lambda url: "/profile/" not in url)

    def is_in(self) -> None:
        """Behind the counter, of which there is one: past it lies the inbox or the first steps."""
        expect(self.page).to_have_url(re.compile("/(inbox|setup)/"))

    def changes_password(self, new: str) -> None:
        self.page.goto("/account/password/change/")
        self.page.get_by_label("Current Password").fill(PASSWORD)
        self.page.get_by_label("New Password", exact=True).fill(new)
        self.page.get_by_label("New Password (again)").fill(new)
        self.page.get_by_role("button", name="Change it").click()
        expect(self.page).to_have_url(re.compile("/account/login/"))
