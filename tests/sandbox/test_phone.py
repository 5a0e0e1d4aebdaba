"""The phone page from the first visit on, as somebody without any credentials meets it."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from django.test import Client

from apps.connections.models import Channel
from apps.core import tenancy
from apps.sandbox import accounts, phones, simulators, threads
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxFault, SandboxPhone, SandboxThread
from tests.sandbox.player import browser
from tests.worlds import World, signed_in

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture
def alice(world: World) -> Client:
    return signed_in(world.filante.owner)


@pytest.fixture
def phone(world: World) -> SandboxPhone:
    with tenancy.scope(world.filante.id):
        return phones.ensure_phone()


def test_from_nothing_to_two_live_channels(committed_world: World, base_url: str) -> None:
    alice = browser(committed_world.filante.owner, base_url)

    def press(page: str, action: str) -> str:
        found = TOKEN.search(page)
        assert found and f'action="{action}"' in page
        return alice.post(
            action,
            data={"csrfmiddlewaretoken": found[1]},
            headers={"Origin": base_url},
            follow_redirects=True,
        ).text

    page = press(alice.get("/filante/sandbox/").text, "/filante/sandbox/new/")
    with tenancy.scope(committed_world.filante.id):
        made = list(SandboxAccount.objects.order_by("created_at"))
    for account in made:
        page = press(page, f"/filante/sandbox/accounts/{account.pk}/connect/")
    assert "/connect/" not in page
    with tenancy.scope(committed_world.filante.id):
        live = Channel.objects.exclude(platform="webchat").values_list("platform", "state", "address")
        assert sorted(live) == sorted((a.platform, "live", a.address) for a in made)


def test_what_the_phone_is_can_be_changed(alice: Client, phone: SandboxPhone, world: World) -> None:
    device = f"/filante/sandbox/customers/{phone.pk}/device/"
    for change in (
        {"locale": "ar-MA"},
        {"capability": "LIST"},
        {"capability": "FORM", "on": "on"},
        {"network": "off", "on": "on"},
    ):
        assert alice.post(device, change).status_code == 302
    for nonsense in ({"locale": "xx"}, {"capability": "DANCE"}):
        assert alice.post(device, nonsense).status_code == 404
    with tenancy.scope(world.filante.id):
        phone.refresh_from_db()
    assert (phone.locale, phone.capabilities, bool(phone.offline_since)) == (
        "ar-MA",
        ["TIME", "QUICK", "FORM"],
        True,
    )


def test_one_network_at_a_time_when_there_are_many(alice: Client, phone: SandboxPhone, world: World) -> None:
    """The one where something was last said; ?on= another, or all; what is pressed comes back to it."""

    def shown(query: str = "") -> list[str]:
        page = alice.get(f"/filante/sandbox/customers/{phone.pk}/{query}").content.decode()
        return re.findall(r"<figcaption>.*?<b>([^<]+)</b>", page)

    assert shown() == ["Apple Messages for Business", "Telegram"]
    alice.post("/filante/sandbox/add/viber/", {"phone": str(phone.pk)})
    assert shown() == ["Viber"]
    with tenancy.scope(world.filante.id):
        apple = phones.threads_of(phone)[0]
        threads.show(threads.locked(apple.pk), mine=False, kind="text", text="Bonjour")
    assert shown() == ["Apple Messages for Business"]
    assert shown("?on=telegram") == ["Telegram"]
    assert shown("?on=all") == ["Apple Messages for Business", "Telegram", "Viber"]
    assert shown("?on=nonsense") == shown()
    changed = alice.post(
        f"/filante/sandbox/customers/{phone.pk}/device/", {"locale": "en-GB", "shown": "telegram"}
    )
    assert changed["Location"].endswith(f"{phone.pk}/?on=telegram")


def test_troubles_are_switched_on_and_off(alice: Client, phone: SandboxPhone, world: World) -> None:
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("telegram")
    for kind in FaultKind.values:
        switch = f"/filante/sandbox/accounts/{account.pk}/faults/{kind}/"
        assert alice.post(switch, {"on": "on", "phone": str(phone.pk)}).status_code == 302
        with tenancy.scope(world.filante.id):
            assert [fault.kind for fault in SandboxFault.objects.all()] == [kind]
        alice.post(switch)
    assert (
        alice.post(f"/filante/sandbox/accounts/{account.pk}/faults/dance/", {"on": "on"}).status_code == 404
    )


def test_the_screen_is_only_sent_when_it_changed(alice: Client, phone: SandboxPhone, world: World) -> None:
    with tenancy.scope(world.filante.id):
        thread: SandboxThread = phones.threads_of(phone)[0]
    screen = f"/filante/sandbox/threads/{thread.pk}/"
    stamp = re.search(r"stamp=([\d-]+)", alice.get(screen).content.decode())
    assert stamp and alice.get(f"{screen}?stamp={stamp[1]}").status_code == 204
    alice.post(f"{screen}say/", {"text": "Bonjour <b>vous</b>"})
    fresh = alice.get(f"{screen}?stamp={stamp[1]}")
    assert (fresh.status_code, "Bonjour &lt;b&gt;vous&lt;/b&gt;" in fresh.content.decode()) == (200, True)


def test_without_a_network_nothing_new_shows(alice: Client, phone: SandboxPhone, world: World) -> None:
    with tenancy.scope(world.filante.id):
        thread = phones.threads_of(phone)[0]
        phones.set_offline(phone, on=True)
        threads.show(threads.locked(thread.pk), mine=False, kind="text", text="Êtes-vous là ?")
    screen = f"/filante/sandbox/threads/{thread.pk}/"
    assert "Êtes-vous là" not in alice.get(screen).content.decode()
    alice.post(f"/filante/sandbox/customers/{phone.pk}/device/", {"network": "off"})
    assert "Êtes-vous là" in alice.get(screen).content.decode()


def test_files_on_the_phone_can_do_nothing(alice: Client, phone: SandboxPhone, world: World) -> None:
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("telegram")
        thread = threads.locked(phones.thread_of(phone, account).pk)
        hand = simulators.of(account).hand
        hand.send_file(thread, BytesIO(b"<script>1</script>"), name="a.html", mime="text/html")
        file = thread.messages.get(kind="file").file
    answer = alice.get(f"/filante/sandbox/files/{file.pk}/")
    kept = {name: answer[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")}
    assert kept == {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": 'attachment; filename="a.html"',
        "X-Content-Type-Options": "nosniff",
    }
    assert "sandbox" in answer["Content-Security-Policy"]


def test_the_demonstration_site_shows_the_snippets(alice: Client, world: World) -> None:
    page = alice.get("/filante/sandbox/site/").content.decode()
    point = world.filante.entry_point
    assert (page.count('class="cpt-mb"'), f"/e/{point.key}/" in page, "loader.js" in page) == (1, True, False)
    with_panel = alice.get("/filante/sandbox/site/?panel=1").content.decode()
    assert f'data-key="{point.key}"' in with_panel


@pytest.mark.parametrize(
    ("slug", "words"),
    [
        ("apple_messages", "sees neither your name nor your number."),
        ("sms", "to begin the conversation."),
        ("email", "to begin the conversation."),
        ("messenger", "Press Start to begin the conversation."),
    ],
)
def test_an_empty_screen_promises_what_is_so(
    alice: Client, phone: SandboxPhone, world: World, slug: str, words: str
) -> None:
    """A business that is called or mailed knows who calls."""
    with tenancy.scope(world.filante.id):
        accounts.ensure_account(slug)
    page = alice.get(f"/filante/sandbox/customers/{phone.pk}/?on={slug}").text
    assert words in page
    assert ("sees neither" in page) is (slug == "apple_messages")
