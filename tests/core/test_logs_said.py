"""What a line of the log says: ids, types and places; never words that somebody wrote."""

from __future__ import annotations

import json
import logging
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from structlog.contextvars import bound_contextvars

from apps.core import denied, logs, tenancy

CANARY = "canary-3141"


@pytest.fixture
def log() -> tuple[logging.Logger, StringIO]:
    """A logger of its own behind the handler of `configuration`."""
    made = logs.configuration("INFO", form="json")
    out = StringIO()
    options = dict(made["formatters"]["event"])
    handler = logging.StreamHandler(out)
    handler.setFormatter(options.pop("()")(**options))
    for name in made["filters"]:
        handler.addFilter(made["filters"][name]["()"]())
    logger = logging.Logger("celery.tests")
    logger.addHandler(handler)
    return logger, out


def _lines(out: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def _fail(error: Exception) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError as inner:
        raise error from inner


def test_an_exception_is_told_by_type_and_place(log: tuple[logging.Logger, StringIO]) -> None:
    logger, out = log
    try:
        _fail(KeyError(CANARY))
    except KeyError:
        logger.exception("not handled", extra={"delivery": "d-1", "body": CANARY})
    (line,) = _lines(out)
    assert (line["event"], line["level"], line["delivery"]) == ("not handled", "error", "d-1")
    assert [told["type"] for told in line["error"]] == ["KeyError", "ValueError"]
    assert line["error"][1]["at"][-1].endswith("_fail")
    assert CANARY not in out.getvalue()


def test_words_of_the_system_are_kept(log: tuple[logging.Logger, StringIO]) -> None:
    logger, out = log
    try:
        open("/nowhere/at/all")  # noqa: SIM115
    except OSError:
        logger.exception("no file")
    assert "No such file" in _lines(out)[0]["error"][0]["words"]


def test_the_request_and_the_tenant_stand_in_the_line(
    log: tuple[logging.Logger, StringIO], database: None
) -> None:
    logger, out = log
    tenant = uuid4()
    with bound_contextvars(request_id="abc"):
        with tenancy.scope(tenant):
            logger.info("inside")
        try:
            with tenancy.scope(tenant):
                raise ValueError(CANARY)
        except ValueError:
            logger.exception("outside")
    inside, outside = _lines(out)
    assert (inside["tenant"], inside["request_id"]) == (str(tenant), "abc")
    assert (outside.get("tenant"), outside["error"][0]["tenant"]) == (None, str(tenant))


def test_a_traceback_inside_a_message_loses_its_words(log: tuple[logging.Logger, StringIO]) -> None:
    """As daphne and Celery write them."""
    logger, out = log
    words = f'{CANARY}\n  File "/x/y.py", line 3, in view\n    raise ValueError({CANARY})\n  {CANARY}'
    logger.error("Exception inside application: %s", words)
    (line,) = _lines(out)
    assert (line["event"], line["at"]) == (
        "Exception inside application",
        ['File "/x/y.py", line 3, in view'],
    )
    assert CANARY not in out.getvalue()


def test_a_library_that_shouts_is_heard_once_a_minute(
    log: tuple[logging.Logger, StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger, out = log
    now = 1000.0
    monkeypatch.setattr("apps.core.logs.time.monotonic", lambda: now)
    for now in (1000.0, 1002.0, 1030.0, 1059.9, 1060.0, 1061.0):  # noqa: B007
        _shout(logger)
    assert [line["repeated"] for line in _lines(out)] == [0, 3]


def _shout(logger: logging.Logger) -> None:
    try:
        raise ConnectionError("no Redis")
    except ConnectionError:
        logger.exception("beat cannot send")


@pytest.mark.parametrize(
    ("error", "more"), [(tenancy.NoTenant("x"), 1), (tenancy.TenantSwitch("x"), 1), (ValueError("x"), 0)]
)
def test_what_isolation_refused_is_counted(
    log: tuple[logging.Logger, StringIO], error: Exception, more: int
) -> None:
    before = denied.TIMES._value.get()
    log[0].error("failed", exc_info=error)
    assert denied.TIMES._value.get() - before == more
