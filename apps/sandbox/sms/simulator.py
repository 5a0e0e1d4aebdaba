"""The telephone network's entry in the list of simulators, as Twilio shows it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.sms import hand, views
from apps.sandbox.sms.shapes import VERSION
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="sms",
        key=f"AC{secrets.token_hex(16)}",
        secret=secrets.token_hex(16),
        address=f"+336{secrets.randbelow(10**8):08}",
        name=tenant.name[:80],
        data={"number_sid": f"PN{secrets.token_hex(16)}"},
    )


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {"account_sid": account.key, "auth_token": account.secret, "number": account.address}


def _urls() -> Sequence[URLPattern]:
    root = f"sms/{VERSION}/Accounts/<str:sid>"
    return [
        path(f"{root}.json", views.account, name="sms-account"),
        path(f"{root}/IncomingPhoneNumbers.json", views.numbers, name="sms-numbers"),
        path(f"{root}/IncomingPhoneNumbers/<str:number_sid>.json", views.number, name="sms-number"),
        path(f"{root}/Messages.json", views.outbox, name="sms-messages"),
        path(f"{root}/Messages/<str:message>/Media/<str:key>", views.media, name="sms-media"),
        path("sms/store/<str:sid>/<str:key>", views.stored, name="sms-store"),
    ]


SIMULATOR = Simulator(
    slug="sms",
    path="sms",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    skin="ph--grey",
    header=_("Text message"),
    leave_words=_("Send STOP"),
    return_words=_("Send START"),
    tag_words=_("the tag stands at the end of the first words"),
)
