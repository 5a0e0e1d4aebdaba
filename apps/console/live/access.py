"""Who is at a socket, and whether they still may be: one set of queries for any number of sockets.

The same facts as for a page (tenancy door): the session lives and carries the person's current session
hash, the person is active, and so is their membership.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from apps.conversations.queries import Viewer
from apps.core import tenancy
from apps.tenants import doors
from apps.tenants.models import Membership, TeamMember, User

REMEMBERED = 4096  # sessions; every open page's is looked at every few seconds


@dataclass(frozen=True, slots=True)
class Claim:
    """What a socket goes on claiming as long as it is open."""

    session_key: str
    user_id: UUID
    membership_id: UUID


@dataclass(frozen=True, slots=True)
class Access:
    """What a socket was admitted with."""

    tenant_id: UUID
    claim: Claim
    name: str
    viewer: Viewer


def admit(session_key: str, slug: str) -> Access | None:
    """None for nobody signed in, an unknown tenant and no membership alike (invariant I7)."""
    user = _signed_in([session_key]).get(session_key)
    place = doors.membership_in(user.pk, slug) if user else None
    if user is None or place is None:
        return None
    tenant_id, membership_id = place
    claim = Claim(session_key, user.pk, membership_id)
    with tenancy.scope(tenant_id):
        viewer = _viewers([membership_id]).get((user.pk, membership_id))
    return Access(tenant_id, claim, user.display_name, viewer) if viewer else None


def check(tenant_id: UUID, claims: Collection[Claim]) -> dict[Claim, Viewer]:
    """The claims that still hold, each with what its viewer may see now. Five queries for all."""
    users = _signed_in({claim.session_key for claim in claims})
    with tenancy.scope(tenant_id):
        viewers = _viewers({claim.membership_id for claim in claims})
    return {
        claim: viewers[claim.user_id, claim.membership_id]
        for claim in claims
        if (user := users.get(claim.session_key))
        and user.pk == claim.user_id
        and (claim.user_id, claim.membership_id) in viewers
    }


def language_of(cookies: dict[str, str], accept_language: str) -> str:
    """The language in which the person's pages are rendered, by the rules of Django's LocaleMiddleware."""
    request: Any = SimpleNamespace(COOKIES=cookies, META={"HTTP_ACCEPT_LANGUAGE": accept_language})
    return translation.get_language_from_request(request)


def _signed_in(session_keys: Iterable[str]) -> dict[str, User]:
    rows = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    facts = {key: _decoded(data) for key, data in rows.values_list("session_key", "session_data")}
    ids = {session[SESSION_KEY] for session in facts.values() if SESSION_KEY in session}
    people = {str(user.pk): user for user in User.objects.filter(is_active=True, pk__in=ids)}
    return {
        key: user
        for key, session in facts.items()
        if (user := people.get(session.get(SESSION_KEY, ""))) and _carries_hash(session, user)
    }


@lru_cache(REMEMBERED)
def _decoded(data: str) -> dict[str, Any]:
    """What a stored session says of the person: the same as long as it is not stored anew."""
    session = SessionStore().decode(data)
    return {name: session[name] for name in (SESSION_KEY, HASH_SESSION_KEY) if name in session}


def _carries_hash(session: dict[str, Any], user: User) -> bool:
    """A changed password changes the hash, so sessions from before end (as in contrib.auth.get_user)."""
    known = session.get(HASH_SESSION_KEY, "")
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(known, each) for each in hashes)


def _viewers(membership_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], Viewer]:
    """By (user, membership), the active ones only."""
    members = list(Membership.objects.filter(pk__in=membership_ids, active=True))
    teams: dict[UUID, set[UUID]] = {member.pk: set() for member in members}
    places = TeamMember.objects.filter(membership__in=members).values_list("membership_id", "team_id")
    for membership_id, team_id in places:
        teams[membership_id].add(team_id)
    return {
        (member.user_id, member.pk): Viewer(member.pk, member.role, frozenset(teams[member.pk]))
        for member in members
    }
