"""Signatures, the window against replays, encryption: vectors, wechatpy as oracle, and everything refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from wechatpy import parse_message
from wechatpy.crypto import PrpCrypto, WeChatCrypto
from wechatpy.utils import check_signature

from apps.platforms.base import BadSignature, Inbound, Malformed
from apps.platforms.wechat import cipher, wire
from apps.platforms.wechat.adapter import PLATFORM
from apps.sandbox.wechat import sealing

from .payloads import APP_ID, AT, OURS, PLAIN, SECURE, WHEN, happened, request, said, sealed, xml

TEXT = said("text", Content="你好 & <b>")

# Of WeChat's own test vectors (encryption with token 123456 for the app "wx49f0ab532d5d035a").
VECTOR = (
    "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHCrsTyeDXzF6Bv283dGymzxh6ydJRv"
    "ZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpXaG4+BiYyolBug/gYNx410cvkKR2/nPwBiT+P4hIiOAQqGp/TywZBtDh1"
    "yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54SNdshoQgWYEvccTKe7FS709/5t6NMxuGhcUGA"
    "POQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91eBdCRxthuL0="
)
VECTOR_SIGNATURE = "74d92dfeb87ba7c714f89d98870ae5eb62dff26d"


def test_the_published_vector() -> None:
    assert wire.signature("123456", "1411525903", "461056294", VECTOR) == VECTOR_SIGNATURE
    plain = cipher.decrypt(VECTOR, aes_key=SECURE["aes_key"], app_id=APP_ID)
    assert {k: wire.read(plain)[k] for k in ("Content", "FromUserName")} == {
        "Content": "test",
        "FromUserName": "messense",
    }


def test_a_plain_request_is_signed_in_its_query() -> None:
    asked = request(TEXT)
    check_signature("123456", asked.query["signature"], asked.query["timestamp"], asked.query["nonce"])
    wire.authentic(asked, PLAIN, now=WHEN)
    assert wire.message(asked, PLAIN)["Content"] == parse_message(TEXT.decode()).content == "你好 & <b>"


def test_what_wechatpy_encrypts_is_understood() -> None:
    asked = sealed(TEXT)
    wire.authentic(asked, SECURE, now=WHEN)
    assert wire.message(asked, SECURE) == wire.read(TEXT)
    query = asked.query
    opened = WeChatCrypto("123456", SECURE["aes_key"], APP_ID).decrypt_message(
        asked.body, query["msg_signature"], query["timestamp"], query["nonce"]
    )
    assert opened.encode() == TEXT


def test_in_compatible_mode_only_what_is_encrypted_counts() -> None:
    asked = sealed(TEXT)
    both = replace(asked, body=asked.body.replace(b"<xml>", said("text", Content="forged")[:-6]))
    wire.authentic(both, SECURE, now=WHEN)
    assert wire.message(both, SECURE)["Content"] == "你好 & <b>"
    assert wire.message(both, PLAIN)["Content"] == "forged", "who has no key reads what stands beside"


# Refused ----------------------------------------------------------------------------------------------


def other(asked: Inbound, **query: str) -> Inbound:
    return replace(asked, query={**asked.query, **query})


REFUSED = {
    "no query": replace(request(TEXT), query={}),
    "wrong signature": other(request(TEXT), signature="0" * 40),
    "another nonce": other(request(TEXT), nonce="x"),
    "another time": other(request(TEXT), timestamp=str(AT + 1)),
    "a time that is none": request(TEXT, at=-1),
    "a GET": replace(request(TEXT), method="GET"),
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED.keys())
def test_refused(asked: Inbound) -> None:
    with pytest.raises(BadSignature):
        wire.authentic(asked, PLAIN, now=WHEN)


SEALED = sealed(TEXT)
REFUSED_SEALED = {
    "plain where encryption is agreed": request(TEXT),
    "the plain signature alone": other(SEALED, msg_signature=SEALED.query["signature"]),
    "another body under the same signature": replace(SEALED, body=sealed(said("text", Content="x")).body),
    "for another app": sealed(TEXT, app_id="wx0000000000000000"),
    "not XML": replace(SEALED, body=b"Encrypt"),
}


@pytest.mark.parametrize("asked", REFUSED_SEALED.values(), ids=REFUSED_SEALED.keys())
def test_refused_in_secure_mode(asked: Inbound) -> None:
    with pytest.raises(BadSignature):
        wire.authentic(asked, SECURE, now=WHEN)


@pytest.mark.parametrize("creds", [{}, {**PLAIN, "token": ""}, {**PLAIN, "token": "1234567"}])
def test_refused_without_the_token(creds: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        wire.authentic(request(TEXT), creds, now=WHEN)


@pytest.mark.parametrize(("seconds", "taken"), [(600, True), (601, False), (-600, True), (-601, False)])
def test_the_window_against_replays(seconds: int, taken: bool) -> None:
    now = WHEN + timedelta(seconds=seconds)
    try:
        wire.authentic(request(TEXT), PLAIN, now=now)
    except BadSignature:
        assert not taken
    else:
        assert taken


@pytest.mark.parametrize("sealed_text", ["", "AAAA", "A" * 64, "é", VECTOR[:-4]])
@pytest.mark.parametrize("key", [SECURE["aes_key"], "", "B" * 43])
def test_a_broken_cipher_text_is_a_value_error(sealed_text: str, key: str) -> None:
    with pytest.raises(ValueError):
        cipher.decrypt(sealed_text, aes_key=key, app_id=APP_ID)


def test_a_signature_is_for_one_body() -> None:
    """WeChat repeats a request as it was; whoever has seen one cannot send other words with it."""
    used, now = wire.Used(), WHEN.timestamp()
    for seconds in (0, 5, 10):
        used.check("s1", TEXT, now=now + seconds)
    used.check("s2", b"other", now=now)
    with pytest.raises(BadSignature):
        used.check("s1", b"other", now=now + 600)


def test_a_repetition_may_be_encrypted_anew() -> None:
    """In compatible mode, for an account that has no key here."""
    used, now = wire.Used(), WHEN.timestamp()
    for cipher_text in (b"AAAA", b"BBBB"):
        both = TEXT.replace(b"</xml>", b"<Encrypt>" + cipher_text + b"</Encrypt></xml>")
        used.check("s1", both, now=now)


def test_only_so_many_signatures_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire.Used, "MOST", 2)
    used = wire.Used()
    for name in ("s1", "s2", "s3"):
        used.check(name, TEXT, now=0)
    used.check("s1", b"other", now=0)
    with pytest.raises(BadSignature):
        used.check("s3", b"other", now=0)


def test_the_platform_remembers_signatures_of_plain_messages_only() -> None:
    now = int(datetime.now(UTC).timestamp())
    plain, again = request(TEXT, at=now), request(said("text", Content="forged"), at=now)
    assert plain.query == again.query
    PLATFORM.verify(plain, PLAIN)
    PLATFORM.verify(plain, PLAIN)
    with pytest.raises(BadSignature):
        PLATFORM.verify(again, PLAIN)


# Handshake --------------------------------------------------------------------------------------------


def test_the_handshake_echoes_what_wechat_signed() -> None:
    asked = replace(request(b"", echostr="7301"), method="GET")
    for creds in (PLAIN, SECURE):
        echo = wire.handshake(asked, creds, now=WHEN)
        assert echo is not None and (echo.body, echo.content_type) == ("7301", "text/plain")
    for bad in (other(asked, nonce="x"), other(asked, echostr="<b>\n"), replace(asked, method="POST")):
        assert wire.handshake(bad, PLAIN, now=WHEN) is None
    assert PLATFORM.taken(asked, PLAIN).body == "success"


ECHO_AT, ECHO = (
    1411443780,
    "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q==",
)
ECHO_SIGNATURE = "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96"


def encrypted_handshake(**query: str) -> Inbound:
    given = {
        "timestamp": str(ECHO_AT),
        "nonce": "437374425",
        "msg_signature": ECHO_SIGNATURE,
        "echostr": ECHO,
    }
    return Inbound(method="GET", path="/hooks/wechat/k/", query={**given, **query}, headers={}, body=b"")


def test_the_published_handshake_is_encrypted() -> None:
    now = datetime.fromtimestamp(ECHO_AT, UTC)
    echo = wire.handshake(encrypted_handshake(), SECURE, now=now)
    theirs = WeChatCrypto("123456", SECURE["aes_key"], APP_ID)
    assert echo is not None and echo.body.isdigit()
    assert echo.body == theirs._check_signature(ECHO_SIGNATURE, str(ECHO_AT), "437374425", ECHO, PrpCrypto)
    for bad in ({"echostr": ECHO[:-4] + "AAA="}, {"msg_signature": "0" * 40}, {"nonce": "1"}):
        assert wire.handshake(encrypted_handshake(**bad), SECURE, now=now) is None
    for creds in (PLAIN, {**SECURE, "aes_key": "B" * 43}, {**SECURE, "app_id": "wx0000000000000000"}):
        assert wire.handshake(encrypted_handshake(), creds, now=now) is None


# Of the same vectors: what WeChat's library encrypts with sixteen known bytes in front.
PLAIN_XML = (
    "<xml>\n<MsgType><![CDATA[text]]></MsgType>\n<Content><![CDATA[test]]></Content>\n"
    "<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>\n<ToUserName><![CDATA[messense]]></ToUserName>\n"
    "<AgentID>1</AgentID>\n<CreateTime>1411525903</CreateTime>\n</xml>"
)
ENCRYPTED = (
    "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURnAtObvesEl5nZ"
    "+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6o8NRrrNrsDf03oxI1p"
    "9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWwi1O5oazPoQJz0nTYjxxEE8kv3kF"
    "xtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
)
ENCRYPTED_SIGNATURE = "407518b7649e86ef23978113f92d27afa9296533"


def test_the_published_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    """We read it; and we and the simulator, with the vector's random bytes, write it."""
    assert wire.signature("123456", "1411525903", "461056294", ENCRYPTED) == ENCRYPTED_SIGNATURE
    assert cipher.decrypt(ENCRYPTED, aes_key=SECURE["aes_key"], app_id=APP_ID) == PLAIN_XML.encode()
    monkeypatch.setattr(sealing.secrets, "token_bytes", lambda _: b"1234567890123456")
    assert sealing.encrypt(PLAIN_XML.encode(), SECURE["aes_key"], APP_ID) == ENCRYPTED
    assert cipher.encrypt(PLAIN_XML.encode(), aes_key=SECURE["aes_key"], app_id=APP_ID) == ENCRYPTED


# Bodies -----------------------------------------------------------------------------------------------

BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Content>&b;</Content></xml>'
FILE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>'


@pytest.mark.parametrize(
    "body", [BOMB, FILE, b"<!DOCTYPE xml><xml/>", b"<xml>", b"", b"{}", b"<xml>&#0;</xml>"]
)
def test_what_is_not_plain_xml_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        wire.read(body)


KEYS = {
    "a message": (TEXT, "7312345678901234567"),
    "an event": (happened("subscribe"), f"subscribe:oKe2at1xsPQBSGzYC8mM-0P2Nn2k:{AT}"),
    "a message without its number": (xml(MsgType="text"), f"text:oKe2at1xsPQBSGzYC8mM-0P2Nn2k:{AT}"),
}


@pytest.mark.parametrize(("body", "key"), KEYS.values(), ids=KEYS.keys())
def test_the_key_of_a_request(body: bytes, key: str) -> None:
    assert PLATFORM.dedup_key(request(body)) == key


def test_an_encrypted_request_has_the_key_of_its_cipher_text() -> None:
    """Two attempts may be encrypted anew; then the message's own number makes them one."""
    one, two = sealed(TEXT), sealed(TEXT)
    keys = {PLATFORM.dedup_key(each) for each in (one, one, two)}
    assert len(keys) == 2
    refs = {event.ref for each in (one, two) for event in PLATFORM.parse(each, SECURE)}
    assert refs == {"7312345678901234567"}


def test_encrypted_without_a_key_is_shown_as_a_dead_letter() -> None:
    with pytest.raises(Malformed, match="EncodingAESKey"):
        PLATFORM.parse(sealed(TEXT), PLAIN)
    with pytest.raises(Malformed):
        PLATFORM.parse(sealed(TEXT, app_id="wx0000000000000000"), SECURE)


def test_a_body_without_anybody_is_malformed() -> None:
    with pytest.raises(Malformed):
        PLATFORM.dedup_key(request(b"<xml><ToUserName>x</ToUserName></xml>"))
    assert PLATFORM.parse(request(TEXT), PLAIN)[0].to == OURS
