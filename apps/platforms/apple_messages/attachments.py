"""Files: reading what an inbound message says about them, fetching, and sending our own."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import BinaryIO, cast

from apps.platforms.apple_messages import cipher, wire
from apps.platforms.apple_messages.gateway import Gateway
from apps.platforms.base import MediaFile, Rejected, Unreachable
from apps.platforms.events import MediaKind, MediaRef

# In a message's body, one for each attachment in order. The customer's device may send more or fewer.
PLACEHOLDER = "\ufffc"
MAX_FILE = 100_000_000
# Whether Apple's "100 MB" counts in thousands is not said, so what comes may be a little larger.
MAX_INBOUND = 110_000_000
UNKNOWN_TYPE = "application/octet-stream"
CHUNK = 256 * 1024
VOICE_TYPES = ("audio/x-caf", "audio/caf")

Locator = Mapping[str, str | int]


def media_ref(item: wire.Data) -> MediaRef | None:
    """The file that an inbound attachment names, None when it cannot be fetched with what is there."""
    found = locator(item)
    if found is None:
        return None
    mime = _first(item, "mimeType", "mime-type").lower()
    return MediaRef(
        kind=_kind(mime),
        locator=found,
        name=_base_name(wire.string(item, "name")),
        mime=mime,
        size=int(found["size"]),
        urgent=True,
    )


def locator(item: wire.Data) -> dict[str, str | int] | None:
    """Address, owner, signature (Base64), key (hex) and size of something in Apple's storage, or None.

    Newer and older key names are understood. A hex signature is valid Base64 too, so only its name tells
    which of the two it is.
    """
    url = _first(item, "url", "mmcs-url")
    owner = _first(item, "owner", "mmcs-owner")
    signature = wire.string(item, "signature-base64") or _hex_to_base64(
        _first(item, "signature", "mmcs-signature-hex")
    )
    try:
        key = cipher.key_from_wire(_first(item, "key", "decryption-key"))
    except ValueError:
        return None
    if not all(wire.is_header_safe(value) for value in (url, owner, signature)):
        return None
    size = wire.number(item, "size") or wire.number(item, "file-size")
    return {"url": url, "owner": owner, "signature": signature, "key": key.hex(), "size": size}


async def fetch(found: Locator, gateway: Gateway, sink: BinaryIO, *, max_bytes: int = MAX_INBOUND) -> None:
    """Download and decrypt into `sink`. Raises SendError; what `sink` then holds must be thrown away."""
    grant = await gateway.ask(
        "GET",
        "/preDownload",
        {
            "MMCS-Url": str(found["url"]),
            "MMCS-Signature": str(found["signature"]),
            "MMCS-Owner": str(found["owner"]),
        },
        link=True,
    )
    decrypting = cipher.DecryptingSink(sink, cipher.key_from_wire(str(found["key"])))
    url = wire.string(grant, "download-url")
    await gateway.fetch(url, cast(BinaryIO, decrypting), max_bytes=max_bytes)
    if found.get("size") and decrypting.size != found["size"]:
        raise Unreachable(f"{decrypting.size} of {found['size']} bytes arrived", code="size")


async def upload(file: MediaFile, gateway: Gateway) -> dict[str, str]:
    """Encrypt and store a file; the entry for a message's `attachments`. Raises SendError.

    CTR keeps the length, so the file is encrypted while it is sent: nothing is written to disk.
    """
    size, key = _checked_size(file), cipher.new_key()
    place = await _store(_encrypted(file.path, key), gateway, size=size)
    return _entry(file.name, file.mime, size, place, key)


async def upload_bytes(name: str, mime: str, content: bytes, gateway: Gateway) -> dict[str, str]:
    """As `upload`, for a file that is on no disk."""
    key = cipher.new_key()
    place = await _store(_once(cipher.stream(key).update(content)), gateway, size=len(content))
    return _entry(name, mime, len(content), place, key)


async def _store(body: AsyncIterator[bytes], gateway: Gateway, *, size: int) -> dict[str, str]:
    """Where what is encrypted lies with Apple."""
    grant = await gateway.ask("GET", "/preUpload", {"MMCS-Size": str(size)})
    stored = await gateway.upload(wire.string(grant, "upload-url"), body, size=size)
    place = {
        "signature-base64": wire.string(wire.mapping(stored, "singleFile"), "fileChecksum"),
        "url": wire.string(grant, "mmcs-url"),
        "owner": wire.string(grant, "mmcs-owner"),
    }
    if not all(place.values()):
        missing = ", ".join(name for name, value in place.items() if not value)
        raise Unreachable(f"Apple's storage did not say everything: {missing}", code="storage")
    return place


def _entry(name: str, mime: str, size: int, place: dict[str, str], key: bytes) -> dict[str, str]:
    described = {"name": name or "file", "mimeType": mime or UNKNOWN_TYPE, "size": str(size)}
    return described | place | {"key": cipher.key_to_wire(key)}


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _first(item: wire.Data, *names: str) -> str:
    return next((value for name in names if (value := wire.string(item, name).strip())), "")


def _hex_to_base64(text: str) -> str:
    try:
        return base64.b64encode(binascii.unhexlify(text)).decode()
    except ValueError:
        return ""


def _kind(mime: str) -> MediaKind:
    if mime in VOICE_TYPES:
        return MediaKind.VOICE
    family = mime.partition("/")[0]
    return MediaKind(family) if family in ("image", "audio", "video") else MediaKind.FILE


def _base_name(name: str) -> str:
    printable = "".join(letter for letter in re.split(r"[/\\]", name)[-1] if letter.isprintable())
    return printable.strip()[-255:]


def _checked_size(file: MediaFile) -> int:
    try:
        size = file.path.stat().st_size
    except OSError as error:
        raise Rejected("the file is no longer on our disk", code="file") from error
    if not 0 < size <= MAX_FILE:
        raise Rejected(f"a file must have 1 to {MAX_FILE} bytes; this one has {size}", code="file")
    return size


async def _encrypted(path: Path, key: bytes) -> AsyncIterator[bytes]:
    stream = cipher.stream(key)
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            yield stream.update(chunk)
