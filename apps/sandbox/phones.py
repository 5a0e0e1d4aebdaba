"""Customers to play: a phone each, with a language and what its Messages can show."""

from __future__ import annotations

import secrets
from uuid import UUID

from django.utils import timezone

from apps.connections.models import EntryPoint
from apps.sandbox import accounts, posts, simulators, threads
from apps.sandbox.models import SandboxAccount, SandboxPhone, SandboxThread, ThreadState

LOCALES = ("fr-FR", "en-GB", "ar-MA")
CAPABILITIES = ("LIST", "TIME", "QUICK", "AUTH", "FORM")
USUAL = ("LIST", "TIME", "QUICK")
NAMES = ("Camille", "Nour", "Jules", "Ana", "Mehdi", "Lucie", "Sam", "Inaya", "Paul", "Zoé")


def ensure_phone() -> SandboxPhone:
    """The newest customer, made with the tenant's accounts when there is none. Idempotent."""
    for platform in simulators.SEEDED:
        accounts.ensure_account(platform)
    return SandboxPhone.objects.last() or new_phone()


def new_phone(*, locale: str = LOCALES[0], name: str = "") -> SandboxPhone:
    """Another customer, whom nobody knows yet."""
    number = 10**9 + secrets.randbelow(10**12)  # above 32 bits and below 52, as Telegram's may be
    named = name or NAMES[SandboxPhone.objects.count() % len(NAMES)]
    return SandboxPhone.objects.create(name=named, number=number, locale=locale, capabilities=list(USUAL))


def set_locale(phone: SandboxPhone, locale: str) -> None:
    """Raises ValueError for a language that the phone does not have."""
    if locale not in LOCALES:
        raise ValueError(locale)
    phone.locale = locale
    phone.save(update_fields=["locale"])


def set_capability(phone: SandboxPhone, capability: str, *, on: bool) -> None:
    """What the phone's Messages says it can show. Raises ValueError for what no phone can."""
    if capability not in CAPABILITIES:
        raise ValueError(capability)
    rest = [name for name in phone.capabilities if name != capability]
    phone.capabilities = [*rest, capability] if on else rest
    phone.save(update_fields=["capabilities"])


def set_offline(phone: SandboxPhone, *, on: bool) -> None:
    """Without a network what it says waits, and so does what comes. Idempotent."""
    if on == bool(phone.offline_since):
        return
    phone.offline_since = timezone.now() if on else None
    phone.save(update_fields=["offline_since"])
    if not on:
        posts.release(phone)


def thread_of(phone: SandboxPhone, account: SandboxAccount) -> SandboxThread:
    """What the phone and the account say to each other; empty at first. Idempotent."""
    found = SandboxThread.objects.filter(phone=phone, account=account).first()
    if found is None:
        address = simulators.of(account).hand.address(account, phone)
        found = SandboxThread.objects.create(phone=phone, account=account, address=address)
    return found


def tap(phone: SandboxPhone, account: SandboxAccount, point: EntryPoint) -> SandboxThread:
    """Come through a Message button: tag, group and prefilled words wait for the first words.

    Apple tells the tag only when a conversation begins (1.6), Telegram at every Start.
    """
    thread = threads.locked(thread_of(phone, account).pk)
    thread.tag, thread.group = point.tag, point.group
    thread.draft = point.prefilled_text
    thread.version += 1
    thread.save(update_fields=["tag", "group", "draft", "version"])
    return thread


def threads_of(phone: SandboxPhone) -> list[SandboxThread]:
    """One per account, in the order of the simulators."""
    known = {account.platform: account for account in SandboxAccount.objects.order_by("created_at")}
    return [thread_of(phone, known[name]) for name in simulators.SLUGS if name in known]


def find(phone_id: UUID) -> SandboxPhone | None:
    return SandboxPhone.objects.filter(pk=phone_id).first()


def must_start(thread: SandboxThread) -> bool:
    """Whether the next gesture is a Start button (Telegram's): nothing said yet, or a new link tapped."""
    if not simulators.of(thread.account).needs_start:
        return False
    return thread.state != ThreadState.OPEN or bool(thread.tag)
