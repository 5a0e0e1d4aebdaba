"""The custom channel's entry in the list of simulators."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.core import tenancy
from apps.sandbox import accounts
from apps.sandbox.custom import hand, views
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    name = f"shop-{tenancy.require().hex[-6:]}"
    return SandboxAccount.objects.create(
        platform="custom",
        key=name,
        secret="whsec_" + b64encode(secrets.token_bytes(32)).decode(),
        address=name,
        name=tenant.name[:80],
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"account": account.address, "secret": account.secret}


def _urls() -> Sequence[URLPattern]:
    return [
        path("custom", views.take, name="custom"),
        path("custom/files/<str:account_key>/<str:key>", views.file, name="custom-file"),
    ]


SIMULATOR = Simulator(
    slug="custom",
    path="custom",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,
    skin="ph--slate",
    header=_("your own system"),
    leave_words=_("Leave"),
    return_words=_("Come back"),
    tag_words=_("the tag comes with the first words"),
    reactions=hand.REACTIONS,
    verbs=frozenset({"place", "edit", "withdraw", "typing"}),
)
