"""At least one row of every tenant table, so that there is data to leak.

The story's rows come through the product's own functions; a table that these do not reach, also a new one,
gets a row made from its fields.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models
from django.utils import timezone

from apps.connections import vault
from apps.connections.models import Channel, ChannelState, EntryPointChannel, TagCode
from apps.conversations import files
from apps.conversations.models import AuthorKind, Conversation
from apps.conversations.notes import write_note
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.core.models import TenantModel
from apps.sandbox import accounts, phones, simulators, store, threads
from apps.sandbox.models import SandboxAccount
from apps.tenants import support, tokens
from apps.tenants.models import Membership
from tests.widget.panels import Panel, panel
from tests.worlds import Side, person

WITH_FILES = ("messenger", "instagram")  # whose file servers are addresses of their own
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def tenant_models() -> list[type[TenantModel]]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


@dataclass(frozen=True, slots=True)
class Keys:
    """What its own people and programs prove themselves with. `bot` and `apple` are simulated accounts."""

    api: str
    visitor: str
    bot: SandboxAccount
    apple: SandboxAccount
    file_url: str  # signed, of the visitor's file
    cursor: str  # how far the visitor's device has read


def enrich(here: Side, operator_name: str) -> Keys:
    """Fill the rest of `here`, every state that a page asks for included."""
    operator = person(operator_name)
    operator.is_staff = True
    operator.save(update_fields=["is_staff"])
    device = panel(here)
    file_url = _visit(device)
    with tenancy.scope(here.id):
        _talk(here)
        _play(here)
        vault.store(here.channel, "secret", "s" * 40)
        support.grant(operator, "ticket 1182", minutes=20)
        owner = Membership.objects.select_related("user").get(pk=here.owner_membership.pk)
        _, text = tokens.issue("crm", role="owner", days=30, issuer=owner, actor="tests")
        for model in tenant_models():
            if not model.objects.exists():
                fill(model)
        accounts = {row.platform: row for row in SandboxAccount.objects.all()}
    cursor = device.start().json()["cursor"]
    return Keys(text, device.token, accounts["telegram"], accounts["apple_messages"], file_url, cursor)


def fill(model: type[TenantModel]) -> TenantModel:
    """One row of `model`, every field that needs a value given one of its type."""
    wanted = [f for f in model._meta.concrete_fields if f.name not in ("id", "tenant")]
    values = {field.name: _value(field) for field in wanted if _needs_value(field)}
    row: TenantModel = model.objects.create(**values)
    return row


def _talk(here: Side) -> None:
    conversation = Conversation.objects.get(pk=here.conversation.pk)
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    attachment = files.upload(conversation, io.BytesIO(PNG), name="plan.png")
    draft = Draft(text="Voici le plan", attachments=(attachment.pk,))
    send_message(conversation.pk, author, draft, client_id=uuid4())
    files.upload(conversation, io.BytesIO(PNG), name="brouillon.png")
    write_note(conversation.pk, here.agent_membership, "Entre nous", client_id=uuid4())


def _visit(device: Panel) -> str:
    """A visitor's message with a file, and a file that no message has taken; the first one's address."""
    upload = device.upload(PNG, "photo.png").json()["file"]
    (file,) = device.say("", files=[upload["id"]]).json()["message"]["files"]
    device.upload(PNG, "later.png")
    return str(file["url"])


def _play(here: Side) -> None:
    """Both simulated platforms: an account each, a phone with a thread, the customer's words and file."""
    phone = phones.ensure_phone()
    for platform in simulators.SEEDED:
        account = accounts.ensure_account(platform)
        thread = threads.locked(phones.thread_of(phone, account).pk)
        simulators.of(account).hand.say(thread, "Bonjour du téléphone")
        simulators.of(account).hand.send_voice(thread)
        channel = Channel.objects.create(
            platform=platform, name=platform, address=account.address, state=ChannelState.LIVE
        )
        place = EntryPointChannel.objects.count()
        EntryPointChannel.objects.create(entry_point=here.entry_point, channel=channel, position=place)
    _print_a_code(here)
    for platform in WITH_FILES:
        store.keep(accounts.ensure_account(platform), io.BytesIO(PNG), name="photo.png", mime="image/png")


def _print_a_code(here: Side) -> None:
    """A channel whose platform makes codes, and the code that it made."""
    channel = Channel.objects.create(
        platform="wechat", name="wechat", address="gh_1", state=ChannelState.LIVE
    )
    EntryPointChannel.objects.create(entry_point=here.entry_point, channel=channel, position=90)
    TagCode.objects.create(
        channel=channel, tag=here.entry_point.tag, link=f"http://weixin.qq.com/q/{here.id}"
    )


def _needs_value(field: Any) -> bool:
    return field.is_relation or not (field.has_default() or field.null or field.blank)


def _value(field: Any) -> Any:
    if field.is_relation:
        if field.null:
            return None
        target = field.remote_field.model
        return _first(target)
    for kind, value in VALUES:
        if isinstance(field, kind):
            return value() if callable(value) else value
    return "telegram" if field.name == "platform" else "x"


def _first(target: Any) -> Any:
    return target.objects.first() or fill(target)


VALUES: list[tuple[type[models.Field[Any, Any]], Any]] = [
    (models.DateTimeField, timezone.now),
    (models.DateField, lambda: timezone.now().date()),
    (models.BooleanField, True),
    (models.JSONField, dict),
    (models.BinaryField, lambda: uuid4().bytes * 2),
    (models.UUIDField, uuid4),
    (models.EmailField, "eve@example.com"),
    (models.FloatField, 1.0),
    (models.IntegerField, 1),
]


def fingerprint(here: Side) -> str:
    """Every row of every tenant table of `here`: equal before and after means that nothing moved."""
    with tenancy.scope(here.id):
        return json.dumps(
            {
                model._meta.label: [str(row) for row in model.objects.order_by("pk").values_list()]
                for model in tenant_models()
            }
        )


def identifiers(here: Side) -> dict[str, str]:
    """One id of each table, and the public keys."""
    with tenancy.scope(here.id):
        found = {model._meta.label: str(model.objects.order_by("pk")[0].pk) for model in tenant_models()}
    found["entry_point.key"], found["channel.key"] = here.entry_point.key, here.channel.key
    return found
