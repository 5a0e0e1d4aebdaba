"""The demonstration business: Filante, its people and teams, its channels and Message buttons."""

from __future__ import annotations

import io
from dataclasses import dataclass

from django.core.management import call_command
from django.utils import translation

from apps.connections import vault
from apps.connections.addresses import webhook_url
from apps.connections.connect import connect_channel, start_draft
from apps.connections.entry_points import Wanted, create_entry_point
from apps.connections.models import Channel, ChannelState, EntryPoint, Health
from apps.core import tenancy
from apps.platforms import registry
from apps.sandbox import accounts, simulators
from apps.sandbox.models import SandboxAccount
from apps.sandbox.seed import local_http
from apps.tenants import audit
from apps.tenants.models import Membership, Team, Tenant
from apps.tenants.person import ensure_person
from apps.tenants.register import register_tenant
from apps.tenants.teams import create_team

SLUG = "demo"
ACTOR = "sandbox"
OWNER = ("owner@demo.example", "Camille Roche")
PEOPLE = (  # address, name, role, team
    ("lea@demo.example", "Léa Martin", "agent", "adsl"),
    ("ines@demo.example", "Inès Haddad", "agent", "mobile"),
    ("marc@demo.example", "Marc Petit", "supervisor", ""),
)


@dataclass(frozen=True, slots=True)
class Business:
    """What the stories need of it."""

    people: dict[str, Membership]
    channels: dict[str, Channel]
    points: dict[str, EntryPoint]


def found_business() -> Tenant:
    """The tenant with its people, without passwords: they come in by sign-in links."""
    owner, _new = ensure_person(OWNER[0], name=OWNER[1])
    with translation.override("fr"):
        tenant = register_tenant(owner, "Filante", locale="fr", slug=SLUG, is_sandbox=True)
    with tenancy.scope(tenant.pk):
        member = Membership.objects.select_related("user").get(user=owner)
        for name in ("ADSL", "Mobile"):
            create_team(member, name)
    for email, name, role, team in PEOPLE:
        teams = {"team": [team]} if team else {}
        call_command(
            "user_add", tenant=SLUG, email=email, name=name, role=role, stdout=io.StringIO(), **teams
        )
    return tenant


def furnish() -> Business:
    """Channels and Message buttons, in the open scope."""
    channels = {"webchat": _webchat(), **{name: _simulated(name) for name in simulators.SEEDED}}
    points = {"adsl": _point(channels, "adsl"), "mobile": _point(channels, "mobile")}
    members = Membership.objects.select_related("user")
    people = {member.user.email.split("@")[0]: member for member in members}
    return Business(people, channels, points)


def follow_address() -> None:
    """Point the business's sandboxed channels to where this installation answers now. Idempotent."""
    for account in SandboxAccount.objects.all():
        channel = accounts.channel_of(account)
        here = accounts.servers(account)
        if channel is None or here.items() <= channel.settings.items():
            continue
        channel.settings = {**channel.settings, **here}
        channel.save(update_fields=["settings"])
        if account.webhook_url:
            account.webhook_url = webhook_url(channel)
            account.save(update_fields=["webhook_url"])


def _webchat() -> Channel:
    return connect_channel("webchat", name="Site filante.example", credentials={}, actor=ACTOR)


def _simulated(platform: str) -> Channel:
    """As `connect_channel` does, with the adapter reaching the simulator inside this process."""
    adapter, channel = registry.get(platform), start_draft(platform)
    given = accounts.credentials(accounts.ensure_account(platform))
    made = local_http.run(adapter.connect(given, webhook_url(channel), local_http.LocalHttp()))
    values = {**given, **made.generated}
    for credential in adapter.credentials:
        if credential.secret:
            vault.store(channel, credential.name, values.get(credential.name, ""))
    plain = [credential.name for credential in adapter.credentials if not credential.secret]
    channel.settings = {name: values[name] for name in plain if values.get(name)}
    channel.address, channel.state, channel.health = made.address, ChannelState.LIVE, Health.GOOD
    channel.save()
    facts = {"platform": platform, "address": channel.address}
    audit.record("channel.connected", actor=ACTOR, subject=channel.name, **facts)
    return channel


def _point(channels: dict[str, Channel], tag: str) -> EntryPoint:
    name, words = {
        "adsl": ("Assistance ADSL", "Écrivez à l’assistance"),
        "mobile": ("Mobile", "Une question sur votre mobile ?"),
    }[tag]
    order = [channels[platform] for platform in ("apple_messages", "webchat", "telegram")]
    wanted = Wanted(
        name=name,
        tag=tag,
        channels=order,
        button_text=words,
        locale="fr",
        team=Team.objects.get(slug=tag),
    )
    return create_entry_point(wanted, actor=ACTOR)
