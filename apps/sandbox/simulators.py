"""The simulated platforms, by slug: one folder each with a `simulator.py` that exposes `SIMULATOR`.

Adding one is a line in MODULES. Nothing else here may know a platform's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import cast

from django.urls import URLPattern
from django.utils.functional import Promise

from apps.sandbox.dialects import Dialect, Gesture
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxThread
from apps.tenants.models import Tenant

MODULES = {
    "apple_messages": "apps.sandbox.apple.simulator",
    "telegram": "apps.sandbox.telegram.simulator",
    "whatsapp": "apps.sandbox.whatsapp.simulator",
    "messenger": "apps.sandbox.messenger.simulator",
    "instagram": "apps.sandbox.instagram.simulator",
    "wechat": "apps.sandbox.wechat.simulator",
    "slack": "apps.sandbox.slack.simulator",
    "sms": "apps.sandbox.sms.simulator",
    "rcs": "apps.sandbox.rcs.simulator",
    "qq": "apps.sandbox.qq.simulator",
    "email": "apps.sandbox.email.simulator",
    "line": "apps.sandbox.line.simulator",
    "viber": "apps.sandbox.viber.simulator",
    "custom": "apps.sandbox.custom.simulator",
    "x_dm": "apps.sandbox.x_dm.simulator",
    "teams": "apps.sandbox.teams.simulator",
}
SLUGS = tuple(MODULES)
SEEDED = ("apple_messages", "telegram")  # every new phone has these; the others are added on its page
USUAL_FAULTS = frozenset(FaultKind) - {FaultKind.LARGE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulator:
    """One platform's side.

    `path` is what a channel's base_url has after /sandbox/. `make_account` makes the business's account,
    `credentials` says what the platform would have given it: the fields of the form that connects a channel,
    without base_url. `webhook_of` is where webhooks go ("" nowhere). `skin` is a class of the handset,
    `header` what stands under the business's name. `needs_start` waits for a Start button before the first
    words, `tag_words` says how the tag travels if it does (`carries_tag`), `tells_leaving` whether we ever
    learn that a customer left, `opaque` that we learn neither their name nor their number. `verbs` are
    gestures that only some platforms have: "place", "edit", "withdraw", "typing". `comment` writes in public,
    `marketing` stops or resumes marketing messages, where the platform has that; `gestures` are what else a
    customer can do there now. `faults` are the troubles that can be switched on.
    """

    slug: str
    path: str
    hand: Dialect
    make_account: Callable[[Tenant], SandboxAccount]
    credentials: Callable[[SandboxAccount], dict[str, str]]
    urls: Callable[[], Sequence[URLPattern]]
    webhook_of: Callable[[SandboxAccount], str] = field(default=lambda account: account.webhook_url)
    skin: str = ""
    header: str | Promise = ""
    leave_words: str | Promise = ""
    return_words: str | Promise = ""
    tag_words: str | Promise = ""
    typing_seconds: int = 20
    needs_start: bool = False
    carries_tag: bool = True
    tells_leaving: bool = True
    opaque: bool = False
    reactions: Sequence[str] = ()
    verbs: frozenset[str] = frozenset()
    comment: Callable[[SandboxThread, str], None] | None = None
    marketing: Callable[[SandboxThread, bool], None] | None = None
    gestures: Callable[[SandboxThread], Sequence[Gesture]] = field(default=lambda thread: ())
    faults: frozenset[FaultKind] = USUAL_FAULTS


@cache
def get(slug: str) -> Simulator:
    """Raises KeyError for a platform that is not simulated."""
    return cast(Simulator, import_module(MODULES[slug]).SIMULATOR)


def of(account: SandboxAccount) -> Simulator:
    return get(account.platform)


def urls() -> Iterator[URLPattern]:
    """Every simulator's addresses, below /sandbox/."""
    for slug in SLUGS:
        yield from get(slug).urls()
