"""The business's account with a product: its number, its token, and the app that its webhooks go to."""

from __future__ import annotations

import secrets
import string
from collections.abc import Sequence

from django.urls import URLPattern, path

from apps.sandbox.meta import products, views
from apps.sandbox.models import SandboxAccount
from apps.tenants.models import Tenant

_LETTERS = string.ascii_letters.replace("Z", "") + string.digits


def make(platform: str, tenant: Tenant) -> SandboxAccount:
    number = str(10**15 + secrets.randbelow(9 * 10**15))
    return SandboxAccount.objects.create(
        platform=platform,
        key=number,
        secret="".join(secrets.choice(_LETTERS) for _ in range(40)),
        address=number,
        name=tenant.name[:80],
        data={
            "app_id": str(10**14 + secrets.randbelow(10**14)),
            "app_secret": secrets.token_hex(16),
            "verify_token": secrets.token_urlsafe(12),
        },
    )


def credentials(account: SandboxAccount) -> dict[str, str]:
    return {
        "token": f"{products.of(account).prefix}{account.key}Z{account.secret}",
        "app_secret": account.data["app_secret"],
        "verify_token": account.data["verify_token"],
    }


def urls(platform: str) -> Sequence[URLPattern]:
    given = {"platform": platform}
    files = f"{platform}/files/<str:account_key>/<str:key>"
    return [
        path(files, views.file, given, name=f"{platform}-file"),
        path(f"{platform}/<str:version>/<str:node>", views.call, given, name=f"{platform}-node"),
        path(f"{platform}/<str:version>/<str:node>/<str:edge>", views.call, given, name=f"{platform}-edge"),
    ]
