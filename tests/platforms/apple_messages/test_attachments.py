"""Files both ways: the vector, an independent implementation as oracle, and a real HTTP server."""

from __future__ import annotations

import base64
import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.core.http import Response
from apps.platforms.apple_messages import cipher
from apps.platforms.apple_messages.adapter import AppleMessages
from apps.platforms.base import BadCredentials, MediaFile, Rejected, Unreachable
from apps.platforms.events import MediaKind, MediaRef

from .gateway import as_json, crypt
from .payloads import BUSINESS, KEY, NOW
from .test_send import outgoing

PLATFORM = AppleMessages(clock=lambda: NOW)
VECTOR = bytes.fromhex("baf56cda4569dea0d99fff4abc5a03e193351bcb24cd95")
PLAIN = b"Hello Apple attachment\n"


def test_cipher_vector():
    key = cipher.key_from_wire("00" + bytes(range(32)).hex())
    assert cipher.stream(key).update(PLAIN) == VECTOR
    assert cipher.stream(key).update(VECTOR) == PLAIN


@given(data=st.binary(max_size=300), key=st.binary(min_size=32, max_size=32), cut=st.integers(0, 300))
def test_cipher_agrees_with_pycryptodome_however_it_is_cut(data, key, cut):
    stream = cipher.stream(key)
    assert stream.update(data[:cut]) + stream.update(data[cut:]) == crypt(data, key)


@given(key=st.binary(min_size=32, max_size=32))
def test_keys_survive_the_wire(key):
    assert cipher.key_from_wire(cipher.key_to_wire(key)) == key
    assert cipher.key_from_wire(cipher.key_to_wire(key).upper()) == key
    assert cipher.key_from_wire(key.hex()) == key


@pytest.mark.parametrize(
    "text", ["", "00", "zz" * 32, "ab" * 31, "ab" * 33, "0" + "ab" * 32, "ab" * 32 + "\n"]
)
def test_what_is_no_key(text):
    with pytest.raises(ValueError, match="not a key"):
        cipher.key_from_wire(text)


def ref(name="photo", *, size=23, mime="image/png"):
    locator = {
        "url": f"https://p1.icloud.com/{name}",
        "owner": "M1",
        "signature": base64.b64encode(b"\x01" * 21).decode(),
        "key": KEY.hex(),
        "size": size,
    }
    return MediaRef(kind=MediaKind.IMAGE, locator=locator, mime=mime, size=size, urgent=True)


async def test_download(apple, http, creds):
    apple.storage["photo"] = VECTOR
    sink = io.BytesIO()
    assert await PLATFORM.download(ref(), creds, http, sink) == "image/png"
    assert sink.getvalue() == PLAIN
    assert [(call.method, call.path) for call in apple.seen] == [
        ("GET", "/v1/preDownload"),
        ("GET", "/storage/photo"),
    ]


async def test_download_without_size_and_type(apple, http, creds):
    apple.storage["photo"] = VECTOR
    sink = io.BytesIO()
    assert await PLATFORM.download(ref(size=0, mime=""), creds, http, sink) == "application/octet-stream"
    assert sink.getvalue() == PLAIN


async def test_download_of_many_chunks(apple, http, creds):
    plain = bytes(range(256)) * 4096
    apple.storage["photo"] = crypt(plain, KEY)
    sink = io.BytesIO()
    await PLATFORM.download(ref(size=len(plain)), creds, http, sink)
    assert sink.getvalue() == plain


@pytest.mark.parametrize(
    ("label", "plan", "error"),
    [
        ("link too old for a grant", {"preDownload": (404, b"", {})}, Rejected),
        ("grant refused late", {"preDownload": (403, b"expired", {})}, Rejected),
        ("link dead", {"photo": (404, b"", {})}, Rejected),
        ("link used", {"photo": (403, b"", {})}, Rejected),
        ("gateway ill", {"preDownload": (500, b"", {})}, Unreachable),
        ("storage ill", {"photo": (503, b"", {})}, Unreachable),
        ("storage hangs up", {"photo": None}, Unreachable),
        ("cut short", {"photo": (200, VECTOR[:-1], {})}, Unreachable),
        ("grant not JSON", {"preDownload": (200, b"<html>", {})}, Unreachable),
        ("grant without address", {"preDownload": as_json({})}, Rejected),
        (
            "grant to an inner address",
            {"preDownload": as_json({"download-url": "http://169.254.169.254/latest"})},
            Rejected,
        ),
    ],
)
async def test_download_fails(apple, http, creds, label, plan, error):
    apple.storage["photo"] = VECTOR
    apple.plan = plan
    with pytest.raises(error) as caught:
        await PLATFORM.download(ref(), creds, http, io.BytesIO())
    assert type(caught.value) is error


class GrantsPlainHttp:
    """Stands for Apple's gateway, which only has TLS, sending us to a place without."""

    async def request(self, *args, **kwargs):
        return Response(200, {}, b'{"download-url": "http://p1.icloud.com/x"}')

    async def fetch(self, url, *args, **kwargs):
        pytest.fail(f"{url} was called")


async def test_storage_without_tls_is_refused_when_the_gateway_has_it(creds):
    with pytest.raises(Rejected, match="not https"):
        await PLATFORM.download(ref(), creds | {"base_url": ""}, GrantsPlainHttp(), io.BytesIO())


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "é.png"
    path.write_bytes(b"\x89PNG" * 200_000)
    return MediaFile(name="é.png", mime="image/png", kind="image", size=800_000, path=path)


async def test_upload(apple, http, creds, photo):
    sent = outgoing(kind="media", media=photo)
    assert await PLATFORM.send(sent, creds, http) == str(sent.id)
    [message] = apple.messages
    [entry] = message.pop("attachments")
    assert (message["type"], message["body"]) == ("text", "\ufffc")
    key = entry.pop("key")
    assert len(key) == 66 and key.startswith("00")
    assert crypt(apple.storage["up"], bytes.fromhex(key[2:])) == photo.path.read_bytes()
    assert entry == {
        "name": "é.png",
        "mimeType": "image/png",
        "size": "800000",
        "signature-base64": base64.b64encode(b"\x01" + hashlib.sha1(apple.storage["up"]).digest()).decode(),
        "url": "https://p1.icloud.com/up",
        "owner": "M2",
    }
    [grant] = [call for call in apple.seen if call.path == "/v1/preUpload"]
    assert (grant.headers["source-id"], grant.headers["mmcs-size"]) == (BUSINESS, "800000")


async def test_each_upload_has_its_own_key(apple, http, creds, photo):
    await PLATFORM.send(outgoing(kind="media", media=photo), creds, http)
    await PLATFORM.send(outgoing(kind="media", media=photo), creds, http)
    first, second = (message["attachments"][0]["key"] for message in apple.messages)
    assert first != second


@pytest.mark.parametrize(
    ("label", "plan", "error"),
    [
        ("token refused", {"preUpload": (403, b"no", {})}, BadCredentials),
        ("gateway ill", {"preUpload": (500, b"", {})}, Unreachable),
        ("gateway hangs up", {"preUpload": None}, Unreachable),
        ("storage refuses the grant", {"up": (403, b"", {})}, Unreachable),
        ("storage ill", {"up": (500, b"", {})}, Unreachable),
        ("storage says nothing", {"up": as_json({})}, Unreachable),
        ("too large for the storage", {"up": (413, b"", {})}, Rejected),
        ("grant without address", {"preUpload": as_json({})}, Rejected),
    ],
)
async def test_upload_fails_before_anything_is_sent(apple, http, creds, photo, label, plan, error):
    apple.plan = plan
    with pytest.raises(error) as caught:
        await PLATFORM.send(outgoing(kind="media", media=photo), creds, http)
    assert type(caught.value) is error
    assert apple.messages == []


async def test_file_that_is_empty_too_large_or_gone(apple, http, creds, photo):
    with photo.path.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(Rejected, match="100000001"):
        await PLATFORM.send(outgoing(kind="media", media=photo), creds, http)
    photo.path.write_bytes(b"")
    with pytest.raises(Rejected, match="this one has 0"):
        await PLATFORM.send(outgoing(kind="media", media=photo), creds, http)
    photo.path.unlink()
    with pytest.raises(Rejected, match="no longer"):
        await PLATFORM.send(outgoing(kind="media", media=photo), creds, http)
    assert apple.seen == []
