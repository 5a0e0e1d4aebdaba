"""The passive answer, in which a new follower is welcomed, as wechatpy reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from wechatpy.crypto import WeChatCrypto

from apps.platforms.base import Answer, Inbound
from apps.platforms.wechat import cipher, welcome
from apps.platforms.wechat.adapter import PLATFORM

from .payloads import (
    AES_KEY,
    APP_ID,
    AT,
    CUSTOMER,
    OURS,
    PLAIN,
    SECURE,
    WHEN,
    happened,
    request,
    said,
    sealed,
)

WORDS = "Bienvenue chez <Filante> ]]> 你好"
FOLLOWED = happened("subscribe", EventKey="qrscene_adsl")


def answered(asked: Inbound, creds: dict[str, str], words: str = WORDS) -> Answer:
    return welcome.answer(asked, {**creds, "welcome": words}, now=WHEN)


def fields(body: str) -> dict[str, Any]:
    return {child.tag: child.text for child in fromstring(body.encode())}


EXPECTED = {
    "ToUserName": CUSTOMER,
    "FromUserName": OURS,
    "CreateTime": str(AT),
    "MsgType": "text",
    "Content": WORDS,
}


def test_a_new_follower_is_welcomed() -> None:
    answer = answered(request(FOLLOWED), PLAIN)
    assert (fields(answer.body), answer.content_type) == (EXPECTED, "application/xml")


def test_in_secure_mode_it_is_encrypted_for_them_alone() -> None:
    answer = answered(sealed(FOLLOWED), SECURE)
    outer = fields(answer.body)
    assert sorted(outer) == ["Encrypt", "MsgSignature", "Nonce", "TimeStamp"] and "Filante" not in answer.body
    theirs = WeChatCrypto("123456", AES_KEY, APP_ID)
    proof = (outer["MsgSignature"], outer["TimeStamp"], outer["Nonce"])
    assert fields(theirs.decrypt_message(answer.body, *proof)) == EXPECTED


QUIET = {
    "words": (request(said("text", Content="x")), WORDS),
    "a scan of who follows already": (request(happened("SCAN", EventKey="adsl")), WORDS),
    "who leaves": (request(happened("unsubscribe", EventKey="")), WORDS),
    "no welcome": (request(FOLLOWED), " "),
    "what is no XML": (request(b"x"), WORDS),
}


@pytest.mark.parametrize(("asked", "words"), QUIET.values(), ids=QUIET)
def test_to_everything_else_nothing_is_said(asked: Inbound, words: str) -> None:
    assert answered(asked, PLAIN, words) == Answer(body="success")
    assert PLATFORM.taken(asked, {**PLAIN, "welcome": words}).body == "success"


def test_it_is_cut_to_what_wechat_takes_and_xml_knows() -> None:
    answer = answered(request(FOLLOWED), PLAIN, "\x07" + "你" * 1000)
    content = fields(answer.body)["Content"]
    assert set(content) == {"你"} and 2040 < len(content.encode()) <= 2048


@pytest.mark.parametrize("size", [0, 1, 11, 12, 31, 32, 33, 1000])
def test_what_is_encrypted_is_what_is_decrypted(size: int) -> None:
    keys = {"aes_key": AES_KEY, "app_id": APP_ID}
    one, two = (cipher.encrypt(b"x" * size, **keys) for _ in range(2))
    assert one != two and cipher.decrypt(one, **keys) == cipher.decrypt(two, **keys) == b"x" * size


def test_without_a_key_that_is_one_nothing_is_encrypted() -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        cipher.encrypt(b"x", aes_key="B" * 10 + "=", app_id=APP_ID)


def test_the_account_names_itself() -> None:
    """The original id comes with the request; what the channel's form says is not needed for it."""
    asked = replace(request(FOLLOWED), path="/")
    assert fields(answered(asked, {**PLAIN, "account_id": ""}).body)["FromUserName"] == OURS
