"""What the processes log: one JSON object a line, with tenant, request and message ids; never content.

An exception's words may quote a message, an address or a credential (PostgreSQL quotes the row, a parser the
text), so of an exception only its type and its places in our files are written, and its words only where they
cannot carry anything of a person's. tests/stories/test_canary.py drives canaries through every process.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from apps.core import denied

HIDDEN = "•••"
MOST_FRAMES = 30
QUIET_SECONDS = 60.0
_SECRET_PART = re.compile(
    r"(/account/(?:link|join|confirm-email|password/reset/key)/|/fetch/|/bot\d+:)[^/\s\"']+", re.IGNORECASE
)
# Their words name files, hosts, attributes and settings, not what somebody wrote.
SAYABLE = (OSError, AttributeError, NameError, ImportError, NotImplementedError)
SAYABLE_NAMES = frozenset({"ImproperlyConfigured", "NoTenant", "TenantSwitch", "OperationalError"})
# Which shout at each try while Redis or the database is away.
SHOUTING = ("celery", "kombu", "channels_redis", "redis")

Event = MutableMapping[str, Any]


class HideTokens(logging.Filter):
    """Django logs the path of every request that it refuses, also of one whose link is still good."""

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        hidden = _SECRET_PART.sub(rf"\1{HIDDEN}", words)
        if hidden != words:
            record.msg, record.args = hidden, ()
        return True


class OnceAMinute(logging.Filter):
    """Lets a shouting library say each thing once a minute, and how often it kept silent."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(SHOUTING) or record.levelno < logging.WARNING:
            return True
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        key = (record.name, record.lineno, kind)
        now = time.monotonic()
        last, silent = self._said.get(key, (-QUIET_SECONDS, 0))
        if now - last < QUIET_SECONDS:
            self._said[key] = (last, silent + 1)
            return False
        self._said[key] = (now, 0)
        record.repeated = silent
        return True


class CountDenied(logging.Filter):
    """Counts what the isolation of tenants refused; whatever raised it, it is logged in the end."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and denied.is_denial(error):
            denied.count()
        return True


def configuration(level: str, *, form: str = "") -> dict[str, Any]:
    """For logging.config.dictConfig. `form` is "json", "lines", or "" for lines on a terminal, else JSON."""
    lines = form == "lines" or (not form and sys.stderr.isatty())
    first: Any = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": BEFORE,
        "processors": [first, *(LINES if lines else JSON)],
    }
    every = ["tokens", "repeated", "denied"]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": formatter},
        "filters": {
            "tokens": {"()": HideTokens},
            "repeated": {"()": OnceAMinute},
            "denied": {"()": CountDenied},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event", "filters": every}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {"django.channels.server": {"level": "WARNING"}, "daphne": {"level": "WARNING"}},
    }


def _with_tenant(logger: Any, name: str, event: Event) -> Event:
    """The tenant of the open scope; a process without Django (beat) has none."""
    tenancy = sys.modules.get("apps.core.tenancy")
    tenant = tenancy.current() if tenancy else None
    if tenant is not None:
        event.setdefault("tenant", str(tenant))
    return event


def _with_places(logger: Any, name: str, event: Event) -> Event:
    """Replace a traceback by types and places."""
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = describe(error)
    event.pop("stack_info", None)
    return event


def describe(error: BaseException) -> list[dict[str, Any]]:
    """The chain of exceptions, the outermost first: type, places, SQLSTATE, words where they are harmless."""
    chain: list[dict[str, Any]] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        chain.append(_one(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return chain


def _one(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]
    told: dict[str, Any] = {"type": type(error).__name__, "at": [_place(frame) for frame in frames]}
    if isinstance(error, SAYABLE) or type(error).__name__ in SAYABLE_NAMES:
        told["words"] = str(error).partition("\n")[0][:300]
    for name in ("sqlstate", "code"):
        if isinstance(value := getattr(error, name, None), str):
            told[name] = value[:60]
    if (tenant := getattr(error, "tenant_id", None)) is not None:  # as `tenancy.scope` leaves it
        told["tenant"] = str(tenant)
    return told


def _place(frame: traceback.FrameSummary) -> str:
    file = frame.filename.rpartition("/site-packages/")[2]
    return f"{file}:{frame.lineno} {frame.name}"


def _without_embedded_traceback(logger: Any, name: str, event: Event) -> Event:
    """Daphne and Celery write a traceback, words included, into the message itself: keep its places."""
    words = str(event.get("event", ""))
    if '\n  File "' not in words:
        return event
    kept = [line.strip() for line in words.split("\n") if line.startswith('  File "')]
    event["event"] = words.partition(":")[0].partition("\n")[0]
    event["at"] = kept[-MOST_FRAMES:]
    return event


def _without_task_words(logger: Any, name: str, event: Event) -> Event:
    """Celery's "Task … raised unexpected: …" quotes the exception, which `error` describes."""
    if event.get("error") and str(event.get("logger", "")).startswith("celery"):
        event["event"] = str(event["event"]).partition("raised")[0].strip() or "task failed"
    return event


def _as_lines(logger: Any, name: str, event: Event) -> Event:
    """For people: what `error` holds, one place a line."""
    for told in event.pop("error", []):
        places = "".join(f"\n      {place}" for place in told["at"])
        words = f"{told['type']} {told.get('words', '')}".strip()
        event["exception"] = f"{event.get('exception', '')}\n    {words}{places}".lstrip("\n")
    return event


IDS = (
    "tenant",
    "request_id",
    "conversation",
    "message",
    "delivery",
    "webhook",
    "channel",
    "attachment",
    "repeated",
)
BEFORE: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow=IDS),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _with_tenant,
    _with_places,
    _without_embedded_traceback,
    _without_task_words,
]
JSON: list[Any] = [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
LINES: list[Any] = [_as_lines, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
