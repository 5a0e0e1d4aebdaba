"""The corpus in every field: of customers through the events of a platform, of everybody else in every text
column that there is, so that a new table is planted without anybody thinking of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.db.utils import ProgrammingError

from apps.conversations.models import AuthorKind, Delivery, DeliveryStatus, Message
from apps.conversations.notes import write_note
from apps.conversations.receive import receive
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms import cards, events
from apps.tenants import audit
from apps.tenants.models import Tenant, User
from tests.isolation.rich import tenant_models
from tests.security.active import CORPUS, POLYGLOT
from tests.worlds import Side, said

# Text that no person chooses, or whose being there decides what may be done: names of things in the code,
# keys, addresses of platforms, paths, digests. A new column of that kind comes here.
OURS = {
    "action", "address", "author_kind", "code", "colour", "dedup_key", "digest", "direction", "email",
    "external_id", "field", "gone_reason", "group", "hint", "holder_kind", "key", "kind", "locale", "mime",
    "next", "operation", "outcome", "path", "pending_group", "pending_tag", "platform", "preview",
    "preview_direction", "preview_kind", "ref", "retry_class", "ring", "role", "scan", "secret",
    "settled_by", "slug", "state", "status", "tag", "theme", "thread_owner", "twin_key", "value",
    "webhook_secret",
}  # fmt: skip


def plant(here: Side, texts: Iterable[str] = CORPUS.values()) -> None:
    """Every field of `here` holds active content; its one conversation holds all `texts`."""
    with tenancy.scope(here.id):
        for model in tenant_models():
            _plant_columns(model)
        audit.record("team.created", actor=POLYGLOT, subject=POLYGLOT, name=POLYGLOT)
    User.objects.filter(pk__in=[here.owner.pk, here.agent.pk]).update(name=POLYGLOT)
    with tenancy.scope(here.id):
        Tenant.objects.update(name=POLYGLOT)
        here.channel.refresh_from_db()
        for text in texts:
            _customer(here, text)
            _colleague(here, text)
        for event in told_by_platform(POLYGLOT, to=here.channel.address, address=said("", to="").address):
            receive(here.channel, event)


def _plant_columns(model: type[models.Model]) -> None:
    """Rows of tables that only grow are left: `audit.record` and the platform's events fill them."""
    names = [field.name for field in model._meta.concrete_fields if _free(field)]
    for number, row in enumerate(model._default_manager.all()):
        for name in names:
            most = model._meta.get_field(name).max_length or 5000  # type: ignore[union-attr]
            setattr(row, name, f"{number}{POLYGLOT}"[:most])
        try:
            with transaction.atomic():
                row.save(update_fields=names)
        except (IntegrityError, ProgrammingError) as error:
            assert "permission denied" in str(error), (model, error)


def _free(field: Any) -> bool:
    text = isinstance(field, models.CharField | models.TextField)
    return text and not field.choices and not field.primary_key and field.name not in OURS


def _customer(here: Side, text: str) -> None:
    """Everything that a platform can tell of a customer, in the one conversation; and another customer who
    is called so and said so, for the list."""
    to = here.channel.address
    first = said(text, to=to)
    receive(here.channel, first)
    told = list(customer_events(text, to=to, address=first.address, target=first.ref))
    for event in (*told, replace(told[0], address=f"visitor-{uuid4()}", ref=uuid4().hex)):
        receive(here.channel, event)


def told_by_platform(text: str, *, to: str, address: str) -> Iterator[events.Event]:
    """What is said without the customer's saying anything; from the last one on nothing can be sent."""
    about: dict[str, Any] = {"to": to, "address": address, "at": said("", to=to).at}
    media = events.MediaRef(kind=events.MediaKind.FILE, locator={"id": text}, name=text, mime=text)
    for content in ({"text": text, "media": (media,)}, {"unsupported": text}):
        yield events.MessageEchoed(**about, **content, ref=uuid4().hex, author=text)
    yield events.WindowOpened(**about, ref=uuid4().hex, words=text)
    yield events.EntryPointTapped(**about, ref=uuid4().hex, tag=text, group=text)
    failed = {"target": text, "state": events.DeliveryState.FAILED, "price": {text: text}}
    yield events.DeliveryUpdated(**about, **failed, ref=uuid4().hex, code=text, words=text)
    whole = {**about, "address": ""}
    yield events.ChannelTroubled(**whole, ref=uuid4().hex, stops=False, code=text, words=text)
    template = {"name": text, "language": text, "state": text, "reason": text}
    yield events.TemplateChanged(**whole, ref=uuid4().hex, **template)
    yield events.ThreadControlChanged(**about, ref=uuid4().hex, ours=False, owner=text)


def customer_events(text: str, *, to: str, address: str, target: str) -> Iterator[events.Event]:
    where: dict[str, Any] = {"to": to, "address": address, "at": said("", to=to).at}
    option = cards.Option(id=text[:40], title=text, subtitle=text)
    facts = events.Facts(locale=text[:20], name=text, device=text, capabilities=frozenset({text}))
    media = events.MediaRef(kind=events.MediaKind.FILE, locator={"id": text}, name=text, mime=text)
    heard: dict[str, Any] = {"facts": facts, "tag": text, "group": text, "reply_to": target}
    place = events.Place(latitude=1, longitude=2, title=text, address=text)
    answer = cards.CardAnswer(card_id=text, selected=(option,), values={text: (text,)})
    for content in (
        {"media": (media,), "text": text},
        {"place": place},
        {"person": events.Person(name=text, phone=text)},
        {"unsupported": text},
        {"answer": answer},
        {"details": ((text, text),)},
    ):
        yield events.MessageReceived(**where, **heard, **content, ref=uuid4().hex)
    yield events.ReactionReceived(**where, ref=uuid4().hex, target=target, emoji=text)
    yield events.ReactionReceived(**where, ref=uuid4().hex, target="", emoji=text, quoted=text)
    yield events.MessageEdited(**where, ref=uuid4().hex, target=target, text=f"{text} ")


def _colleague(here: Side, text: str) -> None:
    """What agents write, and what a platform says of how it went."""
    place, author = here.conversation.pk, Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    options = tuple(cards.Option(id=str(n), title=text[:200], subtitle=text[:200]) for n in range(2))
    card = cards.QuickReplies(id=str(uuid4()), prompt=text, options=options)
    words = text.strip()[:10_000]
    for draft in (Draft(text=words), Draft(card=card)):
        if words:
            message = send_message(place, author, draft, client_id=uuid4())
            _fails(message, text)
            write_note(place, here.agent_membership, words, client_id=uuid4())


def _fails(message: Message, text: str) -> None:
    rows = Delivery.objects.filter(message=message)
    rows.update(state=DeliveryStatus.FAILED, words=text[:500], code=text[:60])
