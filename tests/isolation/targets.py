"""Who attacks which address with what: one actor for each part of the service, and a value for every
parameter of a path that names no row. An address without an actor makes the run red."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from typing import Any

import jwt
from django.test import Client

from apps.backoffice.acts.catalogue import ACTS
from apps.conversations.queries import View
from apps.platforms import registry
from apps.sandbox import simulators
from apps.sandbox.apple import tokens as apple_tokens
from apps.sandbox.models import FaultKind
from apps.sandbox.telegram.views import METHODS
from tests.isolation.addresses import Address
from tests.isolation.arena import Arena

PERSONAL = re.compile(r"^(account_|mfa_|usersessions_|site:|set_language$)")

# Addresses that an attack with rows cannot reach, and what guards them instead.
UNREACHED = {
    "hooks:shared": "answered in front of Django: attacked by test_hooks",
    "hooks:shared-message": "answered in front of Django: attacked by test_hooks",
    "hooks:channel": "answered in front of Django: attacked by test_hooks",
    "hooks:channel-suffix": "answered in front of Django: attacked by test_hooks",
    "fetched:file": "a signed address of one file: attacked by tests/webhooks/test_fetched.py",
    "admin:login": "refuses whoever is signed in and no operator",
    "api:nothing": "answers 404 to everybody",
    "sandbox:apple-pre-download": "a signed link: attacked by test_files",
    "sandbox:apple-content": "a signed link: attacked by test_files",
    "sandbox:sms-store": "as on Twilio's servers: who has the link, with its random key, has the file",
    "sandbox:rcs-file": "as on Google's servers: who has the link, with its random key, has the file",
    "sandbox:wechat-video": "who was told the address, with its random key, has the film",
    "sandbox:qq-download": "as on Tencent's servers: who has the link, with its random key, has the file",
    "sandbox:x-film": "as on X's servers: who has the link, with its random key, has the film",
    "sandbox:custom-file": "who has the link, with its random key, has the file",
    "sandbox:slack-file": "wants the token of the account that it names: tests/sandbox plays it",
    "sandbox:slack-upload": "as on Slack's servers: who has the link, with its random key, may fill it once",
    "sandbox:viber-media": "as on Viber's servers: who has the link, with its random key, has the file",
    "sandbox:teams-openid": "says where the keys lie: nobody's data",
    "sandbox:teams-keys": "public halves of keys, made to be published",
    "sandbox:teams-file": "as in OneDrive: who has the link, with its random key, has the file",
    "sandbox:teams-attachment": "wants the token of the file's own account: tests/sandbox plays it",
    "sandbox:line-sticker": "one square for every sticker: nobody's data",
    "site:join": "an invitation's one-time token: found by its hash",
    "site:sign_in_link": "a person's one-time token: found by its hash, names no tenant",
    "account_confirm_email": "a signature over a person's address, names no tenant",
    "account_reset_password_from_key": "a signature over a person's password, names no tenant",
    "mfa_edit_webauthn": "a person's own keys, found through their session",
    "mfa_remove_webauthn": "a person's own keys, found through their session",
    "mfa_deactivate_totp": "a person's own second factor, found through their session",
    "mfa_view_recovery_codes": "a person's own second factor, found through their session",
    "mfa_download_recovery_codes": "a person's own second factor, found through their session",
}

# What names another tenant's entry point on purpose: it stands on the business's own web site.
PUBLIC = {
    ("entry:entry", "key"),
    ("entry:go", "key"),
    ("widget:frame", "key"),
    ("widget:colour", "key"),
    ("widget:session", "entry_point"),
}
SEEDS = {"console:earlier": {"before": "2"}}  # queries without which an address answers 404
APART = ("method", "kind", "platform")  # parameters of which every value is a target of its own


@dataclass(frozen=True)
class Actor:
    """`kind` is its line in the report. `fixed` are values for parameters that name no row."""

    kind: str
    client: Client
    headers: dict[str, str] = field(default_factory=dict)
    json: bool = False
    fixed: dict[str, list[str]] = field(default_factory=dict)
    seed: dict[str, Any] = field(default_factory=dict)


def actors_for(address: Address, arena: Arena) -> list[Actor]:
    """One for each value of a parameter that selects another piece of code; none for an unknown address."""
    actor = actor_for(address, arena)
    apart = next((name for name in APART if actor and name in actor.fixed), None)
    if actor is None or apart is None:
        return [actor] if actor else []
    return [replace(actor, fixed={**actor.fixed, apart: [value]}) for value in actor.fixed[apart]]


def actor_for(address: Address, arena: Arena) -> Actor | None:
    """None for an address that nobody has thought of."""
    fixed = _fixed(address, arena)
    space = address.name.split(":")[0]
    if address.under_tenant:
        return Actor("pages", arena.client, fixed=fixed, seed=SEEDS.get(address.name, {}))
    if space == "api":
        return Actor("api", Client(), _bearer(arena.own_keys.api), json=_is_json(address), fixed=fixed)
    if space == "widget":
        return Actor("widget", Client(), _bearer(arena.own_keys.visitor), json=_is_json(address), fixed=fixed)
    if space == "sandbox":
        return _simulated(address, arena, fixed)
    if space == "hooks":
        return Actor("webhooks", Client(), json=True, fixed=fixed)
    if space == "admin":
        return Actor("operators", arena.client, fixed=fixed)
    if space in ("entry", "fetched") or address.name in ("button-sheet", "?"):
        return Actor("public", Client(), fixed=fixed)
    return Actor("accounts", arena.client, fixed=fixed) if PERSONAL.match(address.name) else None


def _simulated(address: Address, arena: Arena, fixed: dict[str, list[str]]) -> Actor:
    keys, headers = arena.own_keys, {}
    if "apple" in address.name:
        claims = {"iss": keys.apple.key, "iat": int(time.time())}
        secret = apple_tokens.key_of(keys.apple)
        headers = _bearer(jwt.encode(claims, secret, algorithm="HS256")) | {"source-id": keys.apple.address}
        fixed = fixed | {"account_key": [keys.apple.key]}
    return Actor("simulators", Client(), headers, json=True, fixed=fixed)


def _fixed(address: Address, arena: Arena) -> dict[str, list[str]]:
    bot = arena.own_keys.bot
    fixed: dict[str, list[str]] = {
        "tenant": [arena.attacker.slug],
        "view": [View.ALL],
        "platform": list(registry.SLUGS),
        "position": ["0"],
        "token": [f"{bot.key}:{bot.secret}"],
        "method": sorted(METHODS),
        "verb": ["leave"],  # all look the thread up in one place; the others are attacked by tests/sandbox
        "suffix": ["message"],
        "slug": list(ACTS),
        "app_label": ["tenants"],
        "url": ["tenants"],
    }
    if "add/" in address.route:
        fixed["platform"] = list(simulators.SLUGS)
    fixed["kind"] = list(FaultKind) if "faults" in address.route else ["csv", "json"]
    return {name: values for name, values in fixed.items() if name in address.parameters}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _is_json(address: Address) -> bool:
    return address.name not in ("widget:uploads", "api:uploads")
