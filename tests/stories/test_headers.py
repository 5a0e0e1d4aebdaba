"""Class "Headers and deploy": what every answer of the real web process carries, whatever it is."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from tests.service import Service

PAGES = ["/", "/account/login/", "/account/signup/", "/nowhere/", "/demo/inbox/", "/e/nobody/", "/admin/"]
OTHERS = [
    "/static/css/site.css",
    "/static/nowhere.css",
    "/livez",
    "/readyz",
    "/api/v1/nowhere/",
    "/api/v1/conversations/",
    "/hooks/telegram/nobody/",
    "/hooks/nothing/",
    "/widget/nobody/",
    "/favicon.ico",
]


FOR_PROGRAMS = {"X-Content-Type-Options": "nosniff"}
FOR_ALL = {
    **FOR_PROGRAMS,
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ADMIN = "style-src-attr 'unsafe-inline'"  # unfold's, in admin pages only


class Followed(urllib.request.HTTPRedirectHandler):
    """Not followed: a redirect is an answer like another."""

    def redirect_request(self, *_: object) -> None:
        return None


def fetch(service: Service, path: str, **headers: str) -> tuple[int, Message]:
    opener = urllib.request.build_opener(Followed)
    try:
        with opener.open(urllib.request.Request(service.url + path, headers=headers), timeout=20) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.headers


@pytest.fixture
def web(database: None, tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path, {"DJANGO_SETTINGS_MODULE": "tests.stories.failing"})
    service.start("web")
    yield service
    service.stop_all()


def test_every_answer_is_numbered_and_never_guessed_at(web: Service) -> None:
    asked: list[tuple[str, dict[str, str]]] = [(path, {}) for path in [*PAGES, *OTHERS]] + [
        (path, {"X-Fail": "1"}) for path in PAGES[:3]
    ]
    wrong = {}
    numbers = set()
    for path, headers in asked:
        status, found = fetch(web, path, **headers)
        numbers.add(found["X-Request-Id"])
        expected = FOR_PROGRAMS if path.startswith("/hooks/") else FOR_ALL
        missing = [name for name, value in expected.items() if found[name] != value]
        html = found.get_content_type() == "text/html"
        policy = found["Content-Security-Policy"] or ""
        policy = policy.replace(ADMIN, "") if path == "/admin/" else policy
        if html and ("'unsafe-inline'" in policy or "default-src 'none'" not in policy):
            missing.append("Content-Security-Policy")
        if any(word.isdigit() for word in (found["Server"] or "")) or "X-Powered-By" in found:
            missing.append("Server")
        if missing:
            wrong[path, status] = missing
    assert wrong == {}
    assert len(numbers) == len(asked)


def test_what_a_client_calls_its_request_is_not_taken_over(web: Service) -> None:
    _, found = fetch(web, "/livez", **{"X-Request-Id": "injected"})
    assert found["X-Request-Id"] != "injected"
