"""Files: taken in by content, given out only to who may see them, never as a page of ours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.conversations.files import full_path
from apps.conversations.models import Attachment
from apps.core import tenancy
from tests.console.pages.scenes import agent, held, inbox, of, send
from tests.worlds import Side, World

WAV = (  # 8 kHz, mono, 16 bit; 2,048 bytes of sound follow
    b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"
    b"@\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00data\x00\x08\x00\x00"
)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def png() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "PNG")
    return made.getvalue()


def upload(client: Client, side: Side, content: bytes, name: str = "x.png") -> Any:
    return client.post(of(side, "uploads/"), {"file": SimpleUploadedFile(name, content)})


def test_a_picture_goes_up_and_shows_its_safe_preview(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    stored = upload(client, side, png(), "routeur.png").json()
    html = send(client, side, "Voici", attachment=stored["id"]).json()["html"]
    address = of(side, f"files/{stored['id']}/?preview=1")
    preview = client.get(address)
    assert (stored["name"], stored["show"]) == ("routeur.png", "image")
    assert f'src="{address}"' in html
    assert preview["Content-Type"] == "image/webp"
    assert preview["Content-Disposition"] == 'inline; filename="routeur.png"'
    assert b"".join(preview.streaming_content)[8:12] == b"WEBP"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_pictures_of_every_kind_have_a_preview(world: World, kind: str) -> None:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, kind)
    stored = upload(agent(world.filante), world.filante, made.getvalue(), "a.bin").json()
    assert (stored["show"], stored["preview"] != "") == ("image", True)


@pytest.mark.parametrize(("platform", "code"), [("telegram", "too_large"), ("apple_messages", "")])
def test_the_platforms_limit_is_ours(world: World, platform: str, code: str) -> None:
    side = world.filante
    with tenancy.scope(side.id):
        side.channel.platform = platform
        side.channel.save()
    answer = upload(agent(side), side, bytes(50 * 1024 * 1024 + 1), "film.bin").json()
    assert answer.get("code", "") == code


REMARKS = {
    "telegram": "",
    "whatsapp": "WhatsApp shows only JPEG, PNG: convert the file, or let it go as one to open.",
    "x_dm": "",
    "line": "LINE shows only JPEG, PNG: convert the file, or let its link go.",
}


@pytest.mark.parametrize(("platform", "remark"), REMARKS.items(), ids=REMARKS)
def test_what_becomes_of_a_file_is_said_at_once(world: World, platform: str, remark: str) -> None:
    side, made = world.filante, io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "WEBP")
    with tenancy.scope(side.id):
        side.channel.platform = platform
        side.channel.save()
    assert upload(agent(side), side, made.getvalue(), "a.webp").json()["remark"] == remark


def test_what_the_platform_cannot_be_sent_is_not_taken_in(world: World) -> None:
    side = world.filante
    with tenancy.scope(side.id):
        side.channel.platform = "wechat"
        side.channel.save()
    answer = upload(agent(side), side, b"words", "a.txt")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_taken")
    assert answer.json()["words"].startswith("WeChat takes only JPEG, PNG, GIF, BMP, AMR, MP3, MP4: ")
    with tenancy.scope(side.id):
        assert not Attachment.objects.exists()


@pytest.mark.advisory("S9", "Chatwoot CVE-2021-3741", "LiveHelperChat CVE-2026-0483")
def test_a_file_is_downloaded_and_can_run_nothing(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    stored = upload(client, side, b"<script>alert(1)</script>", "é.html").json()
    answer = client.get(of(side, f"files/{stored['id']}/"))
    assert {name: answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "application/octet-stream",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, max-age=3600",
    }
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9.html"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["Cross-Origin-Resource-Policy"] == "same-site"


def test_a_file_that_the_disk_lost_is_not_there(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    stored = upload(client, side, png()).json()
    with tenancy.scope(side.id):
        full_path(Attachment.objects.get(pk=stored["id"]).path).unlink()
    assert client.get(of(side, f"files/{stored['id']}/")).status_code == 404


def test_sound_is_given_in_parts(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    stored = upload(client, side, WAV + bytes(2048), "voix.wav").json()
    address = of(side, f"files/{stored['id']}/")
    whole = client.get(address)
    part = client.get(address, headers={"Range": "bytes=4-7"})
    beyond = client.get(address, headers={"Range": "bytes=99999-"})
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 4-7/{len(WAV) + 2048}")
    assert b"".join(part.streaming_content) == WAV[4:8]
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(WAV) + 2048}")


def test_empty_and_too_large_files_are_refused(world: World, settings: Any) -> None:
    side, client = world.filante, agent(world.filante)
    settings.MAX_ATTACHMENT_BYTES = 10
    answers = [upload(client, side, content) for content in (b"", b"x" * 11)]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(422, "empty"), (422, "too_large")]
    assert client.post(of(side, "uploads/")).json()["code"] == "no_file"
    with tenancy.scope(side.id):
        assert Attachment.objects.count() == 0


def test_an_upload_is_taken_back(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    pk = upload(client, side, png()).json()["id"]
    assert [client.post(of(side, f"uploads/{pk}/removal/")).status_code for _ in range(2)] == [204, 204]
    assert client.get(of(side, f"files/{pk}/")).status_code == 404


def test_without_script_files_travel_with_the_message(world: World) -> None:
    side, client = world.filante, agent(world.filante)
    fields = {
        "text": "",
        "client_id": "01a1ffe5-cae4-719b-b856-97ebfe599708",
        "view": "mine",
        "files": [SimpleUploadedFile("a.png", png()), SimpleUploadedFile("b.bin", b"x")],
    }
    client.post(of(side, "messages/"), fields)
    with tenancy.scope(side.id):
        found = Attachment.objects.order_by("position").values_list("name", "kind", "message__seq")
        assert list(found) == [("a.png", "image", 2), ("b.bin", "file", 2)]


def test_a_form_with_files_sent_twice_is_one_message(world: World, tmp_path: Path) -> None:
    side, client = world.filante, agent(world.filante)
    for _ in range(2):
        fields = {"text": "", "client_id": "01a1ffe5-cae4-719b-b856-97ebfe599708", "view": "mine"}
        client.post(of(side, "messages/"), {**fields, "files": SimpleUploadedFile("b.bin", b"x")})
    with tenancy.scope(side.id):
        assert Attachment.objects.count() == 1
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_files_of_a_refused_message_do_not_stay_on_disk(world: World, tmp_path: Path) -> None:
    side, client = world.filante, agent(world.filante)
    held(side, side.owner_membership)
    fields = {"text": "x", "client_id": "01a1ffe5-cae4-719b-b856-97ebfe599708", "view": "all"}
    refused = client.post(of(side, "messages/"), {**fields, "files": SimpleUploadedFile("b.bin", b"x")})
    assert refused.status_code == 409
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.advisory("S2", "Rocket.Chat CVE-2026-48616")
def test_a_file_is_found_only_under_its_own_conversation(world: World) -> None:
    side, other = world.filante, world.garance
    ours = upload(agent(side), side, png()).json()["id"]
    theirs = upload(agent(other), other, png()).json()["id"]
    client = agent(side)
    table = {
        of(side, f"files/{ours}/"): 200,
        of(side, f"files/{theirs}/"): 404,
        inbox(side, f"{other.conversation.pk}/files/{theirs}/"): 404,
        of(other, f"files/{theirs}/"): 404,
    }
    assert {address: client.get(address).status_code for address in table} == table
    assert send(client, side, "x", attachment=theirs).status_code == 422
