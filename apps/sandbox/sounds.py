"""Voice notes for a phone without a microphone: made here, so that no recording has to be kept."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from io import BytesIO

SECONDS = 3
RATE = 8000  # of the tone, samples a second
_SILENCE = b"\xf8\xff\xfe"  # one Opus packet: 20 ms of silence, 48 kHz mono
_SERIAL = 0x436F6D70


def ogg_opus(*, seconds: int) -> BytesIO:
    """Silence in Ogg Opus (RFC 7845), as Telegram's voice notes are."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 0) + struct.pack("<I", 0)
    pages = [_page(0, 2, 0, [head]), _page(1, 0, 0, [tags])]
    for number in range(seconds):
        last = 4 if number == seconds - 1 else 0
        pages.append(_page(number + 2, last, (number + 1) * 48000, [_SILENCE] * 50))
    return BytesIO(b"".join(pages))


def caf(*, seconds: int) -> BytesIO:
    """A soft tone in Apple's Core Audio format (linear PCM, 16 bit), as iPhones' voice memos are named."""
    samples = b"".join(_tone(seconds))
    description = struct.pack(">d4sIIIII", float(RATE), b"lpcm", 0, 2, 1, 1, 16)
    body = struct.pack(">I", 0) + samples
    return BytesIO(
        b"caff" + struct.pack(">HH", 1, 0)
        + b"desc" + struct.pack(">q", len(description)) + description
        + b"data" + struct.pack(">q", len(body)) + body
    )  # fmt: skip


def _tone(seconds: int) -> Iterator[bytes]:
    for number in range(RATE * seconds):
        fade = math.sin(math.pi * number / (RATE * seconds))
        yield struct.pack(">h", int(6000 * fade * math.sin(2 * math.pi * 440 * number / RATE)))


def _page(number: int, flags: int, position: int, packets: list[bytes]) -> bytes:
    """One Ogg page (RFC 3533); every packet is shorter than 255 bytes."""
    sizes = bytes(len(packet) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, position, _SERIAL, number, 0) + bytes([len(sizes)])
    page = head + sizes + b"".join(packets)
    return page[:22] + struct.pack("<I", _checksum(page)) + page[26:]


def _checksum(page: bytes) -> int:
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value


def _table_entry(byte: int) -> int:
    value = byte << 24
    for _ in range(8):
        value = ((value << 1) ^ 0x04C11DB7) if value & 0x80000000 else value << 1
    return value & 0xFFFFFFFF


_TABLE = [_table_entry(byte) for byte in range(256)]
