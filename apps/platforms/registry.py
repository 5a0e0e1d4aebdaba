"""Every platform Comptoir speaks, by slug. Adding one is one line here and one folder beside."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from apps.platforms.base import Platform

SLUGS = (
    "webchat",
    "apple_messages",
    "telegram",
    "messenger",
    "instagram",
    "whatsapp",
    "wechat",
    "slack",
    "sms",
    "rcs",
    "qq",
    "email",
    "line",
    "viber",
    "custom",
    "x_dm",
    "teams",
)


class UnknownPlatform(KeyError):
    """No platform has this slug."""


@cache
def get(slug: str) -> Platform:
    """The adapter; imported on first use, so that a process loads only what it needs."""
    if slug not in SLUGS:
        raise UnknownPlatform(slug)
    platform: Platform = import_module(f"apps.platforms.{slug}.adapter").PLATFORM
    return platform


def all_platforms() -> list[Platform]:
    return [get(slug) for slug in SLUGS]
