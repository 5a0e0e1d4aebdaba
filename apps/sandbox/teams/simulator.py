"""Microsoft Teams' entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from uuid import uuid4

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.teams import hand, tokens, views
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    key = str(uuid4())
    data = {"tenant_id": str(uuid4()), "key": tokens.new_key(), "kid": secrets.token_urlsafe(20)}
    return SandboxAccount.objects.create(
        platform="teams",
        key=key,
        secret=secrets.token_urlsafe(30),
        address=key,
        name=tenant.name[:80],
        data=data,
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"app_id": account.key, "app_secret": account.secret, "tenant_id": account.data["tenant_id"]}


def _urls() -> Sequence[URLPattern]:
    return [
        path("teams/v1/.well-known/openidconfiguration", views.openid, name="teams-openid"),
        path("teams/v1/.well-known/keys", views.keys, name="teams-keys"),
        path("teams/<str:tenant>/oauth2/v2.0/token", views.token, name="teams-token"),
        path(
            "teams/v3/conversations/<str:conversation>/activities", views.activities, name="teams-activities"
        ),
        path("teams/v3/attachments/<str:key>/views/original", views.attachment, name="teams-attachment"),
        path("teams/files/<str:app_id>/<str:key>", views.file, name="teams-file"),
    ]


SIMULATOR = Simulator(
    slug="teams",
    path="teams",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,
    skin="ph--dusk",
    header=_("app"),
    leave_words=_("Remove the app"),
    return_words=_("Add the app"),
    tag_words=_("the tag stands at the end of the first words"),
    reactions=tuple(hand.REACTIONS),
    verbs=frozenset({"edit", "withdraw", "typing"}),
)
