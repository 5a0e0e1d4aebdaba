"""No address answers 500, whatever stands in its path, its query or its form. Generated from the resolver."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from tests.isolation.addresses import Address, all_addresses
from tests.isolation.rich import enrich, identifiers
from tests.worlds import World, signed_in

FIELDS = """
    text name to note q words action kind email role team teams members tag group business seq view before
    after page show locale prefilled_text button_text attachment card option title files next channels
    """
HOSTILE = {
    "NUL": "a\x00b",
    "quotes": "'\"; SELECT set_config('app.tenant_id', '', false) --",
    "long": "x" * 5000,
    "not a number": "-1e999",
    "direction and astral": "\u202e\U0001f642\ufffe",
}
ROWS = {  # what the id in an address names, by the part of the address before it
    "channels/": "connections.Channel",
    "entry-points/": "entry_point.key",
    "grants/": "tenants.SupportGrant",
    "invitations/": "tenants.Invitation",
    "people/": "tenants.Membership",
    "teams/": "tenants.Team",
    "tokens/": "tenants.ApiToken",
}
OPEN_TO_STRANGERS = ["/account/link/%00/", "/account/join/%00/", "/e/%00/", "/%00/setup/", "/?q=%00"]


def path_of(address: Address, slug: str, ids: dict[str, str]) -> str:
    """A real page of the tenant: every parameter names a row that is there."""
    row = next((ROWS[part] for part in ROWS if part in address.route), "conversations.Conversation")
    values = {"tenant": slug, "view": "all", "platform": "telegram", "kind": "csv", "key": ids[row]}
    values |= {"delivery": ids["conversations.Delivery"], "attachment": ids["conversations.Attachment"]}
    path = address.route
    for name in address.parameters:
        for kind in ("slug", "uuid", "str"):
            path = path.replace(f"<{kind}:{name}>", values.get(name, ids[row]))
    return f"/{path}"


@pytest.mark.parametrize("words", HOSTILE.values(), ids=list(HOSTILE))
@pytest.mark.advisory("S12", "Chatwoot CVE-2025-21628")
def test_no_address_of_a_tenant_fails_on_hostile_words(committed_world: World, words: str) -> None:
    here = committed_world.filante
    enrich(here, "oscar")
    ids, owner, failed = identifiers(here), signed_in(here.owner), []
    owner.raise_request_exception = False
    for address in all_addresses():
        if not address.under_tenant or "sandbox" in address.route:
            continue
        path = path_of(address, here.slug, ids)
        for method in ("get", "post"):
            fields = {**dict.fromkeys(FIELDS.split(), words), "client_id": str(uuid4())}
            status = getattr(owner, method)(path, fields).status_code
            if status >= 500:
                failed.append((method, path, status))
    assert failed == []


@pytest.mark.parametrize("path", OPEN_TO_STRANGERS)
def test_a_nul_in_the_address_is_a_bad_request(db: None, path: str) -> None:
    answer = Client().get(path)
    assert (answer.status_code, "Content-Security-Policy" in answer) == (400, True)
