"""One part of a message to what `POST /{number}/messages` takes; files are uploaded before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO

from apps.core.http import FilePart, Http
from apps.platforms.base import (
    Credentials,
    Greeting,
    MediaFile,
    Outgoing,
    Part,
    Rejected,
    TemplateUse,
    Unknown,
    Unreachable,
)
from apps.platforms.events import MediaRef
from apps.platforms.shared import card_pictures, graph
from apps.platforms.whatsapp import cards, people, templates
from apps.platforms.whatsapp.account import account, number
from apps.platforms.whatsapp.files import WITHOUT_WORDS, kind_of

STARTERS, STARTER = 4, 80  # not documented: how many questions to tap, and how long

Json = dict[str, Any]


async def send(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """Send one part; its wamid. Raises SendError and nothing else."""
    ours, caller = number(creds)
    body = {**_about(outgoing), **await _content(outgoing, creds, http)}
    sent = await graph.call("POST", f"{ours}/messages", caller, http, json=body)
    found = sent.get("messages")
    ref = found[0].get("id") if isinstance(found, list) and found and isinstance(found[0], dict) else None
    if not isinstance(ref, str) or not ref:
        raise Unknown("the answer names no message")
    return ref


async def mark_read(ref: str, creds: Credentials, http: Http, *, typing: bool = False) -> None:
    """Blue ticks at their message; with `typing` also the sign that somebody answers it."""
    body: Json = {"messaging_product": "whatsapp", "status": "read", "message_id": ref}
    if typing:
        body["typing_indicator"] = {"type": "text"}
    ours, caller = number(creds)
    await graph.call("POST", f"{ours}/messages", caller, http, json=body)


async def greet(greeting: Greeting, creds: Credentials, http: Http) -> None:
    """The first four questions to tap; what is said before is not WhatsApp's to show."""
    prompts = [words[:STARTER] for words in greeting.starters[:STARTERS]]
    ours, caller = number(creds)
    path = f"{ours}/conversational_automation"
    await graph.certainly(graph.call("POST", path, caller, http, json={"prompts": prompts}))


async def download(media: MediaRef, creds: Credentials, http: Http, sink: BinaryIO) -> str:
    """Ask for the file's address, which lives for five minutes, then fetch it; both with the token."""
    ours = account(creds)
    told = await graph.ask(str(media.locator["id"]), ours, http)
    url = told.get("url")
    if not isinstance(url, str) or not url:
        raise Unreachable("the answer names no address of the file", code="no_url")
    mime = str(told.get("mime_type") or media.mime).partition(";")[0].strip()
    try:
        return await graph.fetch(url, ours, http, sink, mime=mime, with_token=True)
    except Rejected as error:
        if error.code != graph.EXPIRED:
            raise
        raise Unreachable(error.words, code=error.code) from None  # the next try asks for a fresh address


def _about(outgoing: Outgoing) -> Json:
    """Who gets it, what it answers, and our id, which every status brings back."""
    about: Json = {"messaging_product": "whatsapp", "recipient_type": "individual"}
    about |= _recipient(outgoing)
    if outgoing.reply_to:
        about["context"] = {"message_id": outgoing.reply_to}
    return {**about, "biz_opaque_callback_data": str(outgoing.id)}


def _recipient(outgoing: Outgoing) -> Json:
    """A template goes to the number where it is known: some go to no user id (131062)."""
    known = outgoing.handle.get("wa_id", "") if outgoing.part.kind == "template" else ""
    if people.USER_ID.fullmatch(outgoing.to) and not known:
        return {"recipient": outgoing.to}
    to = known or outgoing.to
    if not (to.isascii() and to.isdigit()):
        raise Rejected("this is not the address of a WhatsApp user", code="bad_address")
    return {"to": to}


async def _content(outgoing: Outgoing, creds: Credentials, http: Http) -> Json:
    part = outgoing.part
    if part.kind == "media" and outgoing.media is not None:
        return _file(part, outgoing.media, await upload(outgoing.media, creds, http))
    if part.kind == "card" and part.card is not None and part.card.kind in cards.LIMITS:
        return cards.message(part.card, outgoing.locale, await _picture(outgoing, creds, http))
    if part.kind == "template" and part.template is not None:
        return {"type": "template", "template": await _template(outgoing, part.template, creds, http)}
    if part.kind in ("text", "link"):
        return {"type": "text", "text": {"body": part.text, "preview_url": part.kind == "link"}}
    raise Rejected(f"WhatsApp cannot be sent a part of kind {part.kind!r}", code="unsupported_part")


async def _template(outgoing: Outgoing, use: TemplateUse, creds: Credentials, http: Http) -> Json:
    """With its header's file and its slides' uploaded."""
    media = [outgoing.media] if outgoing.media else []
    media += [outgoing.files[position] for position in use.slides]
    files = [(await upload(each, creds, http), kind_of(each)) for each in media]
    if outgoing.media:
        return templates.message(use, files[0], files[1:])
    return templates.message(use, slides=files)


def _file(part: Part, media: MediaFile, media_id: str) -> Json:
    """Not documented: `voice`, which makes a sound a voice note."""
    kind = kind_of(media)
    content: Json = {"id": media_id}
    if part.text and kind not in WITHOUT_WORDS:
        content["caption"] = part.text
    if kind == "document":
        content["filename"] = media.name
    if kind == "audio" and media.kind == "voice" and media.mime == "audio/ogg":
        content["voice"] = True
    return {"type": kind, kind: content}


async def _picture(outgoing: Outgoing, creds: Credentials, http: Http) -> str:
    """The id of the card's picture, which WhatsApp shows above a button; "" when it has none."""
    shown = card_pictures.files(outgoing)
    return await upload(shown[0], creds, http) if shown else ""


async def upload(media: MediaFile, creds: Credentials, http: Http) -> str:
    """The id of a file that WhatsApp keeps for 30 days. May be repeated, so nothing is in doubt."""
    file = FilePart(field="file", name=media.name, mime=media.mime, path=media.path)
    form: Mapping[str, str] = {"messaging_product": "whatsapp", "type": media.mime}
    ours, caller = number(creds)
    call = graph.call("POST", f"{ours}/media", caller, http, form=form, files=[file])
    found = (await graph.certainly(call)).get("id")
    if not isinstance(found, str) or not found:
        raise Unreachable("the answer names no file", code="no_media_id")
    return found
