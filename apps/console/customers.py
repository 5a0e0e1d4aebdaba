"""What stands for a customer on a page: a ticket, and a name only when they gave one."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from apps.conversations.models import Contact
from apps.core.look import code_of, tone_of


@dataclass(frozen=True, slots=True)
class Customer:
    code: str
    tone: int
    label: str
    named: bool


def customer_of(contact: Contact) -> Customer:
    code = code_of(str(contact.pk))
    label = contact.name or _("Client %(code)s") % {"code": code}
    return Customer(code, tone_of(str(contact.pk)), label, bool(contact.name))


def language_of(locale: str) -> str:
    """The `lang` attribute for what the customer writes: BCP 47, "" when unknown."""
    return locale.replace("_", "-")
