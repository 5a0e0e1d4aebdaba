"""RCS Business Messaging's entry in the list of simulators."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.rcs import hand, tokens, views
from apps.sandbox.simulators import Simulator
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    private, public = tokens.new_key()
    agent = f"agent_{secrets.token_hex(8)}"
    return SandboxAccount.objects.create(
        platform="rcs",
        key=agent,
        secret=secrets.token_urlsafe(24),
        address=agent,
        name=tenant.name[:80],
        data={"private_key": private, "public_key": public},
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    key = {
        "type": "service_account",
        "private_key": account.data["private_key"],
        "client_email": tokens.email(account.key),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return {"agent_id": account.key, "service_account": json.dumps(key), "client_token": account.secret}


def _urls() -> Sequence[URLPattern]:
    phone = "rcs/v1/phones/<str:phone>"
    return [
        path("rcs/token", views.token, name="rcs-token"),
        path(f"{phone}/agentMessages", views.messages, name="rcs-messages"),
        path(f"{phone}/agentEvents", views.events, name="rcs-events"),
        path(f"{phone}/capabilities", views.capabilities, name="rcs-capabilities"),
        path("rcs/files/<str:agent>/<str:key>", views.file, name="rcs-file"),
    ]


SIMULATOR = Simulator(
    slug="rcs",
    path="rcs",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,
    skin="ph--indigo",
    header=_("verified business"),
    leave_words=_("Send STOP"),
    return_words=_("Send START"),
    tag_words=_("the tag stands at the end of the first words"),
    verbs=frozenset({"place", "typing"}),
)
