"""The one Chromium that tests drive: where it is, and what its driver leaves behind in the thread."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import pytest
from django.db import connections
from playwright.async_api import Browser as AsyncBrowser
from playwright.async_api import async_playwright
from playwright.sync_api import Browser, sync_playwright

SANDBOX_OFF = ["--no-sandbox"]  # tests may run as root, under whom Chromium has none


def path() -> str:
    """Chromium, as bin/test found or installed it. Skips the test where there is none, and says why."""
    if missing := os.environ.get("CHROMIUM_MISSING"):
        pytest.skip(missing)
    return os.environ.get("CHROMIUM", "/usr/bin/chromium")


@contextmanager
def launched() -> Iterator[Browser]:
    """A browser for tests that are not async. While it lives, this thread has a running loop.

    So Django, asked for a connection, would refuse, and keeps those that are opened apart from the others:
    nobody else could close them. They are closed here; left open, the thread's next async test meets them.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the driver's loop is no reason to refuse
        browser = driver.chromium.launch(executable_path=path(), args=SANDBOX_OFF)
        yield browser
        browser.close()
        connections.close_all()


@asynccontextmanager
async def launched_async() -> AsyncIterator[AsyncBrowser]:
    """A browser for async tests, whose threads ask the database for them."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=path(), args=SANDBOX_OFF)
        yield browser
        await browser.close()
