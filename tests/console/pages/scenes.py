"""What the stories of the console's pages begin with."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.test import Client

from apps.conversations.assign import assign
from apps.conversations.models import AuthorKind, Conversation, Delivery, Message
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.tenants.models import Membership
from tests.worlds import Side, signed_in

JSON = {"Accept": "application/json"}


def inbox(side: Side, path: str = "") -> str:
    return f"/{side.slug}/inbox/{path}"


def of(side: Side, path: str = "") -> str:
    """An address under the side's one conversation."""
    return inbox(side, f"{side.conversation.pk}/{path}")


def agent(side: Side) -> Client:
    return signed_in(side.agent)


def owner(side: Side) -> Client:
    return signed_in(side.owner)


def send(client: Client, side: Side, text: str = "Bonjour", **more: Any) -> Any:
    """POST a reply as the script does."""
    fields = {"text": text, "client_id": str(uuid4()), "view": "mine", **more}
    return client.post(of(side, "messages/"), fields, headers=JSON)


def reply(side: Side, text: str, *, by: Membership | None = None, **draft: Any) -> Message:
    author = Author(kind=AuthorKind.MEMBER, membership=by or side.agent_membership)
    with tenancy.scope(side.id):
        return send_message(side.conversation.pk, author, Draft(text=text, **draft), client_id=uuid4())


def held(side: Side, by: Membership | None = None) -> None:
    holder = by or side.agent_membership
    with tenancy.scope(side.id):
        assign(side.conversation.pk, holder, by=holder)


def fresh(side: Side) -> Conversation:
    with tenancy.scope(side.id):
        return Conversation.objects.select_related("assignee", "team").get(pk=side.conversation.pk)


def messages_of(side: Side) -> list[str]:
    with tenancy.scope(side.id):
        return list(Message.objects.filter(conversation=side.conversation).values_list("text", flat=True))


def set_delivery(side: Side, message: Message, **values: Any) -> UUID:
    with tenancy.scope(side.id):
        rows = Delivery.objects.filter(message=message)
        rows.update(**values)
        pk: UUID = rows.values_list("pk", flat=True)[0]
        return pk
