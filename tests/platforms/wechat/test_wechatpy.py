"""wechatpy as second opinion on what goes out: told to say the same, it sends the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from wechatpy import WeChatClient

from apps.core.http import HttpDoor
from apps.platforms.base import MediaFile, Part
from apps.platforms.wechat.adapter import PLATFORM

from .payloads import APP_ID, CUSTOMER
from .server import Server
from .test_send import CHOICES, MESSAGES, TEXT

Says = Callable[[Any], Any]  # of wechatpy's client.message
LISTED = [{"id": name, "content": title} for name, title in CHOICES]
MENU = {"head_content": "Là ?\n• Non: plus tard", "list": LISTED, "tail_content": ""}
ARTICLE = {"title": "Ouvrir", "description": "Le suivi", "url": "https://a.example/", "image": ""}
WORDS: dict[str, Says] = {
    "text": lambda say: say.send_text(CUSTOMER, "你好 <b>"),
    "link as text": lambda say: say.send_text(CUSTOMER, "https://a.example/?q=1"),
    "quick replies": lambda say: say.send_msg_menu(CUSTOMER, MENU),
    "link": lambda say: say.send_articles(CUSTOMER, [ARTICLE]),
}
FILES: dict[str, tuple[str, str, Says]] = {
    "image": ("image", "image/png", lambda say: say.send_image(CUSTOMER, "MEDIA")),
    "voice": ("voice", "audio/amr", lambda say: say.send_voice(CUSTOMER, "MEDIA")),
    "video": ("video", "video/mp4", lambda say: say.send_video(CUSTOMER, "MEDIA")),
}


async def says(server: Server, said: Says) -> Any:
    """What wechatpy posts."""
    client = WeChatClient(APP_ID, "secret", access_token="token-1")
    client.API_BASE_URL = f"{server.url}/cgi-bin/"
    await asyncio.to_thread(partial(said, client.message))
    return server.calls[-1].json


def without_empty(data: Any) -> Any:
    """wechatpy always names a picture for an article."""
    if isinstance(data, dict):
        return {name: without_empty(value) for name, value in data.items() if name != "picurl" or value}
    return [without_empty(row) for row in data] if isinstance(data, list) else data


@pytest.mark.parametrize("label", WORDS)
async def test_words(label: str, server: Server, http: HttpDoor) -> None:
    await PLATFORM.send(replace(TEXT, part=MESSAGES[label][0]), server.creds, http)
    ours = server.calls[-1].json
    assert ours == without_empty(await says(server, WORDS[label]))


@pytest.mark.parametrize("label", FILES)
async def test_files(label: str, server: Server, http: HttpDoor, tmp_path: Path) -> None:
    kind, mime, said = FILES[label]
    path = tmp_path / "stored"
    path.write_bytes(b"bytes")
    media = MediaFile(name="a", mime=mime, kind=kind, size=5, path=path)
    sent = replace(TEXT, part=Part(kind="media", media=0), media=media)
    await PLATFORM.send(sent, server.creds, http)
    ours = server.calls[-1].json
    assert ours == await says(server, said)


@pytest.mark.parametrize("on", [True, False])
async def test_typing(on: bool, server: Server, http: HttpDoor) -> None:
    """wechatpy has no call for it; its way of posting is the same."""
    await PLATFORM.typing(CUSTOMER, "gh_x", on, server.creds, http)
    ours = server.calls[-1]
    command = {"touser": CUSTOMER, "command": "Typing" if on else "CancelTyping"}
    theirs = await says(server, lambda say: say._post("message/custom/typing", data=command))
    assert (ours.what, ours.json) == ("message/custom/typing", theirs)
