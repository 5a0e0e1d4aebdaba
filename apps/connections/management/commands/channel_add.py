from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.connections import connect, vault
from apps.connections.addresses import webhook_url
from apps.connections.credentials import FieldError, asked_for
from apps.connections.keyring import CredentialUnreadable
from apps.connections.models import Channel, ChannelState
from apps.core import tenancy
from apps.platforms import registry
from apps.tenants.management.operator_command import OperatorCommand, tenant_id_of, text_up_to

ACTOR = "manage.py channel_add"


class Command(OperatorCommand):
    help = "Connect a channel. Again with the same name, or the same credentials: finds it."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenant", required=True, metavar="SLUG")
        parser.add_argument("--platform", required=True, choices=registry.SLUGS)
        parser.add_argument("--name", default="", type=text_up_to(80, empty=True))
        parser.add_argument(
            "--credential", nargs="+", action="extend", default=[], metavar="NAME=VALUE",
            help="what the platform asks for; a value ends up in the shell's history",
        )  # fmt: skip

    def run(self, **options: Any) -> dict[str, Any]:
        try:
            return self._run(**options)
        except CredentialUnreadable as error:
            raise CommandError(str(error)) from None

    def _run(
        self, *, tenant: str, platform: str, name: str, credential: list[str], **_: Any
    ) -> dict[str, Any]:
        values = _pairs(credential, platform)
        with tenancy.scope(tenant_id_of(tenant)):
            found = _existing(platform, name, values)
            channel = (
                found if found and _is_same(found, values) else _connected(platform, name, values, found)
            )
            return {
                "tenant": tenant,
                "platform": platform,
                "id": channel.pk,
                "name": channel.name,
                "key": channel.key,
                "address": channel.address,
                "webhook_url": webhook_url(channel),
                "created": found is None,
            }


def _pairs(words: list[str], platform: str) -> dict[str, str]:
    pairs = dict(word.partition("=")[::2] for word in words)
    asked = [item.name for item in asked_for(registry.get(platform))]
    unknown = sorted(set(pairs) - set(asked))
    if unknown:  # names only: a value without "=" may be a secret
        raise CommandError(f"{platform} has no such credential; it asks for: {', '.join(asked) or 'nothing'}")
    return pairs


def _existing(platform: str, name: str, values: dict[str, str]) -> Channel | None:
    rows = Channel.objects.filter(platform=platform).exclude(state=ChannelState.DRAFT).order_by("created_at")
    if name:
        return rows.filter(name=name).first()
    return next((channel for channel in rows if _is_same(channel, values)), None)


def _is_same(channel: Channel, values: dict[str, str]) -> bool:
    stored = vault.reveal(channel)
    return all(stored.get(name, "") == value for name, value in values.items())


def _connected(platform: str, name: str, values: dict[str, str], channel: Channel | None) -> Channel:
    try:
        return connect.connect_channel(platform, name=name, credentials=values, actor=ACTOR, channel=channel)
    except FieldError as error:
        where = f"{error.field}: " if error.field else ""
        raise CommandError(f"{where}{error.words}") from None
