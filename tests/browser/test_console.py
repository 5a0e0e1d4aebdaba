"""The agents' console in a real browser, against the real web process and worker."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from apps.connections.models import Channel
from apps.conversations.assign import assign
from apps.conversations.models import ContactAddress, Message
from apps.conversations.receive import receive
from apps.core import tenancy
from apps.platforms.events import ContactLeft, Event
from apps.tenants.models import User
from tests.chromium import launched
from tests.service import Service
from tests.worlds import Side, World, said, signed_in

pytestmark = pytest.mark.browser


@dataclass(slots=True)
class Desk:
    """A tenant's people at their browsers, and its customer."""

    side: Side
    base: str
    browser: Browser
    open_contexts: list[BrowserContext]

    def sit(self, user: User, path: str = "", **options: object) -> Page:
        """`user`'s console at `path` under the inbox; the test fails on any error that the page reports."""
        wide = {"viewport": {"width": 1440, "height": 900}}
        context = self.browser.new_context(base_url=self.base, **{**wide, **options})  # type: ignore[arg-type]
        cookie = signed_in(user).cookies["s"].value
        context.add_cookies([{"name": "s", "value": cookie, "url": self.base}])
        self.open_contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(f"page error: {error}"))
        page.on("console", lambda message: _no_violation(message.text))
        page.goto(f"/{self.side.slug}/inbox/{path}")
        return page

    def thread(self, user: User | None = None, **options: object) -> Page:
        """The one conversation, live."""
        page = self.sit(user or self.side.agent, f"all/{self.side.conversation.pk}/", **options)
        expect(page.locator("html")).to_have_attribute("data-live", "live")
        return page

    def customer(self, words: str) -> None:
        self.happens(said(words, to=self.side.channel.address, tag="adsl"))

    def leaves(self) -> None:
        to, at = self.side.channel.address, datetime.now(UTC)
        self.happens(ContactLeft(to=to, address="visitor-1", ref="left", at=at, reason="deleted"))

    def happens(self, event: Event) -> None:
        with tenancy.scope(self.side.id):
            receive(self.side.channel, event)

    def said(self) -> list[str]:
        with tenancy.scope(self.side.id):
            return list(Message.objects.filter(direction="out").values_list("text", flat=True))


def _no_violation(text: str) -> None:
    if "Content Security Policy" in text:
        pytest.fail(text)


@pytest.fixture
def desk(committed_world: World, service: Service) -> Iterator[Desk]:
    with launched() as browser:
        yield Desk(committed_world.filante, service.url, browser, [])


def _slow_until(act: Callable[[], None]) -> Callable[[Route], None]:
    """Let somebody else be first: `act`, then a moment, then the request goes on."""

    def hold(route: Route) -> None:
        act()
        time.sleep(1)
        route.continue_()

    return hold


def type_and_send(page: Page, words: str) -> None:
    page.fill("#body", words)
    page.press("#body", "Control+Enter")


def test_a_conversation_both_ways_without_loading_the_page(desk: Desk) -> None:
    page = desk.thread()
    type_and_send(page, "Bonjour, un instant")
    expect(
        page.locator("#timeline .turn--out:not(.is-pending)", has_text="Bonjour, un instant")
    ).to_have_count(1)
    expect(page.locator(".turn--out .status").last).to_contain_text("Accepted by Web chat")
    desk.customer("Merci beaucoup")
    expect(page.locator("#timeline .turn--in", has_text="Merci beaucoup")).to_have_count(1)
    expect(page.locator("#conversation-list .last")).to_contain_text("Merci beaucoup")
    expect(page.locator("#timeline .bubble")).to_have_count(3)
    assert page.locator("#composer textarea").input_value() == ""


def test_a_lost_answer_and_a_double_click_make_one_message(desk: Desk) -> None:
    page = desk.thread()
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.url)
        route.fetch()
        route.abort()

    page.route("**/messages/", lose, times=1)
    page.fill("#body", "Une seule fois")
    page.dblclick(".send-reply")
    expect(page.locator("#timeline .turn--out", has_text="Une seule fois")).to_have_count(1)
    expect(page.locator(".is-pending")).to_have_count(0)
    assert (len(lost), desk.said()) == (1, ["Une seule fois"])


def test_words_that_never_arrived_wait_for_another_try(desk: Desk) -> None:
    page = desk.thread()
    page.route("**/messages/", lambda route: route.abort())
    type_and_send(page, "Pas encore partie")
    expect(page.locator(".is-pending .status")).to_contain_text("The answer was lost")
    page.unroute("**/messages/")
    page.reload()
    page.click(".is-pending button")
    expect(page.locator("#timeline .turn--out:not(.is-pending)", has_text="Pas encore partie")).to_have_count(
        1
    )
    assert desk.said() == ["Pas encore partie"]


def test_refused_words_come_back_with_the_reason(desk: Desk) -> None:
    bob, alice = desk.thread(), desk.thread(desk.side.owner)
    bob.route("**/messages/", _slow_until(lambda: type_and_send(alice, "Alice fut plus rapide")))
    type_and_send(bob, "Trop tard")
    expect(bob.locator("#composer .lock")).to_contain_text("Alice is answering")
    expect(bob.locator("#timeline .bubble", has_text="Trop tard")).to_have_count(0)
    assert desk.said() == ["Alice fut plus rapide"]
    with tenancy.scope(desk.side.id):
        assign(desk.side.conversation.pk, desk.side.agent_membership, by=desk.side.agent_membership)
    expect(bob.locator("#composer .lock")).to_have_count(0)
    expect(bob.locator("#body")).to_have_value("Trop tard")


def test_a_note_looks_like_nothing_else_and_stays_inside(desk: Desk) -> None:
    page = desk.thread()
    page.keyboard.press("i")
    expect(page.locator(".send-note")).to_be_visible()
    expect(page.locator(".send-reply")).to_be_hidden()
    type_and_send(page, "Client difficile")
    expect(page.locator("#timeline .note", has_text="Client difficile")).to_have_count(1)
    assert desk.said() == []


def test_a_draft_survives_a_reload(desk: Desk) -> None:
    page = desk.thread()
    page.fill("#body", "Je cherche encore")
    page.reload()
    expect(page.locator("#body")).to_have_value("Je cherche encore")


def test_the_composer_shuts_when_the_customer_leaves_and_opens_when_they_write(desk: Desk) -> None:
    page = desk.thread()
    desk.leaves()
    expect(page.locator("#composer .lock")).to_contain_text("This customer ended the conversation")
    expect(page.locator(".send-reply")).to_have_count(0)
    desk.customer("Finalement, si")
    expect(page.locator("#composer .lock")).to_have_count(0)
    type_and_send(page, "Ravi de vous revoir")
    expect(
        page.locator("#timeline .turn--out:not(.is-pending)", has_text="Ravi de vous revoir")
    ).to_have_count(1)


def test_one_holds_the_other_sees_it_and_may_take_over(desk: Desk) -> None:
    bob, alice = desk.thread(), desk.thread(desk.side.owner)
    type_and_send(bob, "Je m’en occupe")
    expect(alice.locator("#composer .lock")).to_contain_text("Bob is answering")
    alice.locator("#composer .lock button").click()
    expect(bob.locator("#composer .lock")).to_contain_text("Alice is answering")


def test_g_takes_the_conversation_and_then_what_another_program_holds(desk: Desk) -> None:
    """First what the head offers under this key, a colleague's place; what the reply box offers is next."""
    with tenancy.scope(desk.side.id):
        Channel.objects.filter(pk=desk.side.channel.pk).update(platform="messenger")
        ContactAddress.objects.update(thread_owner="Page inbox")
    page = desk.thread()
    expect(page.locator("#composer .lock")).to_contain_text("Another program answers this customer")
    with page.expect_request("**/assignment/") as taken:
        page.keyboard.press("g")
    assert taken.value.method == "POST"
    expect(page.locator("#thread-head")).to_contain_text("with you")
    expect(page.locator("#composer").get_by_role("button", name="Take over")).to_be_visible()
    with page.expect_request("**/thread/") as asked:
        page.keyboard.press("g")
    assert asked.value.method == "POST"


def test_files_go_up_and_show(desk: Desk) -> None:
    page = desk.thread()
    picture = io.BytesIO()
    Image.new("RGB", (320, 200), "teal").save(picture, "PNG")
    files = [{"name": "box.png", "mimeType": "image/png", "buffer": picture.getvalue()}]
    page.set_input_files("input[type=file]", files)  # type: ignore[arg-type]
    expect(page.locator(".att", has_text="box.png")).to_have_count(1)
    type_and_send(page, "Votre box")
    shown = page.locator("#timeline .turn--out:not(.is-pending) img")
    expect(shown).to_have_count(1)
    expect(shown).to_have_js_property("naturalWidth", 320)


def test_files_keep_the_order_they_were_chosen_in(desk: Desk) -> None:
    page = desk.thread()
    going: list[Route] = []
    page.route("**/uploads/", lambda route: going.append(route))
    names = ["first.txt", "second.txt"]
    files = [{"name": name, "mimeType": "text/plain", "buffer": name.encode()} for name in names]
    page.set_input_files("input[type=file]", files)  # type: ignore[arg-type]
    expect(page.locator(".att progress")).to_have_count(2)
    going[1].continue_()
    expect(page.locator(".att progress")).to_have_count(1)
    going[0].continue_()
    expect(page.locator(".att progress")).to_have_count(0)
    type_and_send(page, "Deux fichiers")
    expect(page.locator("#timeline .turn--out:not(.is-pending) .file")).to_contain_text(names)


def test_quick_replies_are_built_and_shown(desk: Desk) -> None:
    page = desk.thread()
    page.click("#composer [data-opens='quick-replies']", strict=True)
    expect(page.locator("#quick-replies [name=prompt]")).to_be_focused()
    page.fill("#quick-replies [name=prompt]", "Le voyant est orange ?")
    page.locator("#quick-replies [name=reply]").nth(0).fill("Oui")
    page.locator("#quick-replies [name=reply]").nth(1).fill("Non")
    page.click("#quick-replies footer .btn--primary")
    expect(page.locator("#timeline .rich", has_text="Le voyant est orange ?")).to_have_count(1)
    expect(page.locator("#timeline .rich .q")).to_have_text(["Oui", "Non"])


def test_the_keyboard_is_enough(desk: Desk) -> None:
    page = desk.sit(desk.side.agent, "unassigned/")
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/unassigned/*/")
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    page.keyboard.press("r")
    page.keyboard.type("Tout au clavier")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#timeline .turn--out:not(.is-pending)", has_text="Tout au clavier")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys dialog")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator("#transfer select")).to_be_focused()
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement === document.body")
    page.keyboard.press("e")
    page.wait_for_url("**/inbox/unassigned/")


def test_single_keys_can_be_switched_off(desk: Desk) -> None:
    User.objects.filter(pk=desk.side.agent.pk).update(single_keys=False)
    page = desk.thread()
    page.keyboard.press("?")
    page.keyboard.press("t")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("F6")
    assert page.evaluate("document.activeElement !== document.body")


def test_on_a_phone_one_pane_at_a_time(desk: Desk) -> None:
    page = desk.sit(desk.side.agent, "all/", viewport={"width": 390, "height": 844})
    panes: Callable[[], list[bool]] = lambda: [  # noqa: E731
        page.locator(pane).is_visible() for pane in (".list", ".thread", ".facts", ".tabs")
    ]
    assert panes() == [True, False, False, True]
    page.click(".conv")
    page.wait_for_url("**/all/*/")
    assert panes() == [False, True, False, False]
    page.click(".who-button")
    assert panes() == [False, False, True, False]
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 390


def test_without_script_everything_is_a_form(desk: Desk) -> None:
    page = desk.sit(desk.side.agent, f"all/{desk.side.conversation.pk}/", java_script_enabled=False)
    page.fill("#body", "Sans script")
    page.click(".send-reply")
    expect(page.locator("#timeline .bubble", has_text="Sans script")).to_have_count(1)
    page.locator("#holder button", has_text="Put back into the queue").click()
    expect(page.locator("#holder")).to_contain_text("Nobody yet")
    page.locator("#facts form[action$='/assignment/'] button").click()
    expect(page.locator("#holder")).to_contain_text("Bob (you)")
    assert desk.said() == ["Sans script"]
