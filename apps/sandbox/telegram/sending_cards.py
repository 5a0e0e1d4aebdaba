"""What a bot shows a customer besides words and single files: places, contacts, albums (1.5)."""

from __future__ import annotations

import secrets
from typing import Any

from apps.sandbox.models import SandboxAccount, SandboxThread
from apps.sandbox.telegram.bubbles import caption_of, chat_of, file_object, keep, say
from apps.sandbox.telegram.errors import bad_request
from apps.sandbox.telegram.parameters import Parameters

ALBUM = range(2, 11)
# What may be in one album: photos and films together, the others among themselves.
ALBUMS = (frozenset({"photo", "video"}), frozenset({"document"}), frozenset({"audio"}))


def send_location(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    place = _place(given)
    return say(chat_of(account, given), given, kind="place", content={"location": place}, data=place)


def send_venue(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    thread, place = chat_of(account, given), _place(given)
    named = {name: _needed(given, name) for name in ("title", "address")}
    content = {"location": place, "venue": {"location": place, **named}}
    shown = {**place, "address": named["address"]}
    return say(thread, given, kind="place", text=named["title"], content=content, data=shown)


def send_contact(account: SandboxAccount, given: Parameters) -> dict[str, Any]:
    contact = {name: _needed(given, name) for name in ("phone_number", "first_name")}
    shown = {"phone": contact["phone_number"]}
    name = f"{contact['first_name']} {given.text('last_name')}".strip()
    content = {"contact": contact}
    return say(chat_of(account, given), given, kind="contact", text=name, content=content, data=shown)


def send_media_group(account: SandboxAccount, given: Parameters) -> list[dict[str, Any]]:
    """One message for each file, with the id of their group in common."""
    thread, items = chat_of(account, given), given.structure("media")
    if not isinstance(items, list) or any(not isinstance(item, dict) for item in items):
        raise bad_request("can't parse media JSON object")
    if len(items) not in ALBUM:
        raise bad_request("there must be from 2 to 10 messages to send")
    if not any({item.get("type") for item in items} <= kinds for kinds in ALBUMS):
        raise bad_request("group send failed: other types can't be mixed")
    group = str(secrets.randbits(60))
    return [_grouped(thread, given, item, group) for item in items]


def _grouped(thread: SandboxThread, given: Parameters, item: dict[str, Any], group: str) -> dict[str, Any]:
    kind, caption = str(item["type"]), caption_of(str(item.get("caption") or ""))
    stored = keep(thread.account, given.named(str(item.get("media") or ""), "media"), kind)
    content = {"media_group_id": group, kind: file_object(stored, kind)}
    content |= {"caption": caption} if caption else {}
    data = {"as": kind, "group": group}
    return say(thread, given, kind="file", text=caption, content=content, data=data, file=stored)


def _place(given: Parameters) -> dict[str, Any]:
    place = {"latitude": given.number("latitude"), "longitude": given.number("longitude")}
    if abs(place["latitude"]) > 90 or abs(place["longitude"]) > 180:
        raise bad_request("wrong latitude or longitude specified")
    return place


def _needed(given: Parameters, name: str) -> str:
    text = given.text(name).strip()
    if not text:
        raise bad_request(f"{name.replace('_', ' ')} must be non-empty")
    return text
