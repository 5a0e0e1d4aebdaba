"""WhatsApp's entry in the list of simulators."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.whatsapp import gestures, hand, templates, views
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="whatsapp",
        key=_id(),
        secret=secrets.token_hex(20),
        address=f"33{secrets.randbelow(10**9):09}",
        name=tenant.name[:80],
        data={
            "waba_id": _id(),
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_hex(8),
            "templates": list(templates.USUAL),
        },
    )


def _id() -> str:
    return str(10**14 + secrets.randbelow(9 * 10**14))


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {
        "phone_number_id": account.key,
        "token": f"{views.PREFIX}{account.key}Z{account.secret}",
        **{name: account.data[name] for name in ("waba_id", "app_secret", "verify_token")},
    }


def _webhook_of(account: SandboxAccount) -> str:
    """The number's own, else what the business set for its app by hand."""
    return account.webhook_url or accounts.registered_webhook(account)


def _urls() -> Sequence[URLPattern]:
    return [
        path("whatsapp/media/<str:account_key>/<str:key>", views.media, name="whatsapp-media"),
        path("whatsapp/<str:version>/<str:node>", views.call, name="whatsapp-node"),
        path("whatsapp/<str:version>/<str:node>/", views.call, name="whatsapp-node-slash"),
        path("whatsapp/<str:version>/<str:node>/<str:edge>", views.call, name="whatsapp-edge"),
    ]


SIMULATOR = Simulator(
    slug="whatsapp",
    path="whatsapp",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=_webhook_of,
    skin="ph--green",
    header=_("Business account"),
    leave_words=_("Block"),
    return_words=_("Unblock"),
    tag_words=_("the tag stands at the end of the first words"),
    tells_leaving=False,
    typing_seconds=25,
    reactions=hand.REACTIONS,
    verbs=frozenset({"place", "edit", "withdraw"}),
    marketing=hand.want_marketing,
    gestures=gestures.offered,
)
