"""`manage.py doctor` finds what is wrong, says how to put it right, and reaches the end whatever happens."""

from __future__ import annotations

import json
import os
import time
from base64 import urlsafe_b64encode
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from pytest_django import Settings

from apps.backoffice import doctor
from apps.backoffice.doctor import database as databases
from apps.backoffice.doctor import deployment, workers
from apps.backoffice.doctor.finding import Check, State
from apps.connections import vault
from apps.core import tenancy
from tests.service import Service
from tests.worlds import World


def run(*arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("doctor", *arguments, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def wait_for_worker() -> None:
    end = time.monotonic() + 60
    while workers.worker().state is not State.GOOD:
        assert time.monotonic() < end, "the worker never answered"


def test_a_running_service_is_well(service: Service) -> None:
    service.start("beat")
    wait_for_worker()
    code, out = run("--json")
    found = json.loads(out)
    unwell = [check for check in found["checks"] if check["state"] == "wrong"]
    assert (code, found["ok"], unwell) == (0, True, [])
    assert [check["name"] for check in found["checks"]] == [check.name for check in doctor.CHECKS]


def test_a_lost_credential_key_is_found(committed_world: World, settings: Settings) -> None:
    """A restored database without its secrets: everything starts, and no channel can be used."""
    with tenancy.scope(committed_world.filante.id):
        vault.store(committed_world.filante.channel, "token", "1234")
    ring, other = settings.CREDENTIAL_KEYS, urlsafe_b64encode(os.urandom(32)).decode()
    states = []
    for keys in (ring, [other, *ring], [other]):
        settings.CREDENTIAL_KEYS = keys
        states.append(deployment.credential_keys().state)
    assert states == [State.GOOD, State.GOOD, State.BAD]


def test_without_a_worker_it_says_so(database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ANSWER", 0.2)
    code, out = run()
    wrong = [line.split(maxsplit=1)[1] for line in out.splitlines() if line.startswith("wrong")]
    assert (code, [line[:17].strip() for line in wrong]) == (1, ["worker", "beat"])
    assert all(". Fix: " in line for line in wrong)


@pytest.mark.parametrize(
    ("number", "patched"),
    [
        (140022, False),
        (150013, False),
        (150014, True),
        (160009, False),
        (160010, True),
        (170005, False),
        (170006, True),
        (180000, True),
        (190001, True),
    ],
)
def test_patched_databases(number: int, patched: bool) -> None:
    assert databases.is_patched(number) is patched


def test_a_table_out_of_row_security_is_named(database: None) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as login:
        login.execute("SET ROLE comptoir_owner")
        login.execute("ALTER TABLE conversations_note NO FORCE ROW LEVEL SECURITY")
        try:
            finding = databases.row_security()
        finally:
            login.execute("ALTER TABLE conversations_note FORCE ROW LEVEL SECURITY")
    assert (finding.state, finding.words) == (State.BAD, "not forced on conversations_note")
    assert databases.row_security().state is State.GOOD


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("short", "shorter than 50 characters"),
        ("django-insecure-" + "k3jr9x" * 10, "an example or typed by hand"),
        ("ab" * 40, "an example or typed by hand"),
        ("Zq8vK1xW4nB7yL0pM3dR6hJ9fG2sD5aC8eV1tU4iO7wY0zN3kP6m", ""),
    ],
)
def test_secret_keys(key: str, problem: str) -> None:
    assert deployment.problem_of_secret(key) == problem


PUBLIC: list[tuple[str, dict[str, Any], str, State]] = [
    ("address", {"BASE_URL": "https://chat.example"}, "address", State.GOOD),
    ("plain http", {"BASE_URL": "http://chat.example"}, "address", State.BAD),
    ("debug", {"BASE_URL": "https://chat.example", "DEBUG": True}, "address", State.BAD),
    ("mail to files", {"BASE_URL": "https://chat.example"}, "mail", State.BAD),
    ("mail to files at home", {"BASE_URL": "http://localhost"}, "mail", State.GOOD),
    (
        "example key",
        {"BASE_URL": "https://x.example", "CREDENTIAL_KEYS": ["YWFh" * 11]},
        "credential keys",
        State.BAD,
    ),
    ("no key", {"CREDENTIAL_KEYS": []}, "credential keys", State.BAD),
    ("bad secret", {"BASE_URL": "https://x.example", "SECRET_KEY": "x"}, "secret key", State.BAD),
    ("bad secret at home", {"BASE_URL": "http://localhost", "SECRET_KEY": "x"}, "secret key", State.WARNING),
    ("sandbox", {"BASE_URL": "https://x.example", "SANDBOX": True}, "sandbox", State.WARNING),
    ("no redis", {"REDIS_URL": ""}, "redis", State.BAD),
    ("redis away", {"REDIS_URL": "redis://127.0.0.1:1/0"}, "redis", State.BAD),
    ("redis away", {"REDIS_URL": "redis://127.0.0.1:1/0"}, "redis policy", State.BAD),
    ("media url", {"MEDIA_URL": "/media/"}, "media folder", State.BAD),
    ("media nowhere", {"MEDIA_ROOT": "/proc/nowhere"}, "media folder", State.BAD),
]


@pytest.mark.parametrize(("label", "given", "name", "state"), PUBLIC)
def test_settings(settings: Settings, label: str, given: dict[str, Any], name: str, state: State) -> None:
    for setting, value in given.items():
        setattr(settings, setting, value)
    check = next(check for check in doctor.CHECKS if check.name == name)
    finding = doctor.examine([check])[name]
    assert (finding.state, bool(finding.fix)) == (state, state is not State.GOOD), label


def test_media_among_static_files(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT, settings.MEDIA_ROOT = tmp_path, str(tmp_path / "media")
    assert deployment.media().state is State.BAD


def test_a_check_that_breaks_does_not_stop_the_others_or_tell_secrets() -> None:
    def broken() -> Any:
        raise OSError("postgres://root:canary@db")

    findings = doctor.examine([Check("first", broken), Check("second", deployment.address)])
    assert list(findings) == ["first", "second"]
    assert (findings["first"].state, "canary" in str(findings)) == (State.BAD, False)
