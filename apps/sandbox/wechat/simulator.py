"""WeChat's entry in the list of simulators."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from apps.sandbox import accounts
from apps.sandbox.models import SandboxAccount
from apps.sandbox.simulators import Simulator
from apps.sandbox.wechat import hand, views
from apps.tenants.models import Tenant


def _make(tenant: Tenant) -> SandboxAccount:
    return SandboxAccount.objects.create(
        platform="wechat",
        key=f"wx{secrets.token_hex(8)}",
        secret=secrets.token_hex(16),
        address=f"gh_{secrets.token_hex(6)}",
        name=tenant.name[:80],
        data={"token": secrets.token_hex(8), "aes_key": _aes_key(), "mode": "compatible"},
    )


def _aes_key() -> str:
    """43 letters and digits that are 32 bytes in Base64."""
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().rstrip("=")
        if key.isalnum():
            return key


def _credentials(account: SandboxAccount) -> dict[str, str]:
    return {
        "account_id": account.address,
        "app_id": account.key,
        "app_secret": account.secret,
        "token": account.data["token"],
        "aes_key": account.data["aes_key"],
    }


def _urls() -> Sequence[URLPattern]:
    return [
        path("wechat/cgi-bin/<path:operation>", views.call, name="wechat"),
        path("wechat/video/<str:app_id>/<str:key>", views.video, name="wechat-video"),
    ]


SIMULATOR = Simulator(
    slug="wechat",
    path="wechat",
    hand=hand,
    make_account=_make,
    credentials=_credentials,
    urls=_urls,
    webhook_of=accounts.registered_webhook,
    skin="ph--leaf",
    header=_("Service account"),
    leave_words=_("Unfollow"),
    return_words=_("Follow again"),
    tag_words=_("the tag is the scene of the code that was scanned"),
    typing_seconds=15,
    needs_start=True,
    verbs=frozenset({"place"}),
)
