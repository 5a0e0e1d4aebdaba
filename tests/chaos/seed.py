"""`python -m tests.chaos.seed PROVIDER_URL OUTPUT`: three businesses with their accounts, as JSON.

Each has an account on some platforms of dialects/, a web chat, tokens for programs and a signed-in owner.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402

from apps.connections import vault  # noqa: E402
from apps.connections.addresses import webhook_url  # noqa: E402
from apps.connections.models import Channel, ChannelState, EntryPoint, EntryPointChannel  # noqa: E402
from apps.core import tenancy  # noqa: E402
from apps.platforms import registry  # noqa: E402
from apps.tenants import tokens  # noqa: E402
from apps.tenants.models import Membership, Role, User  # noqa: E402
from apps.tenants.register import register_tenant  # noqa: E402
from tests.chaos.dialects import DIALECTS, PLAYED  # noqa: E402
from tests.worlds import person, signed_in, webchat  # noqa: E402

TOKENS = 8  # each may call 600 times a minute


def main(provider: str, output: Path) -> None:
    facts = [_business(number, provider) for number in range(len(PLAYED))]
    output.write_text(json.dumps({"tenants": facts}))


def _business(number: int, provider: str) -> dict[str, Any]:
    owner = person(f"owner{number}")
    tenant = register_tenant(owner, f"Business {number}", locale="fr")
    with tenancy.scope(tenant.pk):
        accounts = [
            _account(number, place, platform, provider) for place, platform in enumerate(PLAYED[number])
        ]
        entry_point = _entry_point(number)
        issuer = Membership.objects.get(user=owner)
        names = [f"program {place}" for place in range(TOKENS)]
        texts = [tokens.issue(n, role=Role.ADMIN, days=1, issuer=issuer, actor="chaos")[1] for n in names]
    return {
        "name": f"t{number}",
        "id": str(tenant.pk),
        "slug": tenant.slug,
        "accounts": accounts,
        "entry_point": entry_point,
        "tokens": texts,
        "cookie": _cookie(owner),
    }


def _account(tenant: int, place: int, platform: str, provider: str) -> dict[str, Any]:
    number = tenant * 100 + place
    credentials = DIALECTS[platform].credentials(number, f"{provider}/{platform}")
    fields = registry.get(platform).credentials
    secret = {field.name for field in fields if field.secret}
    unkept = secret | {"address"} - {field.name for field in fields}
    channel = Channel(platform=platform, name=f"{platform} {number}", state=ChannelState.LIVE)
    channel.address = credentials["address"]
    channel.settings = {name: value for name, value in credentials.items() if name not in unkept}
    channel.save()
    for name in secret & credentials.keys():
        vault.store(channel, name, credentials[name])
    return {
        "platform": platform,
        "name": f"t{tenant}/{platform}-{place}",
        "channel": str(channel.pk),
        "hook": webhook_url(channel).removeprefix(settings.BASE_URL),
        "credentials": credentials,
    }


def _entry_point(number: int) -> str:
    channel = webchat(f"Business {number}")
    entry_point = EntryPoint.objects.create(name="Chaos", tag=f"chaos{number}", locale="fr")
    EntryPointChannel.objects.create(entry_point=entry_point, channel=channel, position=0)
    return entry_point.key


def _cookie(owner: User) -> str:
    client = signed_in(owner)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
