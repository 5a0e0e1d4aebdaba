"""Entry points: made, changed, archived; which channels they offer, in which order, under which tag."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from apps.connections.models import Channel, ChannelState, EntryPoint, EntryPointChannel
from apps.connections.origins import check_origin
from apps.routing import rules, tags
from apps.routing.models import RoutingRule
from apps.tenants import audit
from apps.tenants.models import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an entry point should be. `team` is where its tag leads, None for the default team."""

    name: str
    tag: str
    channels: Sequence[Channel]
    group: str = ""
    button_text: str = ""
    prefilled_text: str = ""
    locale: str = ""
    allowed_origins: Sequence[str] = field(default_factory=list)
    team: Team | None = None


def create_entry_point(wanted: Wanted, *, actor: str) -> EntryPoint:
    """A new entry point with a key of its own. Raises ValidationError by field and changes nothing then."""
    values = _checked(wanted)
    point = EntryPoint.objects.create(**values)
    _place(point, wanted.channels)
    audit.record("entry_point.created", actor=actor, subject=point.name, tag=point.tag)
    rules.send_to(point.tag, wanted.team, actor=actor)
    return point


def update_entry_point(point: EntryPoint, wanted: Wanted, *, actor: str) -> None:
    """Make `point` as wanted; its key stays, so what is printed keeps working. Idempotent.

    Raises ValidationError by field and changes nothing then. Conversations keep the tag they came with.
    """
    values = _checked(wanted)
    changed = [name for name, value in values.items() if getattr(point, name) != value]
    for name, value in values.items():
        setattr(point, name, value)
    point.save(update_fields=list(values))
    if _place(point, wanted.channels):
        changed.append("channels")
    if changed:
        audit.record("entry_point.changed", actor=actor, subject=point.name, fields=sorted(changed))
    rules.send_to(point.tag, wanted.team, actor=actor)


def archive(point: EntryPoint, *, actor: str) -> None:
    """Stop answering at its link, as if it had never been. Idempotent."""
    _switch(point, False, "entry_point.archived", actor)


def restore(point: EntryPoint, *, actor: str) -> None:
    """Answer at its link again. Idempotent."""
    _switch(point, True, "entry_point.restored", actor)


def channels_of(point: EntryPoint) -> list[Channel]:
    """Every channel of the entry point, in its order."""
    return [place.channel for place in point.places.select_related("channel").order_by("position")]


def offered(point: EntryPoint) -> list[Channel]:
    """The channels that a customer may be sent to now, in order."""
    return [channel for channel in channels_of(point) if channel.state == ChannelState.LIVE]


def known_tags() -> frozenset[str]:
    """Every tag that the tenant uses: of its entry points, archived ones too, and of its rules."""
    points = EntryPoint.objects.order_by().values_list("tag", flat=True)
    return frozenset(points) | frozenset(RoutingRule.objects.values_list("tag", flat=True))


def _checked(wanted: Wanted) -> dict[str, object]:
    errors = {
        **_problem("tag", lambda: tags.check(wanted.tag)),
        **_problem("group", lambda: wanted.group and tags.check(wanted.group)),
        **_problem("allowed_origins", lambda: [check_origin(item) for item in wanted.allowed_origins]),
    }
    if not wanted.name.strip():
        errors["name"] = [_("This cannot be empty.")]
    if not wanted.channels:
        errors["channels"] = [_("Choose at least one channel.")]
    if errors:
        raise ValidationError(errors)
    return {
        "name": wanted.name.strip(),
        "tag": wanted.tag,
        "group": wanted.group,
        "button_text": wanted.button_text.strip(),
        "prefilled_text": wanted.prefilled_text.strip(),
        "locale": wanted.locale,
        "allowed_origins": [check_origin(item) for item in wanted.allowed_origins],
    }


def _problem(name: str, check: Callable[[], object]) -> dict[str, list[str]]:
    try:
        check()
    except ValidationError as error:
        return {name: error.messages}
    return {}


def _place(point: EntryPoint, channels: Sequence[Channel]) -> bool:
    """Offer exactly these channels, in this order; True when that changed something."""
    wanted = list(dict.fromkeys(channel.pk for channel in channels))
    before = list(point.places.order_by("position").values_list("channel_id", flat=True))
    if before == wanted:
        return False
    point.places.all().delete()
    EntryPointChannel.objects.bulk_create(
        EntryPointChannel(entry_point=point, channel_id=pk, position=position)
        for position, pk in enumerate(wanted)
    )
    return True


def _switch(point: EntryPoint, active: bool, action: str, actor: str) -> None:
    if EntryPoint.objects.filter(pk=point.pk, active=not active).update(active=active):
        point.active = active
        audit.record(action, actor=actor, subject=point.name)
