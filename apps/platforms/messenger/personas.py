"""Personas: under whose name an agent's words stand. One for each name, made when it is first needed."""

from __future__ import annotations

from apps.core.http import Http
from apps.platforms.base import SendError
from apps.platforms.shared import graph
from apps.platforms.shared.graph import Account

KNOWN_AT_MOST = 2000
PATH = "me/personas"


class Personas:
    """What this process knows of them. A persona is a courtesy: without one the Page speaks."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}

    async def of(self, page: str, name: str, picture: str, account: Account, http: Http) -> str:
        """The id of `name`'s persona with `picture` (an https address), "" when there can be none now."""
        if not name or not picture:
            return ""
        key = (page, name)
        if key not in self._known:
            try:
                found = await _find(name, account, http) or await _make(name, picture, account, http)
            except SendError:
                return ""
            if len(self._known) >= KNOWN_AT_MOST:
                self._known.clear()
            self._known[key] = found
        return self._known[key]

    def forget(self, page: str, name: str) -> None:
        """It may have been deleted at Meta: look again next time."""
        self._known.pop((page, name), None)


async def _find(name: str, account: Account, http: Http) -> str:
    """Not documented: one page of a hundred is looked at."""
    answer = await graph.ask(PATH, account, http, query={"fields": "name", "limit": "100"})
    rows = answer.get("data")
    named = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return next((str(row["id"]) for row in named if row.get("name") == name and row.get("id")), "")


async def _make(name: str, picture: str, account: Account, http: Http) -> str:
    wanted = {"name": name, "profile_picture_url": picture}
    return str((await graph.call("POST", PATH, account, http, json=wanted)).get("id") or "")
