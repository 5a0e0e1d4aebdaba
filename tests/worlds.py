"""Alice owns Filante and Bob answers there; Charlie owns Garance, which has exactly the same data.

Isolation tests attack Filante from Garance: first they make sure that there is data to leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.test import Client

from apps.connections.models import Channel, ChannelState, EntryPoint, EntryPointChannel
from apps.conversations.models import Conversation
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import Facts, MessageReceived
from apps.routing.models import RoutingRule
from apps.tenants.models import Membership, Role, Team, TeamMember, Tenant, User
from apps.tenants.register import register_tenant

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True)
class Side:
    """One tenant: an owner, an agent in team ADSL, a web-chat channel, an entry point, a conversation."""

    tenant: Tenant
    owner: User
    agent: User
    owner_membership: Membership
    agent_membership: Membership
    front_desk: Team
    adsl: Team
    channel: Channel
    entry_point: EntryPoint
    conversation: Conversation

    @property
    def id(self) -> UUID:
        return self.tenant.pk

    @property
    def slug(self) -> str:
        return self.tenant.slug


@dataclass(frozen=True, slots=True)
class World:
    filante: Side
    garance: Side


def make_world() -> World:
    return World(make_side("Filante", "alice", "bob"), make_side("Garance", "charlie", "dora"))


def make_side(name: str, owner_name: str, agent_name: str) -> Side:
    owner, agent = person(owner_name), person(agent_name)
    tenant = register_tenant(owner, name, locale="fr")
    with tenancy.scope(tenant.pk):
        front_desk = Team.objects.get()
        adsl = Team.objects.create(name="ADSL", slug="adsl")
        owner_membership = Membership.objects.select_related("user").get(user=owner)
        agent_membership = Membership.objects.create(user=agent, role=Role.AGENT)
        TeamMember.objects.create(team=adsl, membership=agent_membership)
        RoutingRule.objects.create(tag="adsl", team=adsl)
        channel = webchat(name)
        entry_point = EntryPoint.objects.create(name="Assistance ADSL", tag="adsl", locale="fr")
        EntryPointChannel.objects.create(entry_point=entry_point, channel=channel, position=0)
        receive(channel, said("Bonjour, plus d’internet", to=channel.address, tag="adsl"))
        conversation = Conversation.objects.select_related("channel", "address", "contact").get()
    return Side(
        tenant,
        owner,
        agent,
        owner_membership,
        agent_membership,
        front_desk,
        adsl,
        channel,
        entry_point,
        conversation,
    )


def person(name: str) -> User:
    """`name`@example.com with the tests' password and a verified address."""
    user = User.objects.create_user(f"{name}@example.com", name=name.capitalize())
    user.password = _hashed()
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@cache
def _hashed() -> str:
    """Argon2 is slow on purpose; once per run is enough."""
    return make_password(PASSWORD)


def webchat(name: str) -> Channel:
    channel = Channel(platform="webchat", name=f"{name} site", state=ChannelState.LIVE)
    channel.address = channel.key
    channel.save()
    return channel


def said(text: str, *, to: str, address: str = "visitor-1", tag: str = "", ref: str = "") -> MessageReceived:
    """A customer's words as a platform would report them."""
    return MessageReceived(
        to=to,
        address=address,
        ref=ref or uuid4().hex,
        at=datetime.now(UTC),
        text=text,
        tag=tag,
        facts=Facts(locale="fr-FR"),
    )


def signed_in(user: User) -> Client:
    """A browser in which `user` has signed in."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
