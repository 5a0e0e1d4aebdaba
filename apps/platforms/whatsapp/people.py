"""Who a customer is: the business-scoped user id, and the phone number where WhatsApp still tells it.

Since 2026 a person may have a username and no number that we may see; then `wa_id` and `from` are missing.
The address is the user id; shapes from before it, which have none, are known by the number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Raw = Mapping[str, Any]

# "US.13491208655302741918", with a parent "US.ENT.118"; it has been seen where a number belongs.
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    address: str
    number: str = ""  # digits
    name: str = ""
    username: str = ""

    @property
    def handle(self) -> dict[str, str] | None:
        """What is kept beside the address; authentication templates go to numbers only (131062)."""
        known = {"wa_id": self.number, "username": self.username}
        return {name: value for name, value in known.items() if value} or None


def customer(contacts: Any, *, user_id: Any, number: Any) -> Customer:
    """The person with this user id or number, with what `contacts` tells about them. Raises KeyError when
    nothing says who it is."""
    user_id, number = text(user_id), text(number)
    if USER_ID.fullmatch(number):
        user_id, number = user_id or number, ""
    contact = _contact(contacts, user_id, number)
    user_id = user_id or text(contact.get("user_id"))
    number = number or text(contact.get("wa_id"))
    profile = contact.get("profile") or {}
    address = user_id or number
    if not address:
        raise KeyError("from")
    return Customer(
        address=address, number=number, name=text(profile.get("name")), username=text(profile.get("username"))
    )


def text(value: Any) -> str:
    """Ids and names are text; what is something else is taken for its spelling, null for nothing."""
    return "" if value is None else str(value)


def _contact(contacts: Any, user_id: str, number: str) -> Raw:
    """The entry about this person; of a single one that names no other it is believed."""
    known: list[Raw] = [each for each in contacts or () if isinstance(each, dict)]
    for each in known:
        same = user_id and text(each.get("user_id")) == user_id
        if same or (number and text(each.get("wa_id")) == number):
            return each
    alone = len(known) == 1 and not (user_id or number)
    return known[0] if alone else {}
