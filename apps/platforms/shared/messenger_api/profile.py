"""The greeting, the starters and the menu of a Page or an Instagram account; and a customer's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.core.http import Http
from apps.platforms.base import Greeting, Profile, Rejected
from apps.platforms.shared import graph
from apps.platforms.shared.graph import Account
from apps.platforms.shared.messenger_api.inbound import GET_STARTED

PATH = "me/messenger_profile"
STARTERS = 4
GREETING = 160
# Not documented with certainty: how many menu entries there may be and how long titles are.
MENU = 20
MENU_TITLE = 30
STARTER_TITLE = 80

Json = dict[str, Any]


async def greet(
    greeting: Greeting, account: Account, http: Http, *, shows: frozenset[str], query: Mapping[str, str]
) -> None:
    """Set what `greeting` has and delete what it does not, of the fields that the product `shows`.

    Idempotent: both calls may be made again. Raises SendError.
    """
    wanted = {name: value for name, value in fields(greeting).items() if name in shows}
    given = {name: value for name, value in wanted.items() if value}
    if given:
        await graph.certainly(graph.call("POST", PATH, account, http, json=given, query=query))
    if missing := sorted(set(wanted) - set(given)):
        gone = {"fields": missing}
        await graph.certainly(graph.call("DELETE", PATH, account, http, json=gone, query=query))


async def start_button(account: Account, http: Http) -> None:
    """Without it nobody tells us of the link that opened a thread. Idempotent. Raises SendError."""
    wanted = {"get_started": fields(Greeting())["get_started"]}
    await graph.certainly(graph.call("POST", PATH, account, http, json=wanted))


def fields(greeting: Greeting) -> Json:
    """The profile's fields by Meta's names. Get started is always there: a menu needs it, and it carries
    the tag of the link that opened the thread."""
    welcome = [{"locale": "default", "text": greeting.welcome[:GREETING]}] if greeting.welcome else []
    questions = [_starter(question) for question in greeting.starters[:STARTERS]]
    entries = [_entry(title, url) for title, url in greeting.menu[:MENU]]
    return {
        "get_started": {"payload": GET_STARTED},
        "greeting": welcome,
        "ice_breakers": [{"locale": "default", "call_to_actions": questions}] if questions else [],
        "persistent_menu": [
            {"locale": "default", "composer_input_disabled": False, "call_to_actions": entries}
        ]
        if entries
        else [],
    }


async def name_of(address: str, account: Account, http: Http, *, asks: str) -> Profile | None:
    """The customer's name; None when they do not let us see it."""
    try:
        found = await graph.ask(address, account, http, query={"fields": asks})
    except Rejected:
        return None
    parts = [found.get("name") or found.get("first_name"), found.get("last_name")]
    name = " ".join(part for part in parts if isinstance(part, str) and part) or found.get("username")
    locale = found.get("locale")
    return Profile(
        name=name if isinstance(name, str) else "",
        locale=locale.replace("_", "-") if isinstance(locale, str) else "",
    )


def _starter(question: str) -> Json:
    return {"question": question[:STARTER_TITLE], "payload": "starter"}


def _entry(title: str, url: str) -> Json:
    if url:
        return {"type": "web_url", "title": title[:MENU_TITLE], "url": url}
    return {"type": "postback", "title": title[:MENU_TITLE], "payload": "menu"}
