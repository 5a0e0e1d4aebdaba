"""POST /message/custom/send and /typing: what a business says, as bubbles on the phone (4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from apps.sandbox import threads
from apps.sandbox.models import SandboxAccount, SandboxFile, SandboxThread
from apps.sandbox.wechat import files, quotas
from apps.sandbox.wechat.errors import WeChatError, bad_openid, not_following

MOST_TEXT = 2048  # bytes
MOST_LINES = 20  # not documented

Json = dict[str, Any]


class Bubble(NamedTuple):
    kind: str
    text: str = ""
    data: Json = {}  # noqa: RUF012
    file: SandboxFile | None = None


def send(account: SandboxAccount, given: Json) -> Json:
    thread = _customer(account, given)
    kind = str(given.get("msgtype", ""))
    make = MAKERS.get(kind)
    if make is None:
        raise WeChatError(40008, "invalid message type")
    content = given.get(kind)
    if not isinstance(content, dict):
        raise WeChatError(44002 if content is None else 47001, "empty post data")
    bubble = make(account, content)
    quotas.take(thread)
    threads.show(thread, mine=False, kind=bubble.kind, text=bubble.text, data=bubble.data, file=bubble.file)
    return OK


def typing(account: SandboxAccount, given: Json) -> Json:
    thread = _customer(account, given)
    command = given.get("command")
    if command not in ("Typing", "CancelTyping"):
        raise WeChatError(45072, "command字段取值不对")
    threads.typing(thread, command == "Typing")
    return OK


OK: Json = {"errcode": 0, "errmsg": "ok"}


def _customer(account: SandboxAccount, given: Json) -> SandboxThread:
    thread = threads.at_address(account, str(given.get("touser", "")))
    if thread is None:
        raise bad_openid()
    if not thread.data:
        raise not_following()
    return thread


def words(content: Json, name: str, most: int = MOST_TEXT) -> str:
    text = content.get(name)
    if not isinstance(text, str) or not text.strip():
        raise WeChatError(44004, "empty content")
    if len(text.encode("utf-8", "replace")) > most:
        raise WeChatError(45002, "content size out of limit")
    return text


def _text(account: SandboxAccount, content: Json) -> Bubble:
    return Bubble("text", words(content, "content"))


def _file(kind: str) -> Callable[[SandboxAccount, Json], Bubble]:
    def made(account: SandboxAccount, content: Json) -> Bubble:
        kept = files.find(account, str(content.get("media_id", "")))
        if kept.mime not in files.TYPES[kind][0]:
            raise WeChatError(40007, "invalid media_id")
        return Bubble("file", str(content.get("title") or ""), {"as": kind}, kept)

    return made


def _news(account: SandboxAccount, content: Json) -> Bubble:
    articles = content.get("articles")
    if not isinstance(articles, list) or len(articles) != 1 or not isinstance(articles[0], dict):
        raise WeChatError(45008, "article size out of limit")
    article = articles[0]
    if urlsplit(str(article.get("url", ""))).scheme not in ("http", "https"):
        raise WeChatError(40048, "invalid url domain")
    text = f"{words(article, 'title')}\n{article.get('description', '')}".strip()
    return Bubble("link", text, {"url": article["url"]})


def _menu(account: SandboxAccount, content: Json) -> Bubble:
    lines = content.get("list")
    if not isinstance(lines, list) or not 1 <= len(lines) <= MOST_LINES:
        raise WeChatError(47001, "data format error")
    options = [{"id": words(line, "id", 128), "title": words(line, "content", 256)} for line in lines]
    text = [str(content.get(name) or "") for name in ("head_content", "tail_content")]
    return Bubble("choices", "\n".join(each for each in text if each), {"as": "msgmenu", "options": options})


MAKERS: dict[str, Callable[[SandboxAccount, Json], Bubble]] = {
    "text": _text,
    "image": _file("image"),
    "voice": _file("voice"),
    "video": _file("video"),
    "news": _news,
    "msgmenu": _menu,
}
