"""Files that platforms fetch: one file by each address, for some hours, as what it is and never as a page."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client
from PIL import Image

from apps.conversations import files, public_files
from apps.conversations.models import Attachment, AuthorKind
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from tests.worlds import Side, World


def picture() -> BytesIO:
    made = BytesIO()
    Image.new("RGB", (900, 600), "teal").save(made, "PNG")
    made.seek(0)
    return made


def sent_file(here: Side, content: BytesIO, name: str) -> Attachment:
    author = Author(kind=AuthorKind.MEMBER, membership=here.agent_membership)
    with tenancy.scope(here.id):
        stored = files.upload(here.conversation, content, name=name)
        draft = Draft(attachments=(stored.pk,))
        send_message(here.conversation.pk, author, draft, client_id=uuid4())
        return Attachment.objects.get(pk=stored.pk)


def path_of(here: Side, attachment: Attachment, *, preview: bool = False) -> str:
    with tenancy.scope(here.id):
        make = public_files.preview_address if preview else public_files.address
        return urlsplit(make(attachment)).path


def test_a_picture_comes_as_it_is(world: World, client: Client) -> None:
    here = world.filante
    path = path_of(here, sent_file(here, picture(), "Schéma.png"))
    answer = client.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert b"".join(answer.streaming_content) == picture().getvalue()
    assert path.endswith("/file.png")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


def test_its_preview_is_a_small_jpeg(world: World, client: Client) -> None:
    here = world.filante
    answer = client.get(path_of(here, sent_file(here, picture(), "a.png"), preview=True))
    with Image.open(BytesIO(answer.content)) as small:
        assert (small.format, small.size) == ("JPEG", (480, 320))


FILM = b"\x00\x00\x00\x18ftypmp42film"


def test_a_film_has_a_neutral_preview(world: World, client: Client) -> None:
    """Nothing here opens films, and some platforms show none without a picture."""
    here = world.filante
    film = sent_file(here, BytesIO(FILM), "box.mp4")
    answer = client.get(path_of(here, film, preview=True))
    with Image.open(BytesIO(answer.content)) as small:
        assert (small.format, small.size, len(answer.content) < 100_000) == ("JPEG", (480, 270), True)
    whole = client.get(path_of(here, film))
    assert (whole["Content-Type"], b"".join(whole.streaming_content)) == ("video/mp4", FILM)
    with tenancy.scope(here.id):
        files.full_path(film.path).unlink()
    assert client.get(path_of(here, film, preview=True)).status_code == 404


def test_what_is_neither_picture_nor_film_has_no_preview(world: World) -> None:
    here = world.filante
    paper = sent_file(here, BytesIO(b"%PDF-1.7 a"), "a.pdf")
    with tenancy.scope(here.id):
        assert public_files.preview_address(paper) == ""


def test_a_page_is_never_served_as_one(world: World, client: Client) -> None:
    here = world.filante
    page = sent_file(here, BytesIO(b"<!doctype html><script>alert(1)</script>"), "page.html")
    answer = client.get(path_of(here, page))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_an_address_ends(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    here = world.filante
    path = path_of(here, sent_file(here, picture(), "a.png"))
    monkeypatch.setattr(public_files, "SECONDS", -1)
    assert client.get(path).status_code == 404


def test_only_what_was_sent_is_given_out(world: World, client: Client) -> None:
    here = world.filante
    with tenancy.scope(here.id):
        waiting = files.upload(here.conversation, picture(), name="draft.png")
    assert client.get(path_of(here, waiting)).status_code == 404


@pytest.mark.parametrize("mask", range(1, 7))
def test_no_mixture_of_two_tenants_facts_opens_anything(world: World, client: Client, mask: int) -> None:
    """Even with our key: tenant, file and name on disk belong together."""
    here, there = world.filante, world.garance
    ours, theirs = (sent_file(side, picture(), "a.png") for side in (here, there))
    both = [
        [side.id.hex, file.pk.hex, file.path.rsplit("/", 1)[-1]]
        for side, file in ((here, ours), (there, theirs))
    ]
    mixed = [both[bool(mask & (1 << place))][place] for place in range(3)]
    ticket = signing.TimestampSigner(salt=public_files.SALT).sign_object([*mixed, 0])
    assert client.get(f"/fetch/{ticket}/a.png").status_code == 404


def test_a_forged_ticket_opens_nothing(world: World, client: Client) -> None:
    here = world.filante
    path = path_of(here, sent_file(here, picture(), "a.png"))
    _, _, ticket, name = path.split("/")
    for forged in (ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), "x", ticket.replace(":", ";")):
        assert client.get(f"/fetch/{forged}/{name}").status_code == 404
