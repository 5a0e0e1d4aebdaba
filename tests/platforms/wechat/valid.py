"""What message/custom/send takes (https://developers.weixin.qq.com/doc, customer service messages)."""

from __future__ import annotations

from typing import Any

from tests.platforms import facts
from tests.platforms.handset import Asked


def check(asked: Asked) -> None:
    if not asked.path.endswith("/message/custom/send"):
        return  # a token, or an upload
    message = asked.data
    kind = message["msgtype"]
    facts.keys(message, "touser", "msgtype", kind)
    CONTENTS[kind](message[kind])


def _text(text: Any) -> None:
    facts.words(facts.keys(text, "content")["content"], 2048, facts.utf8)


def _file(file: Any) -> None:
    assert facts.keys(file, "media_id", may="thumb_media_id title description")["media_id"]


def _menu(menu: Any) -> None:
    facts.keys(menu, "head_content", "list", may="tail_content")
    lines = facts.rows(menu["list"], 1, 100)
    for line in lines:
        facts.words(facts.keys(line, "id", "content")["id"], 128)
        facts.words(line["content"], 2048, facts.utf8)
    facts.different([line["id"] for line in lines])
    words = [facts.words(menu["head_content"], 2048, facts.utf8), *(line["content"] for line in lines)]
    assert sum(facts.utf8(each) for each in words) <= 2048


def _news(news: Any) -> None:
    (article,) = facts.keys(news, "articles")["articles"]
    facts.keys(article, "title", "description", "url", may="picurl")
    facts.words(article["title"], 64 * 3, facts.utf8)
    facts.words(article["description"], 120 * 3, facts.utf8)
    facts.address(article["url"])


CONTENTS = {
    "text": _text,
    "msgmenu": _menu,
    "news": _news,
    **dict.fromkeys(("image", "voice", "video"), _file),
}
