"""Voice notes play in every browser, also those that iPhones record."""

from __future__ import annotations

import io
import struct

import pytest

from apps.conversations import files
from apps.conversations.models import Conversation
from apps.core import tenancy
from tests.worlds import World


def caf(*, seconds: int, rate: int = 8000) -> bytes:
    """Apple's Core Audio Format by its specification: 16-bit linear PCM, big-endian."""
    samples = struct.pack(f">{seconds * rate}h", *((n * 317) % 20000 - 10000 for n in range(seconds * rate)))
    description = struct.pack(">d4sIIIII", float(rate), b"lpcm", 0, 2, 1, 1, 16)
    chunks = _chunk(b"desc", description) + _chunk(b"data", struct.pack(">I", 0) + samples)
    return b"caff" + struct.pack(">HH", 1, 0) + chunks


def _chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack(">q", len(body)) + body


def test_an_iphones_voice_memo_plays(world: World) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        conversation = Conversation.objects.get()
        memo = files.upload(conversation, io.BytesIO(caf(seconds=2)), name="Audio Message.caf")
        served = files.served_as(memo, preview=False)
        assert (memo.kind, memo.mime) == ("audio", "audio/x-caf")
        assert (served.mime, served.inline) == ("audio/mp4", True)
        assert served.path.read_bytes()[4:8] == b"ftyp"


@pytest.mark.parametrize("content", [b"caff\x00\x01\x00\x00", b"#!AMR\n\x04", b"caff" + b"\xff" * 5000])
def test_a_broken_sound_is_a_file_to_download(world: World, content: bytes) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        conversation = Conversation.objects.get()
        broken = files.upload(conversation, io.BytesIO(content), name="broken.caf")
        served = files.served_as(broken, preview=False)
        assert (broken.kind, served.mime, served.inline) == ("file", "application/octet-stream", False)
