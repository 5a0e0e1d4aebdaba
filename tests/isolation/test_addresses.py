"""I7, generated from the resolver: every address under a tenant is attacked by a member of another tenant
that holds the same data. A new address is attacked without anybody adding it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from apps.core import tenancy
from apps.tenants.models import Membership, Role
from tests.conftest import empty_database
from tests.isolation.addresses import Address, all_addresses
from tests.isolation.rich import enrich, fingerprint, identifiers, tenant_models
from tests.worlds import Side, World, make_world, signed_in

UNDER_TENANT = [address for address in all_addresses() if address.under_tenant]
METHODS = ("get", "post", "put", "patch", "delete")

# What stands for a value of an address that is no id of a row.
PLAIN = {"view": "all", "platform": "telegram", "kind": "csv", "position": "1", "method": "getMe"}

WITH_IDS = [address for address in UNDER_TENANT if {*address.parameters} - {"tenant", *PLAIN}]

# Names under which forms and bodies carry ids.
FIELDS = """
    team teams to membership member members assignee conversation message attachment attachments channel
    channels entry_point reply_to delivery note phone thread account card client_id place places
    """


@pytest.fixture(scope="module")
def committed(django_db_blocker: Any) -> Iterator[World]:
    """Both tenants, made once: making them takes longer than attacking them."""
    with django_db_blocker.unblock():
        made = make_world()
        enrich(made.filante, "oscar")
        enrich(made.garance, "olga")
        yield made
        empty_database()


@pytest.fixture
def rich(committed: World) -> Iterator[World]:
    """What a test does to its own tenant is undone."""
    with transaction.atomic():
        yield committed
        transaction.set_rollback(True)


def promote(here: Side) -> Client:
    """The strongest attacker: an owner of the other tenant."""
    return signed_in(here.owner)


def fill_in(address: Address, tenant: str, identifier: str) -> str:
    """The path with `tenant`, and `identifier` for every parameter that names a row."""
    values = {name: PLAIN.get(name, identifier) for name in address.parameters}
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: {**values, "tenant": tenant}[m[1]], address.route)


def answer(client: Client, method: str, path: str, body: dict[str, Any]) -> tuple[int, str]:
    response: HttpResponse = getattr(client, method)(path, body if method == "post" else None)
    text = b"".join(response) if response.streaming else response.content  # type: ignore[arg-type]
    return response.status_code, _plain(text.decode("utf-8", "replace"), response.headers.get("Location", ""))


def _plain(text: str, location: str) -> str:
    """Without what differs between two equal answers: CSRF tokens, nonces and the ids that were asked for."""
    text = re.sub(r"[A-Za-z0-9]{64}", "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{22}", "", text + unquote(location))


def test_there_is_data_to_leak(rich: World) -> None:
    for side in (rich.filante, rich.garance):
        with tenancy.scope(side.id):
            empty = [model._meta.label for model in tenant_models() if not model.objects.exists()]
            assert empty == []


def test_every_address_under_a_tenant_checks_the_membership() -> None:
    unguarded = [address.name for address in UNDER_TENANT if not hasattr(address.view, "tenant_page")]
    assert unguarded == []


@pytest.mark.parametrize("address", UNDER_TENANT, ids=lambda address: address.name)
def test_a_tenant_that_is_not_yours_is_not_there(rich: World, address: Address) -> None:
    attacker, victim = promote(rich.garance), rich.filante
    before = fingerprint(victim)
    identifier = _interesting(address, victim)[0]
    for method in METHODS:
        real = answer(attacker, method, fill_in(address, victim.slug, identifier), {})
        none = answer(attacker, method, fill_in(address, "nobody-here", identifier), {})
        assert real[0] == none[0]
        assert real[0] in (404, 405)
        assert real[1].replace(victim.slug, "") == none[1].replace("nobody-here", "")
    assert fingerprint(victim) == before


@pytest.mark.parametrize("address", WITH_IDS, ids=lambda address: address.name)
def test_rows_of_another_tenant_are_not_there(rich: World, address: Address) -> None:
    """In the attacker's own tenant, with the victim's ids in the path and in the body."""
    attacker, victim, own = promote(rich.garance), rich.filante, rich.garance.slug
    before = fingerprint(victim)
    posted = answer(attacker, "post", fill_in(address, own, str(uuid4())), _nobody())[0] != 405
    for method in METHODS:
        none = answer(attacker, method, fill_in(address, own, str(uuid4())), _nobody())
        every = method == ("post" if posted else "get")  # what both look up, one of them tries in full
        for identifier in _interesting(address, victim)[: None if every else 3]:
            real = answer(attacker, method, fill_in(address, own, identifier), _body(victim))
            assert real == none, (method, identifier)
    assert fingerprint(victim) == before


@pytest.mark.parametrize("address", UNDER_TENANT, ids=lambda address: address.name)
def test_bodies_cannot_reach_another_tenant(rich: World, address: Address) -> None:
    """The attacker's own rows in the path, the victim's ids in every field of the body."""
    attacker, victim = promote(rich.garance), rich.filante
    before = fingerprint(victim)
    for identifier in _interesting(address, rich.garance):
        answer(attacker, "post", fill_in(address, rich.garance.slug, identifier), _body(victim))
    assert fingerprint(victim) == before


@pytest.mark.parametrize("address", UNDER_TENANT, ids=lambda address: address.name)
def test_a_former_member_is_a_stranger(rich: World, address: Address) -> None:
    here = rich.filante
    with tenancy.scope(here.id):
        Membership.objects.filter(pk=here.agent_membership.pk).update(active=False, role=Role.OWNER)
    former = signed_in(here.agent)
    path = fill_in(address, here.slug, _interesting(address, here)[0])
    assert {answer(former, method, path, {})[0] for method in ("get", "post")} <= {404, 405}


def _interesting(address: Address, victim: Side) -> list[str]:
    if len(address.parameters) < 2:
        return [""]
    return [
        value for value in identifiers(victim).values() if _resolves(fill_in(address, victim.slug, value))
    ]


def _resolves(path: str) -> bool:

    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _body(victim: Side) -> dict[str, Any]:
    found = identifiers(victim)
    labels = {label.rsplit(".")[-1].lower(): value for label, value in found.items()}
    return {name: _of(name, labels) for name in FIELDS.split()} | {"text": "x", "name": "x", "role": "owner"}


def _nobody() -> dict[str, Any]:
    return {name: str(uuid4()) for name in FIELDS.split()} | {"text": "x", "name": "x", "role": "owner"}


def _of(name: str, labels: dict[str, str]) -> str:
    wanted = {"to": "membership", "member": "membership", "assignee": "membership", "reply_to": "message"}
    key = wanted.get(name, name.removesuffix("s").replace("_", ""))
    return labels.get(key, labels["conversation"])
