"""A business with a team of agents who are all signed in, and a customer's words to them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel, ChannelState
from apps.conversations import stream
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import MessageReceived
from apps.tenants.models import Membership, Role, Team, TeamMember, User
from apps.tenants.register import register_tenant

SECRET = "bench-secret"  # of the Telegram channel's webhook
BACKEND = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Office:
    """`cookies` are one Cookie header per agent; all agents are in the team that every customer reaches."""

    tenant_id: UUID
    slug: str
    channel: Channel
    cookies: list[str]

    @property
    def hook(self) -> str:
        """Where Telegram posts."""
        return f"{settings.BASE_URL}/hooks/telegram/{self.channel.key}/"

    @property
    def socket(self) -> str:
        """The path of the agents' socket."""
        return f"/{self.slug}/inbox/live/"

    def head(self) -> int:
        with tenancy.scope(self.tenant_id):
            return stream.head()

    def hear(self, text: str, *, customer: str) -> None:
        """A customer's words, durable on return; the hint is on its way."""
        said = MessageReceived(
            to=self.channel.address, address=customer, ref=uuid4().hex, at=datetime.now(UTC), text=text
        )
        with tenancy.scope(self.tenant_id):
            receive(self.channel, said)


def open_office(name: str, *, agents: int) -> Office:
    """Make it. Needs Django and an empty place for `name`."""
    owner = User.objects.create_user(f"owner@{name}.example", name="Owner")
    tenant = register_tenant(owner, name, locale="fr")
    people = [User(email=f"agent{n}@{name}.example", name=f"Agent {n}") for n in range(agents)]
    User.objects.bulk_create(people)
    with tenancy.scope(tenant.pk):
        team = Team.objects.get()
        members = Membership.objects.bulk_create([Membership(user=one, role=Role.AGENT) for one in people])
        TeamMember.objects.bulk_create([TeamMember(team=team, membership=one) for one in members])
        channel = _telegram(f"{name}_bot")
    return Office(tenant.pk, tenant.slug, channel, _sign_in(people))


def _telegram(address: str) -> Channel:
    channel = Channel(platform="telegram", name="Telegram", state=ChannelState.LIVE, address=address)
    channel.settings = {"username": address}
    channel.save()
    vault.store(channel, "token", f"42:{'A' * 35}")
    vault.store(channel, "webhook_secret", SECRET)
    return channel


def _sign_in(people: list[User]) -> list[str]:
    """One session each, as signing in makes them."""
    store, ends = SessionStore(), timezone.now() + timedelta(days=1)
    rows = [
        Session(session_key=secrets.token_hex(16), session_data=store.encode(_facts(one)), expire_date=ends)
        for one in people
    ]
    Session.objects.bulk_create(rows)
    return [f"{settings.SESSION_COOKIE_NAME}={row.session_key}" for row in rows]


def _facts(person: User) -> dict[str, str]:
    return {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: BACKEND,
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
