"""Make the pictures in docs/img from the running product: start `bin/up`, then

    .venv/bin/python docs/screenshots.py

Needs Chromium (CHROMIUM names it when it is not on the path) and a fresh sandbox tenant.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMG = ROOT / "docs" / "img"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE, NARROW = (1440, 900), (390, 844)


def main() -> None:
    IMG.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        take(browser, "home", "/")
        take(browser, "home-dark", "/", scheme="dark")
        console(browser, "console", "en-GB", WIDE, "light")
        console(browser, "console-dark", "fr-FR", WIDE, "dark")
        console(browser, "console-phone", "fr-FR", NARROW, "light")
        for name in ("channels", "entry-points", "team", "buttons"):
            take(browser, name, f"/demo/setup/{name}/", who="owner@demo.example")
        take(browser, "sandbox", "/demo/sandbox/", who="lea@demo.example")
        browser.close()


def take(
    browser: Browser, name: str, path: str, *, who: str = "", scheme: str = "light", locale: str = "en-GB"
) -> None:
    """One page at full width."""
    with page(browser, who, WIDE, scheme, locale) as tab:
        tab.goto(base() + path)
        tab.wait_for_load_state("networkidle")
        tab.screenshot(path=IMG / f"{name}.png")


def console(browser: Browser, name: str, locale: str, size: tuple[int, int], scheme: str) -> None:
    """The conversation with the most to see: the one with a list picker that was answered."""
    with page(browser, "lea@demo.example", size, scheme, locale) as tab:
        tab.goto(f"{base()}/demo/inbox/mine/")
        tab.locator("#conversation-list a").first.click()
        tab.locator("#timeline").wait_for()
        tab.wait_for_timeout(1000)
        tab.screenshot(path=IMG / f"{name}.png")


@contextmanager
def page(browser: Browser, who: str, size: tuple[int, int], scheme: str, locale: str) -> Iterator[Page]:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        locale=locale,
    )
    context.add_cookies([{"name": "lang", "value": locale[:2], "url": base()}])
    tab = context.new_page()
    if who:
        tab.goto(sign_in_link(who))
        tab.locator("main form button").first.click()
        tab.wait_for_load_state()
    yield tab
    context.close()


def sign_in_link(who: str) -> str:
    command = [sys.executable, "manage.py", "sign_in_link", who, "--json"]
    answer = subprocess.run(command, cwd=ROOT, env=_environment(), check=True, capture_output=True)
    url: str = json.loads(answer.stdout)["url"]
    return url


def base() -> str:
    return _environment()["BASE_URL"]


def _environment() -> dict[str, str]:
    """What `bin/up` wrote for other programs."""
    from apps.core.running.environment import compose, read_pairs

    return compose(ROOT, {**os.environ, **read_pairs(ROOT / ".run" / "env")})


def _chromium() -> str:
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not found:
        sys.exit("no Chromium here: set CHROMIUM to its path")
    return found


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
