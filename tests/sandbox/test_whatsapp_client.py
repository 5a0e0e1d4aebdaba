"""The Cloud API simulator, driven by pywa: a client that was not written by us and talks to the real one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone
from pywa import WhatsApp, errors, types
from pywa.types.templates import BodyText, HeaderImage, TemplateLanguage

from apps.core import tenancy
from apps.sandbox import accounts, phones, threads
from apps.sandbox.models import FaultKind, SandboxPost, SandboxThread
from apps.sandbox.whatsapp import hand, sending, templates
from tests.sandbox.player import Player
from tests.worlds import World

GRAPH = "https://graph.facebook.com/"


class Redirected(httpx.HTTPTransport):
    """Every call of the client goes to the simulator instead of Meta."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = str(request.url)
        if url.startswith(GRAPH):
            request.url = httpx.URL(url.replace(GRAPH, f"{self._base}/", 1))
            request.headers["host"] = request.url.netloc.decode()
        return super().handle_request(request)


def client(given: dict[str, str]) -> WhatsApp:
    session = httpx.Client(transport=Redirected(given["base_url"]), timeout=30)
    return WhatsApp(
        phone_id=given["phone_number_id"],
        token=given["token"],
        waba_id=given["waba_id"],
        session=session,
        server=None,
    )


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    player = Player(committed_world.filante, "whatsapp", base_url)
    player.says("Bonjour")
    return player


@pytest.fixture
def wa(player: Player) -> WhatsApp:
    with tenancy.scope(player.side.id):
        return client(accounts.credentials(player.account))


def test_words_buttons_and_lists_stand_on_the_phone(player: Player, wa: WhatsApp) -> None:
    to, number = player.thread.address, str(player.thread.phone.number)
    assert wa.send_message(number, "Bonjour").id == player.screen()[-1].ref
    wa.send_message(to, "Ça va ?", buttons=[types.Button("Oui", "y"), types.Button("Non", "n")])
    rows = [types.SectionRow("Orange", "a", "fixe"), types.SectionRow("Vert", "b")]
    wa.send_message(to, "Le voyant", buttons=types.SectionList("Choisir", [types.Section("Box", rows)]))
    wa.send_message(to, "Suivi", buttons=types.URLButton("Ouvrir", "https://shop.example/"))
    wa.send_location(to, 48.85, 2.29, name="Tour")
    text, buttons, listed, link, place = player.screen()[1:]
    assert (text.text, [o["id"] for o in buttons.data["options"]]) == ("Bonjour", ["y", "n"])
    assert [(o["id"], o["subtitle"]) for o in listed.data["options"]] == [("a", "fixe"), ("b", "")]
    assert (link.data["url"], place.data["latitude"]) == ("https://shop.example/", 48.85)


def test_files_come_back_as_they_went(player: Player, wa: WhatsApp, tmp_path: Path) -> None:
    player.does("file", file=("a.pdf", b"%PDF-1.7", "application/pdf"))
    stored = player.screen()[-1].file
    assert stored is not None
    found = wa.get_media_url(stored.key)
    assert (wa.get_media_bytes(found.url), found.mime_type) == (b"%PDF-1.7", "application/pdf")
    bare = httpx.get(found.url)
    assert bare.status_code == 401
    wa.send_document(player.thread.address, b"%PDF-1.8", filename="b.pdf", mime_type="application/pdf")
    assert player.stored(player.screen()[-1]) == b"%PDF-1.8"
    wa.delete_media(stored.key)
    with pytest.raises(errors.WhatsAppError):
        wa.get_media_url(stored.key)


def test_templates_are_listed_and_sent_after_the_window(player: Player, wa: WhatsApp) -> None:
    assert [t.name for t in wa.get_templates()] == [row["name"] for row in templates.USUAL]
    _close(player)
    to = player.thread.address
    with pytest.raises(errors.ReEngagementMessage):
        wa.send_message(to, "Bonjour")
    body = [BodyText.params("Ana", "#12")]
    wa.send_template(to, "order_update", TemplateLanguage.ENGLISH_US, params=body)
    named = [BodyText.params(name="Ana")]
    wa.send_template(to, "rappel", TemplateLanguage.FRENCH, params=named)
    assert player.heard() == [
        "Hello Ana, your order #12 is on its way.",
        "Bonjour Ana, votre technicien passe demain.",
    ]


def test_ticks_dots_and_starters(player: Player, wa: WhatsApp) -> None:
    said = player.screen()[0]
    assert wa.mark_message_as_read(said.ref).success
    assert wa.indicate_typing(said.ref).success
    assert "dots" in player.browser.get(f"/filante/sandbox/threads/{player.thread.pk}/").text
    assert player.screen()[0].data["seen"] is True


Asked = Callable[[WhatsApp, str], Any]
NO: dict[str, tuple[Asked, int]] = {
    "nobody": (lambda wa, to: wa.send_message("33999", "x"), 131026),
    "too long": (lambda wa, to: wa.send_message(to, "x" * 4097), 131009),
    "no words": (lambda wa, to: wa.send_message(to, " "), 131008),
    "four buttons": (
        lambda wa, to: wa.send_message(to, "x", buttons=[types.Button(f"{n}", f"{n}") for n in range(4)]),
        131009,
    ),
    "the same twice": (
        lambda wa, to: wa.send_message(to, "x", buttons=[types.Button("a", "1"), types.Button("a", "2")]),
        131009,
    ),
    "long title": (lambda wa, to: wa.send_message(to, "x", buttons=[types.Button("a" * 21, "1")]), 131009),
    "no address": (
        lambda wa, to: wa.send_message(to, "x", buttons=types.URLButton("a", "javascript:x")),
        131009,
    ),
    "unknown template": (lambda wa, to: wa.send_template(to, "none", TemplateLanguage.FRENCH, []), 132001),
    "paused template": (lambda wa, to: wa.send_template(to, "solde", TemplateLanguage.FRENCH, []), 132015),
    "too few parameters": (
        lambda wa, to: wa.send_template(to, "rappel", TemplateLanguage.FRENCH, []),
        132000,
    ),
    "no place above it": (
        lambda wa, to: wa.send_template(
            to, "rendez_vous", TemplateLanguage.FRENCH, [BodyText.params("a", "b")]
        ),
        132012,
    ),
    "no code to copy": (
        lambda wa, to: wa.send_template(
            to,
            "remise",
            TemplateLanguage.FRENCH,
            [HeaderImage.params(image=b"x", mime_type="image/png"), BodyText.params("a")],
        ),
        132012,
    ),
    "no slides": (
        lambda wa, to: wa.send_template(to, "vitrine", TemplateLanguage.FRENCH, [BodyText.params("a")]),
        132018,
    ),
    "unknown file": (lambda wa, to: wa.send_image(to, "123456"), 100),
    "wrong kind of file": (
        lambda wa, to: wa.send_image(to, b"x", mime_type="image/gif"),
        131053,
    ),
    "not ours to read": (lambda wa, to: wa.mark_message_as_read("wamid.none"), 131009),
}


@pytest.mark.parametrize(("asked", "code"), NO.values(), ids=NO.keys())
def test_it_refuses_as_meta_does(player: Player, wa: WhatsApp, asked: Asked, code: int) -> None:
    with pytest.raises(errors.WhatsAppError) as told:
        asked(wa, player.thread.address)
    assert (told.value.code, player.heard()) == (code, [])


def test_it_counts_what_one_customer_gets(player: Player, wa: WhatsApp) -> None:
    """A burst, then one in six seconds; here two are left of the burst."""
    now = timezone.now().isoformat()
    with tenancy.scope(player.side.id):
        data = {"heard_at": now, "pair": [2, now]}
        SandboxThread.objects.filter(pk=player.thread.pk).update(data=data)
    for text in ("one", "two"):
        wa.send_message(player.thread.address, text)
    with pytest.raises(errors.TooManyMessages):
        wa.send_message(player.thread.address, "three")
    assert player.heard() == ["one", "two"]


def test_a_busy_number_and_a_revoked_token(player: Player, wa: WhatsApp) -> None:
    player.switch(FaultKind.THROTTLE)
    with pytest.raises(errors.WhatsAppError) as told:
        wa.send_message(player.thread.address, "x")
    assert told.value.code == 130429
    with tenancy.scope(player.side.id):
        given = accounts.credentials(player.account)
    with pytest.raises(errors.WhatsAppError) as told:
        client({**given, "token": given["token"][:-1] + "!"}).send_message(player.thread.address, "x")
    assert told.value.code == 190


def _close(player: Player) -> None:
    with tenancy.scope(player.side.id):
        SandboxThread.objects.filter(pk=player.thread.pk).update(data={})


# What the phone posts --------------------------------------------------------------------------------


@pytest.fixture
def thread(world: World) -> Iterator[SandboxThread]:
    """A conversation whose webhooks stay where they are."""
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("whatsapp")
        found = phones.thread_of(phones.new_phone(name="Nour"), account)
        found.tag, found.group = "adsl", "box"
        found.save()
        yield threads.locked(found.pk)


def heard() -> list[Any]:
    """Every waiting webhook as pywa understands it."""
    wa = WhatsApp(phone_id="1", token="x", server=None, filter_updates=False)
    found: list[Any] = []
    every = (
        *(wa.on_message, wa.on_message_status, wa.on_callback_button, wa.on_callback_selection),
        *(wa.on_edited_message, wa.on_deleted_message),
    )
    for register in every:
        register()(lambda _, update: found.append(update))
    for post in SandboxPost.objects.order_by("id"):
        assert wa.webhook_update_handler(bytes(post.body))[1] == 200
    assert len(found) == SandboxPost.objects.count()
    return found


def test_every_gesture_is_understood(thread: SandboxThread) -> None:
    hand.say(thread, "Bonjour")
    hand.send_file(thread, BytesIO(b"\x89PNG"), name="a.png", mime="image/png")
    hand.send_file(thread, BytesIO(b"%PDF"), name="a.pdf", mime="application/pdf")
    hand.send_voice(thread)
    hand.send_place(thread, 48.85, 2.29)
    words, photo, document, voice, place = heard()
    assert (words.text, words.from_user.bsuid) == ("Bonjour [#adsl/box]", thread.address)
    assert (photo.image.mime_type, document.document.filename) == ("image/png", "a.pdf")
    assert (voice.audio.voice, place.location.latitude) == (True, 48.85)


def test_taps_ticks_edits_and_reactions_are_understood(thread: SandboxThread) -> None:
    hand.say(thread, "Bonjour")
    said = thread.messages.get()
    options = [{"id": "y", "title": "Oui"}]
    data = {"as": "button", "options": options, "tracker": "ours"}
    card = threads.show(thread, mine=False, kind="choices", text="?", data=data, ref=sending.new_ref())
    hand.answer(card, ["y"])
    hand.react(card, "👍")
    hand.edit(said, "Bonsoir")
    hand.withdraw(said)
    _words, read, tap, reaction, edited, deleted = heard()
    assert (read.status.value, read.tracker, read.id) == ("read", "ours", card.ref)
    assert (tap.data, tap.title, tap.reply_to_message.id) == ("y", "Oui", card.ref)
    assert (reaction.reaction.emoji, reaction.reaction.message_id) == ("👍", card.ref)
    assert (type(edited).__name__, type(deleted).__name__) == ("EditedMessage", "DeletedMessage")


def test_who_hides_the_number_has_none_in_any_webhook(thread: SandboxThread) -> None:
    thread.account.data["usernames"] = True
    hand.say(thread, "hola")
    (post,) = SandboxPost.objects.all()
    value = json.loads(bytes(post.body))["entry"][0]["changes"][0]["value"]
    assert ("from" in value["messages"][0], "wa_id" in value["contacts"][0]) == (False, False)
    assert str(thread.phone.number) not in json.dumps({**value, "contacts": []})
