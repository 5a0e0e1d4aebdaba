"""The rail of portal and sandbox: what it offers opens, and it says where one is."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from apps.core import tenancy
from apps.tenants.models import Tenant
from tests.worlds import World, signed_in

RAIL = re.compile(r'<nav class="rail".*?</nav>', re.DOTALL)
LINK = re.compile(r'<a class="(?:view|tenant|me)" href="([^"]+)"( aria-current="page")?')


def rail(client: Client, path: str) -> dict[str, bool]:
    """Addresses in the rail of a page, and whether each is marked as the current one."""
    found = RAIL.search(client.get(path, follow=True).content.decode())
    assert found
    return {href: bool(current) for href, current in LINK.findall(found[0])}


@pytest.mark.parametrize("who", ["agent", "owner"])
def test_every_link_opens(world: World, who: str) -> None:
    client = signed_in(getattr(world.filante, who))
    links = rail(client, f"/{world.filante.slug}/sandbox/")
    assert len(links) == {"agent": 3, "owner": 10}[who]
    assert {client.get(href, follow=True).status_code for href in links} == {200}


def test_every_page_is_marked(world: World) -> None:
    client, slug = signed_in(world.filante.owner), world.filante.slug
    pages = [href for href in rail(client, f"/{slug}/sandbox/") if "/inbox/" not in href and slug in href]
    assert len(pages) == 8
    assert {page: [href for href, on in rail(client, page).items() if on] for page in pages} == {
        page: [page] for page in pages
    }


def test_a_suspended_business_is_told_so_on_its_pages(world: World) -> None:
    client, slug = signed_in(world.filante.owner), world.filante.slug
    words = "This business is suspended: messages arrive and are kept, nothing is sent."
    pages = [href for href in rail(client, f"/{slug}/sandbox/") if slug in href and "/inbox/" not in href]
    assert not any(words in client.get(page).content.decode() for page in pages)
    with tenancy.scope(world.filante.id):
        Tenant.objects.update(state="suspended")
    assert [page for page in pages if words not in client.get(page).content.decode()] == []
    assert "The counter is open" not in client.get(f"/{slug}/setup/").content.decode()
