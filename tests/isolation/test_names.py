"""Names that two tenants could share in memory or in Redis: groups, caches, process-wide tables."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from uuid import uuid4

import apps
from apps.core import realtime
from tests.isolation.tally import TALLY
from tests.isolation.test_coverage import modules_with

# Results kept in memory by a function, with the reason why no tenant's data is among them.
KEPT = {
    "apps.connections.button_sheet": "a file of ours",
    "apps.console.live.access": "a person's session by its own signed text",
    "apps.console.live.banners": "words of ours, by language",
    "apps.console.pushed_rows": "the words of a statement and the columns of tables",
    "apps.conversations.pictures": "a picture of ours, that stands for any film",
    "apps.conversations.queries": "the words of a statement",
    "apps.conversations.stream": "the words of a statement",
    "apps.core.bells": "a connection to Redis",
    "apps.core.egress": "what an address means",
    "apps.core.rows": "the words of statements and the columns of tables",
    "apps.core.running.websockets": "a frame by its own text",
    "apps.platforms.apple_messages.tokens": "a token by its own text and key, or by key and second",
    "apps.platforms.email.submission": "the authorities of this machine",
    "apps.platforms.registry": "the platforms' code",
    "apps.portal.setup_text": "files of ours, by platform and language",
    "apps.sandbox.simulators": "the simulators' code",
    "apps.tenants.proof": "the program's digest",
    "apps.webhooks.door": "the parts of an address by the address itself",
    "apps.widget.cursors": "a signature by its own text",
    "apps.widget.views.loader": "a file of ours",
}
# Modules that count in a cache of their own, by a token's id.
CACHES = r"LocMemCache|\bcaches\[|from django.core.cache import"


def test_groups_of_two_tenants_differ() -> None:
    here, there = uuid4(), uuid4()
    names = {make(of) for make in (realtime.tenant_group, realtime.user_group) for of in (here, there)}
    TALLY.count("names", "groups", len(names))
    assert len(names) == 4
    assert all(re.fullmatch(r"(t|user)\.[0-9a-f]{32}", name) for name in names)


def test_group_names_are_made_in_one_place() -> None:
    """No module puts one together itself, so none can leave the tenant out."""
    literal = r"group_(add|send)\(\s*f?[\"']"
    TALLY.count("names", "group names", 1)
    assert modules_with(literal) == set()


def test_every_kept_result_is_known() -> None:
    found = set()
    for module in pkgutil.walk_packages(apps.__path__, "apps."):
        if ".migrations" in module.name or ".management" in module.name or module.name.endswith("__main__"):
            continue
        loaded = importlib.import_module(module.name)
        for value in vars(loaded).values():
            if isinstance(value, functools._lru_cache_wrapper) and value.__module__.startswith("apps."):
                found.add(value.__module__)
    TALLY.count("names", "kept results", len(found))
    assert found == set(KEPT)


def test_every_cache_is_known() -> None:
    TALLY.count("names", "caches", 1)
    assert modules_with(CACHES) == {"apps/api/caller.py"}
