"""What a channel shows customers before the first word: the platform is told, then it is kept here."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from apps.connections import health, outside, vault
from apps.connections.credentials import FieldError, unreadable
from apps.connections.models import Channel
from apps.connections.refusals import explained
from apps.platforms import registry
from apps.platforms.base import Credentials, Greeting, GreetingLimits, Platform, SendError
from apps.tenants import audit


class Unfit(Exception):
    """What a person has to put right: words by the greeting's field, with its place when there are several
    ("welcome", "starters.0", "menu.2"), "" for none in particular."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


def greet(channel: Channel, greeting: Greeting, *, actor: str) -> None:
    """Make the platform show `greeting` and keep it. Raises Unfit, before any call for what is too long.

    Idempotent. Refused credentials stop the channel, as with any other call.
    """
    adapter = registry.get(channel.platform)
    if errors := dict(_problems(greeting, adapter.greeting_limits)):
        raise Unfit(errors)
    _tell_platform(channel, adapter, greeting)
    kept = {"welcome": greeting.welcome, "starters": list(greeting.starters), "menu": list(greeting.menu)}
    channel.greeting = kept if any(kept.values()) else None
    channel.save(update_fields=["greeting"])
    audit.record("channel.greeting", actor=actor, subject=channel.name)


def shown(channel: Channel) -> Greeting:
    """What the channel shows, as it was set here last."""
    kept = channel.greeting or {}
    return Greeting(
        welcome=kept.get("welcome", ""),
        starters=tuple(kept.get("starters", ())),
        menu=tuple((title, url) for title, url in kept.get("menu", ())),
    )


def _tell_platform(channel: Channel, adapter: Platform, greeting: Greeting) -> None:
    try:
        credentials: Credentials = vault.reveal(channel)
    except vault.CredentialUnreadable:
        raise Unfit({"": unreadable()}) from None
    try:
        outside.ask(lambda http: adapter.greet(greeting, credentials, http))
    except SendError as error:
        health.refused_by(channel, error)
        failure: FieldError = explained(adapter, error, credentials)
        raise Unfit({"": failure.words}) from None


def _problems(greeting: Greeting, limits: GreetingLimits) -> Iterator[tuple[str, str]]:
    yield from _too_long("welcome", greeting.welcome, limits.welcome)
    for place, question in enumerate(greeting.starters):
        yield from _too_long(f"starters.{place}", question, limits.starter)
    for place, (title, url) in enumerate(greeting.menu):
        yield from _too_long(f"menu.{place}", title, limits.menu_title)
        if not title:
            yield f"menu.{place}", _("An address needs a title beside it.")
        elif url and not url.startswith("https://"):
            yield f"menu.{place}", _("An address begins with https://.")
    yield from _too_many("starters", len(greeting.starters), limits.starters)
    yield from _too_many("menu", len(greeting.menu), limits.menu)


def _too_long(field: str, words: str, most: int) -> Iterator[tuple[str, str]]:
    if len(words) > most:
        said = _("At most %(most)d characters; these are %(count)d.") % {"most": most, "count": len(words)}
        yield field, said


def _too_many(field: str, count: int, most: int) -> Iterator[tuple[str, str]]:
    if count > most:
        yield field, _("At most %(most)d; these are %(count)d.") % {"most": most, "count": count}
