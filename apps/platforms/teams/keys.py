"""The keys with which Microsoft signs what it posts: published in two documents, changed without notice.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication: fetch them
at least once a day. They are kept with the channel when it is connected, so that nothing has to be fetched to
check a request, and newer ones in the process.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from apps.core.http import Http, HttpError
from apps.platforms.base import Credentials, Rejected, SendError
from apps.platforms.shared.answers import certain, stranger, unfetched
from apps.platforms.teams import places

OPENID_HOME = "https://login.botframework.com"
DOCUMENT = "/v1/.well-known/openidconfiguration"
LIVES = 24 * 3600.0  # seconds for which keys are taken without asking again
STALE = 5 * LIVES  # for which they are, while they cannot be fetched: new ones are published days before
AGAIN = 60.0  # seconds between two fetches of the same document, whatever comes
AGAIN_FAILED = 5.0  # after one that failed: meanwhile nothing can be checked that names an unknown key
PATIENCE = 5.0  # seconds: a request waits for it
PARTS = ("kid", "kty", "n", "e", "endorsements")
MOST = 50

Key = Mapping[str, Any]


@dataclass(slots=True)
class Kept:
    """Keys by id, good until `until`; `tried` is when they were last asked for, in vain if `failed`. Unix
    seconds. Who asks while they are being fetched waits at `one`."""

    keys: Mapping[str, Key] = field(default_factory=dict)
    fetched: float = 0.0
    until: float = 0.0
    tried: float = 0.0
    failed: bool = False
    one: asyncio.Lock = field(default_factory=asyncio.Lock)


class Keyring:
    """One for the process. `clock` gives unix seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._kept: dict[str, Kept] = {}

    def find(self, kid: str, creds: Credentials) -> Key | None:
        """The key of this id, None when it is not known (any more)."""
        now = self._clock()
        for known in (self._kept.get(_place(creds), Kept()), read(creds.get("signing_keys", ""))):
            if kid in known.keys and now < known.until:
                return known.keys[kid]
        return None

    def is_blind(self) -> bool:
        """Whether a key that we do not know may be a good one, because a fetch has just failed. Whose keys
        they were does not matter: no answer may depend on who has the address."""
        now = self._clock()
        return any(kept.failed and now - kept.tried < AGAIN for kept in self._kept.values())

    async def renew(self, creds: Credentials, http: Http) -> None:
        """Fetch the keys anew, at most once a minute for all who ask, or five seconds after a failure. Never
        raises: where they cannot be had, those that we have serve on for some days."""
        kept = self._kept.setdefault(_place(creds), Kept())
        async with kept.one:
            await self._renew(kept, creds, http)

    async def _renew(self, kept: Kept, creds: Credentials, http: Http) -> None:
        now = self._clock()
        if now - kept.tried < (AGAIN_FAILED if kept.failed else AGAIN):
            return
        kept.tried = now
        try:
            async with asyncio.timeout(PATIENCE):
                kept.keys, kept.fetched = await fetch(creds, http), now
            kept.until, kept.failed = now + LIVES, False
        except (SendError, TimeoutError):
            kept.failed = True
            known = kept if kept.keys else read(creds.get("signing_keys", ""))
            if known.keys and now - known.fetched < STALE:
                kept.keys, kept.fetched, kept.until = known.keys, known.fetched, now + LIVES / 24


async def fetch(creds: Credentials, http: Http) -> Mapping[str, Key]:
    """The keys by id. Raises SendError; nothing is in doubt."""
    document = await _get(_for_app(f"{_home(creds)}{DOCUMENT}", creds), http)
    address = document.get("jwks_uri")
    if not isinstance(address, str) or not _is_ours(address, creds):
        raise Rejected("the keys lie at an address that is not Microsoft's", code="bad_keys")
    rows = (await _get(address, http)).get("keys")
    found = [_trimmed(row) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    keys = {str(key["kid"]): key for key in found[:MOST] if key.get("kid") and key.get("kty") == "RSA"}
    if not keys:
        raise Rejected("Microsoft publishes no keys there", code="no_keys")
    return keys


def stored(keys: Mapping[str, Key], now: float) -> str:
    """The keys as a channel keeps them."""
    return json.dumps({"fetched": now, "keys": list(keys.values())}, separators=(",", ":"))


def read(text: str) -> Kept:
    """What `stored` made; none of anything else."""
    try:
        data = json.loads(text)
        keys = {str(key["kid"]): key for key in data["keys"]}
        return Kept(keys=keys, fetched=float(data["fetched"]), until=float(data["fetched"]) + LIVES)
    except (ValueError, TypeError, LookupError):
        return Kept()


async def _get(url: str, http: Http) -> dict[str, Any]:
    try:
        answer = await http.request("GET", url, max_bytes=1024 * 1024)
    except HttpError as error:
        raise unfetched(error, ()) from None
    data = answer.json()
    if answer.status != 200 or not isinstance(data, dict):
        raise certain(stranger(answer, "Microsoft's key server"))
    return data


def _for_app(url: str, creds: Credentials) -> str:
    """A server of one's own may have keys for each app; Microsoft's are the same for all."""
    own = places.base(creds)
    return f"{url}?{urlencode({'appid': creds.get('app_id', '').strip()})}" if own else url


def _place(creds: Credentials) -> str:
    """Whose keys they are: Microsoft's, or one app's at a server of one's own."""
    return _for_app(_home(creds), creds)


def _home(creds: Credentials) -> str:
    return places.base(creds) or OPENID_HOME


def _is_ours(url: str, creds: Credentials) -> bool:
    own = places.base(creds)
    if own:
        return url.startswith(f"{own}/")
    try:
        parts = urlsplit(url)
        return (parts.scheme, parts.netloc) == ("https", urlsplit(OPENID_HOME).netloc)
    except ValueError:
        return False


def _trimmed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in PARTS if name in row}
