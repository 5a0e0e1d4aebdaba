"""Files that would run, hide what they are, or burst: each is given out as what it is or as bytes to keep."""

from __future__ import annotations

import io
import resource
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.conversations.models import Attachment
from apps.core import tenancy
from tests.console.pages.scenes import agent, of
from tests.security.active import RUN
from tests.worlds import World

pytestmark = pytest.mark.advisory("S9", "Chatwoot CVE-2021-3741", "Chatwoot CVE-2021-3742")

SCRIPT = f"<script>{RUN}</script>".encode()


def picture(kind: str) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, kind)
    return made.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it has 50,000 × 50,000 points."""
    header = (50_000).to_bytes(4) * 2 + b"\x08\x02\x00\x00\x00"
    body = zlib.compress(bytes(150_001)) * 20
    parts = [(b"IHDR", header), (b"IDAT", body), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)


FILES = {
    "drawing.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="x">' + SCRIPT + b"</svg>",
    "drawing.png": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "page.html": b"<!doctype html>" + SCRIPT,
    "page.png": b"<html>" + SCRIPT,
    "page.xml": b'<?xml version="1.0"?><x xmlns="http://www.w3.org/1999/xhtml">' + SCRIPT + b"</x>",
    "both.gif": b"GIF89a/*" + b"\x00" * 20 + b"*/=1;" + RUN.encode(),
    "paper.pdf": b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF",
    "program.exe": b"MZ" + bytes(200),
    "nothing.bin": b"\x00",
    "film.mp4": b"\x00\x00\x00\x18ftypmp42" + SCRIPT,
    "sound.mp3": b"ID3\x04" + SCRIPT,
}


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def given_out(world: World, name: str, content: bytes) -> list[Any]:
    """The answers for the file and for its preview."""
    side, client = world.filante, agent(world.filante)
    stored = client.post(of(side, "uploads/"), {"file": SimpleUploadedFile(name, content)}).json()
    address = of(side, f"files/{stored['id']}/")
    return [client.get(address), client.get(f"{address}?preview=1")]


@pytest.mark.parametrize("name", FILES)
def test_nothing_given_out_can_run(world: World, name: str) -> None:
    for answer in given_out(world, name, FILES[name]):
        shown = answer["Content-Disposition"].startswith("inline")
        harmless = ("audio/", "video/", "image/webp") if shown else ("application/octet-stream",)
        assert answer["Content-Type"].startswith(harmless)
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_drawn_anew(world: World, kind: str) -> None:
    """What was hidden behind it stays behind: browsers are shown the preview only."""
    whole, preview = given_out(world, "a.png", picture(kind) + SCRIPT)
    body = b"".join(preview.streaming_content)
    assert (preview["Content-Type"], RUN.encode() in body) == ("image/webp", False)
    assert whole["Content-Type"] == "application/octet-stream"


NAMES = [
    "../../x.png",
    "..\\x.png",
    "/etc/passwd",
    "a\u202egnp.exe",
    "a\r\nX: y",
    'a"; filename="b',
    ".",
    "\u200f",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_only_a_name(world: World, name: str) -> None:
    """As a program sends it, that takes nothing off it first."""
    side, client = world.filante, agent(world.filante)
    head = f"Content-Disposition: form-data; name=\"file\"; filename*=UTF-8''{quote(name, safe='')}"
    body = f"--B\r\n{head}\r\n\r\nx\r\n--B--\r\n"
    answer = client.post(of(side, "uploads/"), body, content_type="multipart/form-data; boundary=B").json()
    with tenancy.scope(side.id):
        stored = Attachment.objects.first()
    if stored is None:
        assert answer["code"] == "no_file"
        return
    assert not set(stored.name) & set("/\\\r\n\u202e\u200f")
    assert Path(stored.path).name.isalnum()
    told = client.get(of(side, f"files/{answer['id']}/"))["Content-Disposition"]
    assert told.startswith("attachment") and "\n" not in told


def test_a_small_file_does_not_become_a_large_one(world: World) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    whole, _ = given_out(world, "bomb.png", bomb())
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (whole["Content-Type"], grown < 100 * 1024) == ("application/octet-stream", True)
