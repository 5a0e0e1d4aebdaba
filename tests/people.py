"""More people than alice, bob, charlie and dora, and browsers in which they really type their password."""

from __future__ import annotations

from uuid import UUID

from django.test import Client

from apps.core import tenancy
from apps.tenants import tokens
from apps.tenants.models import Membership, User
from tests.worlds import PASSWORD, Side, person


def add_member(side: Side, name: str, role: str) -> Membership:
    """`name`@example.com joins the tenant with the role."""
    with tenancy.scope(side.id):
        return Membership.objects.create(user=person(name), role=role)


def opened_by(text: str) -> tuple[UUID, UUID] | None:
    """The tenant whose scope an API token opens, and the token's id."""
    with tokens.opened(text) as token:
        assert tenancy.current() == (token.tenant_id if token else None)
        return (token.tenant_id, token.pk) if token else None


def setup_url(side: Side, path: str = "") -> str:
    return f"/{side.slug}/setup/{path}"


def typed_in(user: User) -> Client:
    """A browser in which `user` signed in with their password."""
    client = Client(SERVER_NAME="localhost")
    client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    assert client.session.get("_auth_user_id") == str(user.pk)
    return client


def confirmed(client: Client) -> Client:
    """…and typed it again a moment ago, as sensitive pages ask."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    return client
