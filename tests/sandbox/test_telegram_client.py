"""python-telegram-bot, which nobody here wrote, talks to the simulator and reads what it posts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from apps.core import tenancy
from apps.sandbox import accounts, phones, sounds, threads
from apps.sandbox.models import FaultKind, SandboxPost, SandboxThread
from apps.sandbox.telegram import hand
from tests.sandbox.player import Player
from tests.sandbox.said import picture
from tests.worlds import World

Asked = Callable[[Bot, int], Awaitable[Any]]


@pytest.fixture(autouse=True)
def _times_as_timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library will do by itself in its next version, and warns about until then."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
def player(committed_world: World, base_url: str) -> Player:
    found = Player(committed_world.filante, "telegram", base_url)
    found.says("Bonjour")
    return found


def ask(player: Player, question: Asked, *, token: str = "") -> Any:
    """What `question` gets from the simulator; it is handed a real client and the customer's chat id."""
    return asyncio.run(_ask(player, question, token or f"{player.account.key}:{player.account.secret}"))


async def _ask(player: Player, question: Asked, token: str) -> Any:
    base = f"{str(player.browser.base_url).rstrip('/')}/sandbox/telegram"
    request = HTTPXRequest(read_timeout=20)
    bot = Bot(token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot", request=request)
    async with bot:
        return await question(bot, int(player.thread.address))


def test_it_introduces_itself(player: Player) -> None:
    me = ask(player, lambda bot, chat: bot.get_me())
    assert (str(me.id), me.username, me.is_bot) == (player.account.key, player.account.address, True)


def test_it_keeps_the_webhook_it_was_given(player: Player) -> None:
    url = "https://shop.example:8443/hook"
    ask(player, lambda bot, chat: bot.set_webhook(url, secret_token="s-1", allowed_updates=["message"]))
    info = ask(player, lambda bot, chat: bot.get_webhook_info())
    assert (info.url, info.max_connections, info.allowed_updates) == (url, 40, ("message",))
    ask(player, lambda bot, chat: bot.delete_webhook())
    assert ask(player, lambda bot, chat: bot.get_webhook_info()).url == ""


def test_words_and_buttons_stand_on_the_phone(player: Player) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Oui", callback_data="y")]])
    sent = ask(player, lambda bot, chat: bot.send_message(chat, "Ça va ?", reply_markup=keys))
    shown = player.screen()[-1]
    assert (sent.text, str(sent.message_id), str(sent.chat.id)) == (
        "Ça va ?",
        shown.ref,
        player.thread.address,
    )
    assert (shown.text, shown.data["keyboard"]) == ("Ça va ?", [[{"text": "Oui", "callback_data": "y"}]])
    edit = ask(player, lambda bot, chat: bot.edit_message_text("Ça va bien ?", chat, sent.message_id))
    assert (edit.text, player.screen()[-1].text) == ("Ça va bien ?", "Ça va bien ?")


FILES: dict[str, tuple[Asked, bytes]] = {
    "photo": (lambda bot, chat: bot.send_photo(chat, picture("red"), caption="Voici"), picture("red")),
    "document": (lambda bot, chat: bot.send_document(chat, b"%PDF-1.7", filename="a.pdf"), b"%PDF-1.7"),
    "video": (lambda bot, chat: bot.send_video(chat, b"film"), b"film"),
    "audio": (lambda bot, chat: bot.send_audio(chat, b"song"), b"song"),
    "voice": (lambda bot, chat: bot.send_voice(chat, b"voice", duration=2), b"voice"),
}


@pytest.mark.parametrize("kind", FILES)
def test_files_come_back_as_they_went(player: Player, kind: str) -> None:
    question, content = FILES[kind]
    sent = getattr(ask(player, question), kind)
    file_id = (sent[-1] if kind == "photo" else sent).file_id

    async def fetch(bot: Bot, chat: int) -> bytes:
        return bytes(await (await bot.get_file(file_id)).download_as_bytearray())

    assert ask(player, fetch) == content == player.stored(player.screen()[-1])


def test_places_and_dots(player: Player) -> None:
    sent = ask(player, lambda bot, chat: bot.send_location(chat, 48.85, 2.29))
    assert (sent.location.latitude, player.screen()[-1].data["latitude"]) == (48.85, 48.85)
    assert ask(player, lambda bot, chat: bot.send_chat_action(chat, "typing")) is True
    assert "dots" in player.browser.get(f"/filante/sandbox/threads/{player.thread.pk}/").text


def test_a_venue_a_contact_and_an_album(player: Player) -> None:
    venue = ask(player, lambda bot, chat: bot.send_venue(chat, 48.85, 2.29, "Tour", "5 avenue Anatole"))
    assert (venue.venue.title, venue.venue.location.longitude) == ("Tour", 2.29)
    contact = ask(player, lambda bot, chat: bot.send_contact(chat, "+33102030405", "Zoé", "Martin"))
    assert (contact.contact.first_name, player.screen()[-1].text) == ("Zoé", "Zoé Martin")
    photos = [InputMediaPhoto(picture("red"), caption="Voici"), InputMediaPhoto(picture("teal"))]
    first, second = ask(player, lambda bot, chat: bot.send_media_group(chat, photos))
    assert (first.caption, first.media_group_id) == ("Voici", second.media_group_id)
    assert [player.stored(bubble) for bubble in player.screen()[-2:]] == [picture("red"), picture("teal")]


def test_a_keyboard_that_asks_where(player: Player) -> None:
    keys = ReplyKeyboardMarkup([[KeyboardButton("Ici", request_location=True)], ["Non"]])
    ask(player, lambda bot, chat: bot.send_message(chat, "Où ?", reply_markup=keys))
    asked = str(player.screen()[-1].pk)
    for tapped in ("Ici", "Non", "?"):
        player.does("answer", message=asked, option=tapped)
    assert [(bubble.kind, bubble.text) for bubble in player.screen()[-2:]] == [("place", ""), ("text", "Non")]


def test_a_tap_is_answered_once(player: Player) -> None:
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("Oui", callback_data="y")]])
    ask(player, lambda bot, chat: bot.send_message(chat, "Ça va ?", reply_markup=keys))
    player.does("answer", message=str(player.screen()[-1].pk), option="y")
    query = player.screen()[-1].data["query"]
    assert ask(player, lambda bot, chat: bot.answer_callback_query(query)) is True
    with pytest.raises(BadRequest, match="Query is too old"):
        ask(player, lambda bot, chat: bot.answer_callback_query(query))


NO = [
    ("unknown chat", lambda bot, chat: bot.send_message(1, "x"), BadRequest, "Chat not found"),
    ("no words", lambda bot, chat: bot.send_message(chat, "  "), BadRequest, "Message text is empty"),
    ("too long", lambda bot, chat: bot.send_message(chat, "x" * 4097), BadRequest, "Message is too long"),
    ("caption", lambda bot, chat: bot.send_photo(chat, b"x", "y" * 1025), BadRequest, "caption is too long"),
    ("no picture", lambda bot, chat: bot.send_photo(chat, b"x"), BadRequest, "Image_process_failed"),
    ("empty file", lambda bot, chat: bot.send_document(chat, b""), BadRequest, "File must be non-empty"),
    ("wrong id", lambda bot, chat: bot.get_file("nothing"), BadRequest, "Wrong file_id"),
    ("action", lambda bot, chat: bot.send_chat_action(chat, "dance"), BadRequest, "Wrong parameter action"),
    (
        "button data",
        lambda bot, chat: bot.send_message(
            chat, "x", reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "x" * 65}]]}
        ),
        BadRequest,
        "Button_data_invalid",
    ),
    (
        "button address",
        lambda bot, chat: bot.send_message(
            chat, "x", reply_markup={"inline_keyboard": [[{"text": "a", "url": "http://localhost/x"}]]}
        ),
        BadRequest,
        "Wrong HTTP URL",
    ),
    ("no address", lambda bot, chat: bot.send_venue(chat, 1, 2, "Tour", " "), BadRequest, "Address must be"),
    ("not on Earth", lambda bot, chat: bot.send_location(chat, 91, 2), BadRequest, "Wrong latitude"),
    ("nobody", lambda bot, chat: bot.send_contact(chat, "+331", " "), BadRequest, "First name must be"),
    (
        "album of one",
        lambda bot, chat: bot.send_media_group(chat, [InputMediaPhoto(picture("red"))]),
        BadRequest,
        "from 2 to 10",
    ),
    (
        "mixed album",
        lambda bot, chat: bot.send_media_group(
            chat, [InputMediaPhoto(picture("red")), InputMediaDocument(b"%PDF")]
        ),
        BadRequest,
        "can't be mixed",
    ),
    (
        "key without words",
        lambda bot, chat: bot.send_message(
            chat, "x", reply_markup={"keyboard": [[{"request_location": True}]]}
        ),
        BadRequest,
        "must be non-empty",
    ),
    (
        "secret",
        lambda bot, chat: bot.set_webhook("https://a.example", secret_token="é"),
        BadRequest,
        "unallowed",
    ),
    ("hook", lambda bot, chat: bot.set_webhook("ftp://a.example"), BadRequest, "Bad webhook"),
]


@pytest.mark.parametrize(("question", "error", "words"), [pytest.param(*row[1:], id=row[0]) for row in NO])
def test_it_refuses_as_telegram_does(
    player: Player, question: Asked, error: type[TelegramError], words: str
) -> None:
    with pytest.raises(error, match=f"(?i){words}"):
        ask(player, question)
    assert player.heard() == []


def test_it_refuses_who_has_no_business_here(player: Player) -> None:
    with pytest.raises(InvalidToken):
        ask(player, lambda bot, chat: bot.get_me(), token=f"{player.account.key}:{'x' * 35}")
    with pytest.raises(InvalidToken):
        ask(player, lambda bot, chat: bot.get_me(), token="nonsense")


def test_a_blocked_bot_and_a_busy_server(player: Player) -> None:
    player.switch(FaultKind.THROTTLE)
    with pytest.raises(RetryAfter) as told:
        ask(player, lambda bot, chat: bot.send_message(chat, "x"))
    assert 28 <= told.value.retry_after.total_seconds() <= 31
    player.switch(FaultKind.THROTTLE, on=False)
    player.does("leave")
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        ask(player, lambda bot, chat: bot.send_message(chat, "x"))


# What the phone posts --------------------------------------------------------------------------------


@pytest.fixture
def thread(world: World) -> Any:
    """A conversation whose webhooks stay where they are."""
    with tenancy.scope(world.filante.id):
        account = accounts.ensure_account("telegram")
        account.webhook_url = "https://shop.example/hook"
        account.save()
        found: SandboxThread = phones.thread_of(phones.new_phone(name="Nour"), account)
        found.tag = "adsl"
        found.save()
        yield threads.locked(found.pk)


def posted() -> list[Update]:
    bodies = [json.loads(bytes(post.body)) for post in SandboxPost.objects.order_by("id")]
    updates = [Update.de_json(body, None) for body in bodies]
    assert [update.update_id for update in updates] == list(range(1, len(updates) + 1))
    assert all(not update.api_kwargs for update in updates)
    return updates


def test_start_carries_the_tag(thread: SandboxThread) -> None:
    hand.say(thread, "Bonjour")
    start, words = (update.message for update in posted())
    assert (start.text, start.entities[0].type, words.text) == ("/start adsl", "bot_command", "Bonjour")
    assert (str(words.chat.id), words.from_user.language_code, words.chat.type) == (
        thread.address,
        "fr",
        "private",
    )


def test_every_kind_of_message_is_understood(thread: SandboxThread) -> None:
    hand.start(thread)
    hand.send_file(thread, BytesIO(picture("navy")), name="a.png", mime="image/png")
    hand.send_file(thread, BytesIO(b"%PDF"), name="a.pdf", mime="application/pdf")
    hand.send_voice(thread)
    hand.send_place(thread, 48.85, 2.29)
    _start, photo, document, voice, place = (update.message for update in posted())
    assert [size.width for size in photo.photo] == [90, 320]
    assert (document.document.file_name, document.document.file_size) == ("a.pdf", 4)
    assert (voice.voice.mime_type, voice.voice.duration) == ("audio/ogg", timedelta(seconds=sounds.SECONDS))
    assert (place.location.latitude, place.location.longitude) == (48.85, 2.29)


def test_edits_taps_and_leaving_are_understood(thread: SandboxThread) -> None:
    hand.say(thread, "Bonjor")
    said = thread.messages.get(text="Bonjor")
    hand.edit(said, "Bonjour")
    keyboard = [[{"text": "Oui", "callback_data": "y"}]]
    card = threads.show(thread, mine=False, kind="text", text="Ça va ?", data={"keyboard": keyboard})
    hand.answer(card, ["y"])
    hand.leave(thread)
    hand.come_back(thread)
    edited, tap, blocked, back = posted()[2:]
    assert (edited.edited_message.text, edited.edited_message.message_id) == ("Bonjour", said.number)
    assert (tap.callback_query.data, tap.callback_query.message.message_id) == ("y", card.number)
    assert (blocked.my_chat_member.new_chat_member.status, back.my_chat_member.new_chat_member.status) == (
        "kicked",
        "member",
    )
