"""X's entry in the list of simulators."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.x_dm import hand, views, webhooks
from apps.tenants.models import Tenant


def _random(length: int) -> str:
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


def _make(tenant: Tenant) -> SandboxAccount:
    key, number = _random(25), str(10**18 + secrets.randbelow(10**18))
    return SandboxAccount.objects.create(
        platform="x_dm",
        key=key,
        secret=_random(50),
        address=number,
        name=tenant.name[:50],
        data={
            "username": f"{tenant.slug.replace('-', '_')[:10]}{secrets.token_hex(2)}",
            "access_token": f"{number}-{_random(30)}",
            "token_secret": _random(45),
            "bearer": f"{key}-{_random(60)}",
        },
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {
        "consumer_key": account.key,
        "consumer_secret": account.secret,
        "access_token": account.data["access_token"],
        "access_token_secret": account.data["token_secret"],
    }


def _urls() -> Sequence[URLPattern]:
    return [
        path("x/oauth2/token", views.token, name="x-token"),
        path("x/2/<path:rest>", views.call, name="x"),
        path("x/dm_video/<str:account_key>/<str:key>.mp4", views.film, name="x-film"),
    ]


SIMULATOR = Simulator(
    slug="x_dm",
    path="x",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=webhooks.address_of,
    skin="ph--night",
    header=_("Direct messages"),
    leave_words=_("Block"),
    return_words=_("Unblock"),
    tag_words=_("the tag stands at the end of the first words"),
    verbs=frozenset({"typing"}),
)
