"""Rows of the inbox as the socket pushes them: for nobody in particular, with one statement.

It runs with every event that an open console follows. Asked table by table the same costs seven statements,
and building them more than running them; joined, row-level security has PostgreSQL plan ten times as long as
it then works. A subquery for each table is planned alone, and in no other order than it is written.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, models

from apps.connections.models import Channel
from apps.console.rows import SHOWN, Row, row_of
from apps.conversations.models import Contact, ContactAddress, Conversation, Direction
from apps.core import planned, rows, tenancy
from apps.tenants.models import Membership, Team, Tenant, User

M = TypeVar("M", bound=models.Model)

_BELONGING = """
(SELECT count(*) FROM conversations_message m
 WHERE m.tenant_id = t.tenant_id AND m.conversation_id = t.id AND m.direction = %s),
(SELECT o.name FROM conversations_contact o WHERE o.tenant_id = t.tenant_id AND o.id = t.contact_id),
(SELECT o.reachable FROM conversations_contactaddress o
 WHERE o.tenant_id = t.tenant_id AND o.id = t.address_id),
(SELECT o.platform FROM connections_channel o WHERE o.tenant_id = t.tenant_id AND o.id = t.channel_id),
(SELECT o.name FROM tenants_team o WHERE o.tenant_id = t.tenant_id AND o.id = t.team_id),
(SELECT ARRAY[u.id::text, u.name, u.email] FROM tenants_membership o JOIN tenants_user u ON u.id = o.user_id
 WHERE o.tenant_id = t.tenant_id AND o.id = t.assignee_id),
(SELECT o.slug FROM tenants_tenant o WHERE o.id = t.tenant_id)
"""


def rows_by_id(ids: Collection[UUID]) -> dict[UUID, Row]:
    """Rows of the open scope's tenant, without anybody's read mark (one query).

    Each conversation has its `tenant` at hand, of which only id and slug were read.
    """
    if not ids:
        return {}
    with planned.cursor() as cursor:
        cursor.execute(_statement(), [Direction.IN, tenancy.require(), list(ids)])
        found = [_conversation(values) for values in cursor.fetchall()]
    return {conversation.pk: row_of(conversation) for conversation in found}


@cache
def _statement() -> str:
    own = ", ".join(f"t.{connection.ops.quote_name(name)}" for name in _own())
    of_them = "WHERE t.tenant_id = %s AND t.id = ANY(%s)"
    return f"SELECT {own},{_BELONGING}FROM conversations_conversation t {of_them}"


@cache
def _own() -> tuple[str, ...]:
    """The conversation's own columns, in the order in which a model takes them."""
    shown = {"id", *SHOWN}
    return tuple(str(column.column) for column in rows.stored(Conversation) if column.name in shown)


def _conversation(values: Sequence[Any]) -> Conversation:
    own = dict(zip(_own(), values, strict=False))
    inbound, name, reachable, platform, team, assignee, slug = values[len(own) :]
    tenant_id, found = own["tenant_id"], _partly(Conversation, own)
    found.tenant = _partly(Tenant, {"id": tenant_id, "slug": slug})
    found.contact = _partly(Contact, {"id": found.contact_id, "tenant_id": tenant_id, "name": name})
    address = {"id": found.address_id, "tenant_id": tenant_id, "reachable": reachable}
    found.address = _partly(ContactAddress, address)
    found.channel = _partly(Channel, {"id": found.channel_id, "tenant_id": tenant_id, "platform": platform})
    if found.team_id:
        found.team = _partly(Team, {"id": found.team_id, "tenant_id": tenant_id, "name": team})
    if found.assignee_id:
        found.assignee = _member(found.assignee_id, tenant_id, *assignee)
    vars(found)["inbound"] = inbound
    return found


def _member(pk: UUID, tenant_id: UUID, user_id: str, name: str, email: str) -> Membership:
    member = _partly(Membership, {"id": pk, "tenant_id": tenant_id, "user_id": UUID(user_id)})
    member.user = _partly(User, {"id": UUID(user_id), "email": email, "name": name})
    return member


def _partly(model: type[M], known: dict[str, Any]) -> M:
    """A row of which only what is known was read."""
    names = _in_order(model, tuple(known))
    made: M = model.from_db(DEFAULT_DB_ALIAS, names, [known[name] for name in names])
    return made


@cache
def _in_order(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in names)
