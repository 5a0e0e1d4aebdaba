"""Every documented inbound kind, as the events that it becomes."""

from __future__ import annotations

import base64

import pytest

from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.events import (
    ContactLeft,
    EntryPointTapped,
    Facts,
    MediaKind,
    MediaRef,
    MessageReceived,
    ReactionReceived,
    TypingChanged,
)

from .payloads import AT, BUSINESS, CREDS, CUSTOMER, KEY, MESSAGE, attachment, envelope, request

PLATFORM = AppleMessages()
COMMON = {"to": BUSINESS, "address": CUSTOMER, "ref": MESSAGE, "at": AT}
SIGNATURE = base64.b64encode(bytes.fromhex("01" + "ab" * 20)).decode()
LOCATOR = {
    "url": "https://p54-content.icloud.com/M1",
    "owner": "M1.C01USN00",
    "signature": SIGNATURE,
    "key": KEY.hex(),
    "size": 183221,
}


def parse(payload, **headers):
    return list(PLATFORM.parse(request(payload, headers=headers), CREDS))


def message(**content):
    return [MessageReceived(**COMMON, **content)]


def photo(**changes):
    about = {
        "kind": MediaKind.IMAGE,
        "locator": LOCATOR,
        "name": "IMG_1.HEIC",
        "mime": "image/heic",
        "size": 183221,
        "urgent": True,
    }
    return MediaRef(**(about | changes))


@pytest.mark.parametrize(
    ("label", "content", "expected"),
    [
        ("text", {"body": "Hi"}, {"text": "Hi"}),
        ("emoji and lines", {"body": "Hé 👋\nyou "}, {"text": "Hé 👋\nyou "}),
        ("subject", {"subject": "Bill", "body": "Hi"}, {"text": "Bill\nHi"}),
        ("intent and group", {"body": "Hi", "intent": "adsl", "group": "fr"}, None),
        ("reply", {"body": "Hi", "replyToMessageId": MESSAGE.upper()}, {"text": "Hi", "reply_to": MESSAGE}),
        ("NUL and half a pair", {"body": "a\x00b\ud83d"}, {"text": "ab?"}),
        ("no body", {}, {"unsupported": "text"}),
        ("only spaces", {"body": " \n"}, {"text": " \n", "unsupported": "text"}),
        ("placeholder without file", {"body": "\ufffc"}, {"unsupported": "text"}),
        ("body a list", {"body": ["Hi"]}, {"unsupported": "text"}),
    ],
)
def test_text(label, content, expected):
    expected = expected or {"text": "Hi", "tag": "adsl", "group": "fr"}
    assert parse(envelope(**content)) == message(**expected)


@pytest.mark.parametrize(
    ("label", "body", "expected"),
    [
        ("beside text", "Hi \ufffc", "Hi"),
        ("alone", "\ufffc", ""),
        ("too many placeholders", "\ufffcHi\ufffc\ufffc", "Hi"),
        ("too few placeholders", "Hi", "Hi"),
        ("a tapback's wording with a file is a text", "Liked “Hi”", "Liked “Hi”"),
    ],
)
def test_placeholders(label, body, expected):
    assert parse(envelope(body=body, attachments=[attachment()])) == message(text=expected, media=(photo(),))


@pytest.mark.parametrize(
    ("label", "changes", "expected"),
    [
        ("as documented", {}, {}),
        ("size as text", {"size": "183221"}, {}),
        ("upper-case hex", {"key": "00" + KEY.hex().upper(), "signature": "01" + "AB" * 20}, {}),
        ("key without 00", {"key": KEY.hex()}, {}),
        ("Base64 signature", {"signature": None, "signature-base64": SIGNATURE}, {}),
        ("both signatures", {"signature": "00", "signature-base64": SIGNATURE}, {}),
        (
            "older names",
            {
                **dict.fromkeys(["mimeType", "size", "signature", "url", "owner", "key"]),
                "mime-type": "image/heic",
                "file-size": "183221",
                "mmcs-signature-hex": "01" + "ab" * 20,
                "mmcs-url": LOCATOR["url"],
                "mmcs-owner": LOCATOR["owner"],
                "decryption-key": "00" + KEY.hex(),
            },
            {},
        ),
        ("no size", {"size": None}, {"size": 0, "locator": LOCATOR | {"size": 0}}),
        ("size nonsense", {"size": -5}, {"size": 0, "locator": LOCATOR | {"size": 0}}),
        ("no name", {"name": None}, {"name": ""}),
        ("name with a path", {"name": "../../etc/passwd\x1b"}, {"name": "passwd"}),
        ("name with a Windows path", {"name": "C:\\x\\é.jpg"}, {"name": "é.jpg"}),
        ("voice memo", {"mimeType": "audio/x-caf"}, {"mime": "audio/x-caf", "kind": MediaKind.VOICE}),
        ("sound", {"mimeType": "audio/mpeg"}, {"mime": "audio/mpeg", "kind": MediaKind.AUDIO}),
        ("film", {"mimeType": "VIDEO/quicktime"}, {"mime": "video/quicktime", "kind": MediaKind.VIDEO}),
        ("pass", {"mimeType": "application/vnd.apple.pkpass"}, None),
        ("no type", {"mimeType": None}, {"mime": "", "kind": MediaKind.FILE}),
    ],
)
def test_attachment(label, changes, expected):
    if expected is None:
        expected = {"mime": "application/vnd.apple.pkpass", "kind": MediaKind.FILE}
    found = parse(envelope(body="\ufffc", attachments=[attachment(**changes)]))
    assert found == message(media=(photo(**expected),))


@pytest.mark.parametrize(
    ("label", "changes"),
    [
        ("no address", {"url": None}),
        ("no owner", {"owner": ""}),
        ("no signature", {"signature": None}),
        ("signature not hex", {"signature": "zz"}),
        ("no key", {"key": None}),
        ("short key", {"key": "00" + "ab" * 30}),
        ("long key", {"key": "00" + "ab" * 33}),
        ("key with another prefix", {"key": "01" + KEY.hex()}),
        ("address that would break a header", {"url": "https://x.icloud.com/\r\nAuthorization: x"}),
        ("owner not ASCII", {"owner": "M1é"}),
    ],
)
def test_attachment_that_cannot_be_fetched_is_shown_as_unsupported(label, changes):
    broken = attachment(**changes)
    assert parse(envelope(body="\ufffc", attachments=[broken])) == message(unsupported="attachment")
    assert parse(envelope(body="Hi \ufffc\ufffc", attachments=[broken, attachment()])) == message(
        text="Hi", media=(photo(),), unsupported="attachment"
    )


def test_attachments_keep_their_order():
    names = ["b", "a", "c"]
    [event] = parse(envelope(body="\ufffc" * 3, attachments=[attachment(name=name) for name in names]))
    assert [media.name for media in event.media] == names


@pytest.mark.parametrize(
    ("label", "content", "expected"),
    [
        ("English", {"body": "Loved “Hello”"}, {"emoji": "❤️", "quoted": "Hello", "target": ""}),
        ("French", {"body": "A aimé « Bonjour »"}, {"emoji": "👍", "quoted": "Bonjour", "target": ""}),
        (
            "taken away",
            {"body": "Removed a like from “Hello”"},
            {"emoji": "", "quoted": "Hello", "target": ""},
        ),
        (
            "with the message's id",
            {"body": "Liked “Hello”", "replyToMessageId": "m-1"},
            {"emoji": "👍", "quoted": "Hello", "target": "m-1"},
        ),
    ],
)
def test_tapback(label, content, expected):
    assert parse(envelope(**content)) == [ReactionReceived(**COMMON, **expected)]


def test_typing():
    assert parse(envelope("typing_start")) == [TypingChanged(**COMMON, typing=True)]
    assert parse(envelope("typing_end")) == [TypingChanged(**COMMON, typing=False)]


def test_a_tag_that_comes_with_typing_is_not_lost():
    assert parse(envelope("typing_start", intent="adsl", group="fr")) == [
        EntryPointTapped(**(COMMON | {"ref": f"{MESSAGE}:entry"}), tag="adsl", group="fr"),
        TypingChanged(**COMMON, typing=True),
    ]
    assert parse(envelope("typing_end", intent="adsl")) == [TypingChanged(**COMMON, typing=False)]


def test_close():
    left = [ContactLeft(**COMMON, reason="deleted")]
    assert parse(envelope("close")) == left
    assert parse(envelope("close", referenceIds=["r"], body="bye")) == left


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"kind": "hologram", "body": "Hi"}, {"text": "Hi", "unsupported": "hologram"}),
        ({"kind": "hologram"}, {"unsupported": "hologram"}),
        ({"kind": "richLink", "richLinkData": {}}, {"unsupported": "richLink"}),
        ({"kind": "x" * 500}, {"unsupported": "x" * 64}),
    ],
)
def test_unknown_type_is_kept(content, expected):
    assert parse(envelope(**content)) == message(**expected)


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("en_GB", "en-GB"),
        ("fr-fr", "fr-FR"),
        ("FR", "fr"),
        ("zh_hans_cn", "zh-Hans-CN"),
        ("es_419", "es-419"),
        ("fr_FR.UTF-8", "fr-FR"),
        ("de_DE@calendar=gregorian", "de-DE"),
        ("<script>", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_locale(locale, expected):
    assert parse(envelope(body="Hi", locale=locale)) == message(text="Hi", facts=Facts(locale=expected))


ALL = frozenset({"AUTH", "LIST", "TIME", "FORM", "QUICK", "AUTH2"})


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"capability-list": "AUTH,LIST,TIME,FORM,QUICK,AUTH2"}, ALL),
        ({"capability-list": "auth, list , Time,form,quick,auth2"}, ALL),
        ({"capability-list": "AUTH%2CLIST%2CTIME%2CFORM%2CQUICK%2CAUTH2"}, ALL),
        ({"capabilities": "auth"}, frozenset({"AUTH"})),
        ({"capability-list": ""}, None),
        ({"capability-list": ",,"}, None),
        ({}, None),
    ],
)
def test_capabilities(headers, expected):
    assert parse(envelope(body="Hi"), **headers) == message(text="Hi", facts=Facts(capabilities=expected))


def test_device():
    headers = {"device-agent": "iPhone OS"}
    assert parse(envelope(body="Hi"), **headers) == message(text="Hi", facts=Facts(device="iPhone OS"))


def test_ids_are_written_as_we_write_them():
    found = parse(envelope(body="Hi") | {"id": MESSAGE.upper(), "destinationId": BUSINESS.upper()})
    assert found == message(text="Hi")
