"""What platforms say our messages cost, summed as they say it: never converted, never estimated.

A platform tells of a price with a status (`Delivery.price`, verbatim). Amounts are summed by currency; what a
platform bills without naming an amount (WhatsApp names a category) is counted. The country is that of the
customer's number, where the address is one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import phonenumbers

from apps.conversations.models import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of the bill. `country` is ISO 3166, "" unknown; `category` the platform's own word;
    `currency` ISO 4217 and `amount` its sum, "" and None where none was named. `billed` of `messages` are
    charged for."""

    channel_id: UUID
    country: str
    category: str
    currency: str
    messages: int
    billed: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the platform said of one message: `category` its own word, `amount` None where it named none."""

    category: str
    currency: str
    amount: Decimal | None
    billed: bool


Key = tuple[UUID, str, str, str]


def summed(since: datetime, until: datetime) -> list[Line]:
    """Of the tenant's deliveries sent in [since, until), by channel, country, category and currency."""
    rows = Delivery.objects.filter(price__isnull=False, sent_at__gte=since, sent_at__lt=until)
    told = rows.values_list("channel_id", "conversation__address__value", "price")
    return list(lines(told.iterator(chunk_size=2000)))


def last_told(conversation: UUID, *, category: str = "") -> Told | None:
    """Of the latest message of the conversation of which the platform said a price, within one of its
    categories if given; None while it has said none."""
    rows = Delivery.objects.filter(conversation=conversation, price__isnull=False)
    if category:
        rows = rows.filter(price__category__iexact=category)
    price = rows.order_by("-seq").values_list("price", flat=True).first()
    if not isinstance(price, dict):
        return None
    return Told(
        category=str(price.get("category") or "")[:40],
        currency=_currency(price),
        amount=_amount(price) if _currency(price) else None,
        billed=price.get("billable") is not False,
    )


def lines(told: Iterable[tuple[UUID, str, Any]]) -> Iterable[Line]:
    """`told` are channel, address and price; the lines in the order of their keys."""
    prices: dict[Key, list[Mapping[str, Any]]] = defaultdict(list)
    for channel_id, address, price in told:
        if isinstance(price, dict):
            category = str(price.get("category") or "")[:40]
            key = (channel_id, country_of(address), category, _currency(price))
            prices[key].append(price)
    for key in sorted(prices, key=lambda key: (str(key[0]), *key[1:])):
        yield _line(key, prices[key])


def country_of(address: str) -> str:
    """Of a number in digits with its country code, with or without +, or of an id that begins with its
    country as WhatsApp's do ("US.134…"); "" for anything else."""
    if re.match(r"[A-Z]{2}\.\w", address):
        return address[:2]
    digits = address.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15):
        return ""
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return ""
    found = phonenumbers.region_code_for_number(number)
    return found if found and len(found) == 2 else ""


def _line(key: Key, prices: list[Mapping[str, Any]]) -> Line:
    channel_id, country, category, currency = key
    amounts = [amount for price in prices if (amount := _amount(price)) is not None]
    return Line(
        channel_id=channel_id,
        country=country,
        category=category,
        currency=currency,
        messages=len(prices),
        billed=sum(price.get("billable") is not False for price in prices),
        amount=sum(amounts, Decimal(0)) if currency and amounts else None,
    )


def _currency(price: Mapping[str, Any]) -> str:
    word = str(price.get("currency") or price.get("price_unit") or "").upper()
    return word if len(word) == 3 and word.isalpha() else ""


def _amount(price: Mapping[str, Any]) -> Decimal | None:
    """Positive is what we pay: some platforms write a charge as a negative number."""
    try:
        amount = Decimal(str(price.get("amount", price.get("price", ""))))
    except InvalidOperation:
        return None
    return abs(amount) if amount.is_finite() else None
