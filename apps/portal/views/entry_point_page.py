"""What the pages of entry points show beside the form."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from babel.numbers import format_percent
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.connections import codes, counts, qr, snippet
from apps.connections.addresses import link
from apps.connections.codes import Code
from apps.connections.counts import Counts
from apps.connections.models import Channel, EntryPoint
from apps.connections.said import platform_name
from apps.connections.snippet import Size, Theme
from apps.platforms import registry
from apps.portal.forms.entry_point import EntryPointForm
from apps.routing import rules
from apps.tenants.models import Team

DAYS = 28

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Offered:
    """One channel in the editor's list."""

    channel: Channel
    platform: str
    is_first: bool
    is_last: bool

    @property
    def called(self) -> str:
        """As buttons name it: several accounts often share the business's name."""
        name = self.channel.name
        return name if name == self.platform else f"{name}, {self.platform}"


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A platform's own code for the entry point's tag; `picture` is "" until it is made."""

    channel: Channel
    platform: str
    picture: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One bar of the funnel; `width` of 100, on a logarithmic scale."""

    label: str
    count: int
    share: str
    width: int


def list_context() -> dict[str, Any]:
    sums = counts.of_last_days(DAYS)
    points = [
        (point, sums.get(point.pk, Counts())) for point in EntryPoint.objects.order_by("-active", "name")
    ]
    return {"section": "entry-points", "points": points, "days": DAYS}


def editor_context(point: EntryPoint | None, form: EntryPointForm) -> dict[str, Any]:
    context = {**list_context(), "point": point, "form": form, **_channels(form), **_rule(form)}
    return {**context, **_published(point, form)} if point else context


def _channels(form: EntryPointForm) -> dict[str, Any]:
    chosen = [key for key in form["channels"].value() or [] if key in form.usable]
    offered = [
        Offered(
            channel=form.usable[key],
            platform=platform_name(form.usable[key].platform),
            is_first=place == 0,
            is_last=place == len(chosen) - 1,
        )
        for place, key in enumerate(chosen)
    ]
    rest = [(each, platform_name(each.platform)) for key, each in form.usable.items() if key not in chosen]
    untagged = [each.platform for each in offered if not _carries_tag(each.channel)]
    return {"offered": offered, "rest": rest, "untagged": untagged}


def _carries_tag(channel: Channel) -> bool:
    return registry.get(channel.platform).capabilities.entry_tag


def _rule(form: EntryPointForm) -> dict[str, Any]:
    """Where the tag leads as things are stored, for the sentence under the form's tag."""
    tag = str(form["tag"].value() or "")
    led_to = rules.team_by_tag().get(tag)
    team = Team.objects.filter(pk=led_to).first() if led_to else None
    return {"tag": tag, "team": team, "default_team": Team.objects.filter(is_default=True).first()}


def _published(point: EntryPoint, form: EntryPointForm) -> dict[str, Any]:
    size = _choice(Size, form["size"].value(), Size.MEDIUM)
    theme = _choice(Theme, form["theme"].value(), Theme.GREEN)
    return {
        "link": link(point),
        "size": size,
        "theme": theme,
        "sizes": [(Size.MEDIUM, "M"), (Size.SMALL, "S"), (Size.LARGE, "L"), (Size.ICON, _("Icon"))],
        "themes": [(value, _theme_words()[value]) for value in Theme],
        "button": snippet.button(point, size=size, theme=theme),
        "snippet": snippet.snippet(point, size=size, theme=theme),
        "panel_snippet": snippet.snippet(point, size=size, theme=theme, panel=True),
        "qr": mark_safe(qr.svg(link(point))),
        "codes": [_shown(code) for code in codes.of(point)],
        "funnel": funnel(counts.of_last_days(DAYS).get(point.pk, Counts())),
    }


def _shown(code: Code) -> ShownCode:
    picture = mark_safe(qr.svg(code.link)) if code.link else ""
    return ShownCode(code.channel, platform_name(code.channel.platform), picture)


def funnel(sums: Counts) -> list[Stage]:
    return [
        _stage(_("Seen"), sums.views, 0, sums),
        _stage(_("Tapped"), sums.taps, sums.views, sums),
        _stage(_("Wrote"), sums.conversations, sums.taps, sums),
    ]


def _stage(label: str, count: int, before: int, sums: Counts) -> Stage:
    share = _percent(count / before) if before and count <= before else ""
    most = math.log1p(max(sums.views, sums.taps, sums.conversations, 1))
    return Stage(label, count, share, round(100 * math.log1p(count) / most))


def _percent(share: float) -> str:
    """As the page's language writes it."""
    return str(format_percent(share, locale=(get_language() or "en").replace("-", "_")))


def _theme_words() -> dict[Theme, str]:
    return {
        Theme.GREEN: _("Green"),
        Theme.INK: _("Ink"),
        Theme.BLUE: _("Blue"),
        Theme.BRASS: _("Brass"),
        Theme.RED: _("Red"),
        Theme.PAPER: _("White"),
        Theme.AUTO: _("As the page: light or dark"),
    }


def _choice(kind: type[E], value: object, fallback: E) -> E:
    try:
        return kind(str(value))
    except ValueError:
        return fallback
