"""A real Chromium, a fresh browser window per person, and what a failed story leaves behind."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Browser

from apps.connections.models import EntryPoint
from apps.core import tenancy
from tests.browser.counter import Counter
from tests.browser.people import People
from tests.chromium import launched
from tests.service import Service
from tests.worlds import Side, World

Reporting = Generator[None, pytest.TestReport, pytest.TestReport]
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser per file: while its driver lives, the thread has a running loop, which others need free."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """For all stories of a file: starting them takes longer than many a story."""
    running = Service(tmp_path_factory.mktemp("service"))
    yield running
    running.stop_all()


@pytest.fixture
def service(database: None, processes: Service) -> Service:
    """Web process and worker, the database empty; what the story before stopped runs again."""
    for name in ("worker", "web"):
        if name not in processes.processes:
            processes.start(name)
    return processes


@pytest.fixture
def people(chromium: Browser, service: Service, request: pytest.FixtureRequest) -> Iterator[People]:
    """Who takes part; the story fails on whatever error their pages reported."""
    found = People(chromium, service.url)
    yield found
    if request.node.stash.get(FAILED, False) or found.errors:
        keep(found, service, Path(settings.RUN_DIR) / "failed" / re.sub(r"\W+", "-", request.node.name))
    found.leave()
    assert found.errors == []


@pytest.fixture
def side(committed_world: World) -> Side:
    """Filante, where Bob answers in team ADSL, with an entry page in the language of the stories' words."""
    with tenancy.scope(committed_world.filante.id):
        EntryPoint.objects.update(locale="en")
    return committed_world.filante


@pytest.fixture
def counter(side: Side, people: People) -> Counter:
    return Counter(side, people.comes("visitor", timezone_id="America/New_York"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Reporting:
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


def keep(people: People, service: Service, folder: Path) -> None:
    """Everybody's screen and page, what their browsers reported, and the processes' logs."""
    folder.mkdir(parents=True, exist_ok=True)
    for visit in people.visits:
        for number, page in enumerate(visit.context.pages):
            name = f"{visit.name}-{number}"
            page.screenshot(path=folder / f"{name}.png")
            (folder / f"{name}.html").write_text(page.content())
    (folder / "errors.txt").write_text("\n".join(people.errors))
    for process in ("web", "worker"):
        (folder / f"{process}.log").write_text(service.log(process))
    print(f"kept in {folder}")
