"""Who the customer behind an address is."""

from __future__ import annotations

from typing import Any

from apps.core.http import Http
from apps.platforms.base import Credentials, Profile
from apps.platforms.slack import api, places
from apps.platforms.slack.places import Place


async def profile(address: str, creds: Credentials, http: Http) -> Profile | None:
    """Name and language of the person; of a thread, of whoever began it. Raises SendError."""
    user = await _user(places.of_address(address), creds, http)
    if not user:
        return None
    told = (await api.certainly("users.info", creds, http, {"user": user, "include_locale": True})).get(
        "user"
    )
    person: dict[str, Any] = told if isinstance(told, dict) else {}
    own = person.get("profile")
    own = own if isinstance(own, dict) else {}
    names = (own.get("display_name"), own.get("real_name"), person.get("real_name"), person.get("name"))
    name = next((given for given in names if isinstance(given, str) and given), "")
    locale = person.get("locale")
    return Profile(name=name[:120], locale=locale if isinstance(locale, str) else "")


async def _user(place: Place, creds: Credentials, http: Http) -> str:
    if place.thread:
        asked = {"channel": place.channel, "ts": place.thread, "limit": "1"}
        rows = (await api.certainly("conversations.replies", creds, http, asked)).get("messages")
        first = rows[0] if isinstance(rows, list) and rows else None
    else:
        asked = {"channel": place.channel}
        first = (await api.certainly("conversations.info", creds, http, asked)).get("channel")
    found = first.get("user") if isinstance(first, dict) else None
    return found if isinstance(found, str) else ""
