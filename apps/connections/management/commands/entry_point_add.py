from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser

from apps.connections.addresses import link
from apps.connections.entry_points import Wanted, create_entry_point, update_entry_point
from apps.connections.models import Channel, ChannelState, EntryPoint
from apps.connections.snippet import snippet
from apps.core import tenancy
from apps.tenants.management.operator_command import OperatorCommand, tenant_id_of, text_up_to
from apps.tenants.models import Team

ACTOR = "manage.py entry_point_add"


class Command(OperatorCommand):
    help = "Make an entry point. Again with the same name: makes it as described, under the same key."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--name", required=True, type=text_up_to(80))
        parser.add_argument(
            "--channel", nargs="+", action="extend", required=True, metavar="KEY", dest="keys",
            help="in order; write --channel=KEY, because a key may begin with a dash",
        )  # fmt: skip
        parser.add_argument("--tag", required=True)
        parser.add_argument("--group", default="", help="travels beside the tag on Apple")
        parser.add_argument(
            "--text", default="", type=text_up_to(300, empty=True),
            help="the first message, written for the customer",
        )  # fmt: skip
        parser.add_argument("--button-text", default="", type=text_up_to(60, empty=True))
        parser.add_argument("--locale", default="", choices=["", *dict(settings.LANGUAGES)])
        parser.add_argument("--origin", nargs="+", action="extend", default=[], dest="origins")
        parser.add_argument("--team", default="", metavar="SLUG", help="the default team when left out")

    def run(self, *, tenant: str, **options: Any) -> dict[str, Any]:
        with tenancy.scope(tenant_id_of(tenant)):
            found = EntryPoint.objects.filter(name=options["name"]).order_by("created_at").first()
            try:
                point = _made(found, _wanted(**options))
            except ValidationError as error:
                raise CommandError("; ".join(error.messages)) from None
            return {
                "tenant": tenant,
                "name": point.name,
                "key": point.key,
                "tag": point.tag,
                "link": link(point),
                "snippet": snippet(point),
                "created": found is None,
            }


def _made(found: EntryPoint | None, wanted: Wanted) -> EntryPoint:
    if found is None:
        return create_entry_point(wanted, actor=ACTOR)
    update_entry_point(found, wanted, actor=ACTOR)
    return found


def _wanted(
    *, name: str, tag: str, keys: list[str], team: str, text: str, origins: list[str], **rest: Any
) -> Wanted:
    return Wanted(
        name=name,
        tag=tag,
        channels=[_channel(key) for key in keys],
        team=_team(team),
        prefilled_text=text,
        allowed_origins=origins,
        group=rest["group"],
        button_text=rest["button_text"],
        locale=rest["locale"],
    )


def _channel(key: str) -> Channel:
    channel = Channel.objects.exclude(state=ChannelState.DRAFT).filter(key=key).first()
    if channel is None:
        raise CommandError(f"there is no channel with the key {key!r}")
    return channel


def _team(slug: str) -> Team | None:
    team = Team.objects.filter(slug=slug).first() if slug else None
    if slug and team is None:
        raise CommandError(f"there is no team {slug!r}")
    return team
