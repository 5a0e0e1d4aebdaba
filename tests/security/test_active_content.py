"""Active content in every field stays words wherever it is shown: pages, mail, files, JSON, tables."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.test import Client

from apps.connections import snippet
from apps.connections.models import EntryPoint
from apps.conversations.models import Attachment
from apps.core import tenancy
from apps.platforms import events
from apps.platforms.events import Event
from apps.sandbox import phones
from apps.tenants import support, tokens
from apps.tenants.models import User
from tests.conftest import empty_database
from tests.isolation.addresses import PLAIN, Address, all_addresses
from tests.isolation.rich import enrich, identifiers
from tests.isolation.test_hostile_input import path_of
from tests.people import confirmed, setup_url, typed_in
from tests.security.active import ADDRESSES, ATTRIBUTES, CORPUS, ELEMENTS, POLYGLOT, TRAP, found_in
from tests.security.planting import customer_events, plant, told_by_platform
from tests.widget.panels import panel
from tests.worlds import Side, World, make_world, signed_in

pytestmark = pytest.mark.advisory(
    "S8", "Rocket.Chat CVE-2017-1000054", "Zulip CVE-2026-24050", "LiveHelperChat GHSA-8wcc-f2vq-h4gx"
)

SHOWS = {  # where the planted words must be met at least, or the test looks at nothing
    "console:inbox", "console:conversation", "console:earlier", "portal:onboarding", "portal:channels",
    "portal:channel", "portal:entry-points", "portal:entry-point", "portal:entry-point-poster",
    "portal:team", "portal:person", "portal:team-edit", "portal:tokens", "portal:audit", "portal:buttons",
    "phone:phone", "phone:thread", "phone:wire", "phone:customer", "entry:entry", "widget:frame",
    "admin:tenants_tenant_changelist", "admin:tenants_tenant_change",
    "admin:connections_channel_changelist", "admin:connections_channel_change",
    "admin:tenants_supportgrant_changelist", "admin:tenants_auditentry_change",
    "admin:conversations_delivery_changelist", "admin:conversations_delivery_change", "admin:support_ask",
    "admin:support_conversations", "admin:support_conversation",
}  # fmt: skip

# Ids, words out of a closed set, and words of ours (test_every_platform looks whether they quote).
WORDLESS = {
    events.AddressChanged, events.ContactLeft, events.ContactReturned, events.MarketingChanged,
    events.MessageWithdrawn, events.TypingChanged, events.Unreadable,
}  # fmt: skip

NAMED = {
    "grant_id": "tenants.SupportGrant",
    "conversation_id": "conversations.Conversation",
    "tenant_id": "tenants.Tenant",
    "key": "entry_point.key",
    "channel": "connections.Channel",
}
PHONE = {"threads": "Thread", "customers": "Phone", "accounts": "Account", "files": "File"}


@pytest.fixture(scope="module")
def planted(django_db_blocker: Any) -> Iterator[World]:
    """Made once: planting takes longer than looking."""
    with django_db_blocker.unblock():
        try:
            world = make_world()
            enrich(world.filante, "oscar")
            with tenancy.scope(world.filante.id):
                phones.ensure_phone()
            plant(world.filante)
            yield world
        finally:
            empty_database()


@pytest.fixture
def here(planted: World) -> Side:
    return planted.filante


def shows(answer: Any) -> str:
    """What a browser would read as a page; "" for anything else."""
    if not answer.headers.get("Content-Type", "").startswith(("text/html", "image/svg")):
        return ""
    return str(answer.content.decode())


def pages(here: Side) -> Iterator[tuple[str, str]]:
    """Every address as whoever may open it, with the page it answers."""
    oscar = User.objects.get(email="oscar@example.com")
    with tenancy.scope(here.id):
        grant = support.grant(oscar, POLYGLOT, minutes=20)
    owner, operator = signed_in(here.owner), signed_in(oscar)
    ids = identifiers(here) | {"tenants.SupportGrant": str(grant.pk), "tenants.Tenant": str(here.id)}
    ids["tenants.User"] = str(here.agent.pk)
    for address in all_addresses():
        if "logout" not in address.route:
            who = operator if address.route.startswith("admin/") else owner
            yield address.name, shows(who.get(f"{path_to(address, here, ids)}?before=40", follow=True))


def path_to(address: Address, here: Side, ids: dict[str, str]) -> str:
    """Each parameter names a row that is there."""
    if address.under_tenant and "sandbox" not in address.route:
        return path_of(address, here.slug, ids)
    values = {name: ids[label] for name, label in NAMED.items()} | PLAIN | {"tenant": here.slug}
    if place := re.match(r"admin/(\w+)/(\w+)/<", address.route):
        by_name = {label.lower(): found for label, found in ids.items()}
        values["object_id"] = by_name.get(".".join(place.groups()), "x")
    if place := re.search(r"/(threads|customers|accounts|files)/<", address.route):
        values["pk"] = ids[f"sandbox.Sandbox{PHONE[place[1]]}"]
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: values.get(match[1], "x"), address.route)


@pytest.mark.parametrize("text", [*ELEMENTS.values(), *ATTRIBUTES.values()])
def test_the_net_catches_elements_and_attributes(text: str) -> None:
    raw = f"<p>{text}</p> <p title=\"{text}\"></p> <p title='{text}'></p> <p title={text}></p>"
    assert found_in(raw) != []
    assert found_in(f'<p title="{html.escape(text)}">{html.escape(text)}</p>') == []


@pytest.mark.parametrize("name", ["address", "address with a tab", "address in capitals", "page as data"])
def test_the_net_catches_addresses(name: str) -> None:
    assert found_in(f'<a href="{html.escape(ADDRESSES[name])}">x</a>') != []


def test_every_kind_of_event_that_has_words_is_planted() -> None:
    about = {"to": "here", "address": "visitor-1"}
    made = (*customer_events(POLYGLOT, **about, target="x"), *told_by_platform(POLYGLOT, **about))
    kinds = {type(event).__name__ for event in made} | {kind.__name__ for kind in WORDLESS}
    assert kinds == {kind.__name__ for kind in Event.__subclasses__()}


@pytest.mark.advisory("S10", "LiveHelperChat GHSA-v4cp-2q7v-hg9q")
def test_no_page_lets_anything_through(here: Side) -> None:
    """S8, S10: not as an element, an attribute or an address, and nothing is calculated."""
    seen, found = set(), []
    for name, page in pages(here):
        found += [(name, each) for each in found_in(page)]
        if TRAP in page:
            seen.add(name)
    assert found == []
    assert SHOWS - seen == set()


def thread(here: Side, conversation: UUID) -> str:
    """The whole conversation, as loaded by somebody who asks for what was earlier until there is no more."""
    browser, address, pages = signed_in(here.owner), f"/{here.slug}/inbox/all/{conversation}/", []
    while address:
        pages.append(browser.get(address).content.decode())
        more = re.search(r'href="(/[^"]*/earlier/\?[^"]*)"', pages[-1])
        address = html.unescape(more[1]) if more else ""
    return "".join(pages)


def test_the_thread_says_all_of_it_word_by_word(here: Side) -> None:
    """Nothing gets through, and escaping loses nothing: what was sent stands there as words."""
    page = thread(here, here.conversation.pk)
    shown = " ".join(html.unescape(re.sub(r"</?(a|wbr)\b[^>]*>", "", page)).split())
    assert found_in(page) == []
    assert [name for name, text in CORPUS.items() if " ".join(text.split()) not in shown] == []


def test_the_panel_gets_words_as_json(here: Side) -> None:
    device = panel(here)
    answer = device.start()
    assert answer["Content-Type"] == "application/json"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert json.loads(answer.content)["business"]["name"] == POLYGLOT


def test_programs_get_words_as_json(here: Side) -> None:
    with tenancy.scope(here.id):
        _, token = tokens.issue("reader", role="owner", days=1, issuer=None, actor="tests")
    client, bearer = Client(), {"Authorization": f"Bearer {token}"}
    for path in ("conversations/", f"conversations/{here.conversation.pk}/messages/", "channels/"):
        answer = client.get(f"/api/v1/{path}", headers=bearer)
        headers = (answer.status_code, answer["Content-Type"], answer["X-Content-Type-Options"])
        assert headers == (200, "application/json", "nosniff")
        assert TRAP in answer.content.decode()


def test_a_table_holds_no_formula(here: Side) -> None:
    browser = confirmed(typed_in(here.owner))
    table = browser.get(setup_url(here, "audit/export.csv")).content.decode()
    cells = [cell for row in csv.reader(io.StringIO(table)) for cell in row]
    assert any(TRAP in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_the_snippet_is_a_link_and_a_sheet(here: Side) -> None:
    """It is pasted on other people's sites."""
    with tenancy.scope(here.id):
        point = EntryPoint.objects.get(pk=here.entry_point.pk)
        pasted = [snippet.snippet(point, size=size, panel=True) for size in snippet.Size]
    assert [found_in(each) for each in pasted] == [[]] * len(pasted)
    assert all(TRAP in each for each in pasted)


def test_the_qr_code_is_a_drawing_and_nothing_else(here: Side) -> None:
    answer = signed_in(here.owner).get(setup_url(here, f"entry-points/{here.entry_point.key}/qr.svg"))
    drawing = ElementTree.fromstring(answer.content)
    assert {each.tag.rpartition("}")[2] for each in drawing.iter()} <= {"svg", "path", "g"}


@pytest.mark.advisory("S8", "Zammad CVE-2018-1000154")
def test_a_mail_has_the_headers_it_was_given(here: Side) -> None:
    """The business's name and the inviter's stand in the subject."""
    browser = confirmed(typed_in(here.owner))
    for name in ("a\r\nBcc: victim@evil.example", POLYGLOT):
        User.objects.filter(pk=here.owner.pk).update(name=name)
        form = {"email": f"new{len(mail.outbox)}@example.com", "role": "agent"}
        browser.post(setup_url(here, "team/invite/"), form)
    for each in mail.outbox:
        sent = each.message()
        assert (sent["Bcc"], sent.get_content_type()) == (None, "text/plain")
    assert len(mail.outbox) == 2


@pytest.mark.advisory("S8", "CVE-2017-1000059")
def test_a_file_name_names_a_file(here: Side) -> None:
    """It stands in a header and on the page; direction marks would hide what kind of file it is."""
    with tenancy.scope(here.id):
        names = list(Attachment.objects.exclude(message=None).values_list("name", flat=True))
    assert len(names) > len(CORPUS)
    assert [name for name in names if set(name) & set("/\\\r\n\u202e\u2066\u200f")] == []
