"""The passive answer: what the response to WeChat's own request may say to the customer, within five seconds.

We answer by customer service messages, which may come later and from anybody; only who has just followed us
is welcomed here, where it takes none of the answers that WeChat counts (not documented).
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from apps.platforms.base import Answer, Credentials, Inbound, Malformed
from apps.platforms.cards import Unit
from apps.platforms.compose import cut
from apps.platforms.wechat import cards, cipher, wire
from apps.platforms.wechat.wire import Fields

NOTHING = Answer(body="success")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer(request: Inbound, creds: Credentials, *, now: datetime) -> Answer:
    """The welcome for a new follower, encrypted where what came was; nothing for everybody else."""
    words = next(cut(creds.get("welcome", "").strip(), cards.TEXT, Unit.BYTES), "")
    if not words:
        return NOTHING
    try:
        told = wire.message(request, creds)
    except Malformed:
        return NOTHING
    if told.get("Event", "").lower() != "subscribe":
        return NOTHING
    return Answer(body=_sealed(_message(told, words, now), creds, now), content_type="application/xml")


def _message(told: Fields, words: str, now: datetime) -> str:
    to, ours = told.get("FromUserName", ""), told.get("ToUserName", "")
    about = {"ToUserName": to, "FromUserName": ours, "CreateTime": f"{now.timestamp():.0f}"}
    return _xml({**about, "MsgType": "text", "Content": words})


def _sealed(message: str, creds: Credentials, now: datetime) -> str:
    """As it is for an account without an EncodingAESKey, which sends no encrypted requests either."""
    aes_key, app_id = creds.get("aes_key", "").strip(), creds.get("app_id", "").strip()
    if not aes_key:
        return message
    sealed = cipher.encrypt(message.encode(), aes_key=aes_key, app_id=app_id)
    stamp, nonce = f"{now.timestamp():.0f}", secrets.token_hex(8)
    proof = wire.signature(creds.get("token", "").strip(), stamp, nonce, sealed)
    return _xml({"Encrypt": sealed, "MsgSignature": proof, "TimeStamp": stamp, "Nonce": nonce})


def _xml(fields: Fields) -> str:
    return "<xml>" + "".join(f"<{name}>{_cdata(value)}</{name}>" for name, value in fields.items()) + "</xml>"


def _cdata(text: str) -> str:
    """Without characters that XML does not know."""
    return "<![CDATA[" + _NOT_XML.sub("", text).replace("]]>", "]]]]><![CDATA[>") + "]]>"
