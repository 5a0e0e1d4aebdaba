"""People at their browsers: each has a context of their own, and no error of a page passes unseen."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from apps.tenants.models import User
from tests.worlds import signed_in

IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
)
DESK = {"width": 1440, "height": 900}
SECONDS = 15


@dataclass
class Visit:
    """One person's browser. `expects` forgives what a story provokes on purpose."""

    name: str
    context: BrowserContext
    base_url: str
    errors: list[str] = field(default_factory=list)
    forgiven: list[re.Pattern[str]] = field(default_factory=list)

    def opens(self, address: str = "") -> Page:
        """A tab, at `address` unless it is empty."""
        page = self.context.new_page()
        page.on("pageerror", lambda error: self._report(f"script: {error.stack or error}"))
        page.on("console", self._hear)
        if address:
            page.goto(address)
        return page

    def chooses(self, **cookies: str) -> None:
        """What their browser remembers, such as a theme."""
        base = self.base_url
        self.context.add_cookies([{"name": n, "value": v, "url": base} for n, v in cookies.items()])

    def expects(self, pattern: str) -> None:
        self.forgiven.append(re.compile(pattern))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._report(f"console: {message.text} ({message.location['url']})")

    def _report(self, error: str) -> None:
        if not any(pattern.search(error) for pattern in self.forgiven):
            self.errors.append(f"{self.name}: {error}")


class People:
    """Whoever comes in the course of a story."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.browser, self.base_url = browser, base_url
        self.visits: list[Visit] = []

    def comes(self, name: str, *, user: User | None = None, **options: Any) -> Visit:
        """A fresh browser; signed in when `user` is given. Pages are in English unless `options` say else."""
        usual = {"base_url": self.base_url, "viewport": DESK, "locale": "en-GB"}
        context = self.browser.new_context(**{**usual, **options})
        context.set_default_timeout(SECONDS * 1000)
        visit = Visit(name, context, self.base_url)
        if user is not None:
            cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
            visit.chooses(**{settings.SESSION_COOKIE_NAME: cookie})
        self.visits.append(visit)
        return visit

    def of(self, page: Page) -> Visit:
        """Whose tab it is."""
        return next(visit for visit in self.visits if page.context == visit.context)

    @property
    def errors(self) -> list[str]:
        """What the pages reported."""
        return [error for visit in self.visits for error in visit.errors]

    def leave(self) -> None:
        for visit in self.visits:
            visit.context.close()
