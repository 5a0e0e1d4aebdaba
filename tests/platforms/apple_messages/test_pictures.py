"""Pictures of links and lists, made small enough."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest
from PIL import Image

from apps.platforms.apple_messages import pictures
from apps.platforms.base import Content, Part, Rejected
from apps.platforms.cards import ListPicker, Option, Section, without_images
from tests.platforms.apple_messages.shapes import LINK, PICKER, PLATFORM, by_card, drawn, photo

# Links ------------------------------------------------------------------------------------------------


async def test_a_link_with_a_picture(apple, http, creds, tmp_path):
    card, picture = replace(LINK, image=0), photo(tmp_path, "a.jpg", kind="JPEG", size=(2000, 1000))
    assert list(PLATFORM.compose(Content(card=card, media=[picture]), None)) == [Part(kind="card", card=card)]
    await PLATFORM.send(by_card(card, picture), creds, http)
    image = apple.messages[0]["richLinkData"]["assets"]["image"]
    assert (image["mimeType"], drawn(image["data"]).format, drawn(image["data"]).size) == (
        "image/png",
        "PNG",
        (840, 420),
    )


# Pictures in lists ------------------------------------------------------------------------------------


async def test_pictures_of_a_list(apple, http, creds, tmp_path):
    files = [
        photo(tmp_path, "a.png", size=(1000, 900)),
        photo(tmp_path, "b.webp", kind="WEBP", size=(400, 200)),
    ]
    assert list(PLATFORM.compose(Content(card=PICKER, media=files), None)) == [Part(kind="card", card=PICKER)]
    await PLATFORM.send(by_card(PICKER, *files), creds, http)
    sent = apple.messages[0]["interactiveData"]
    art = {image["identifier"]: drawn(image["data"]).size for image in sent["data"]["images"]}
    assert art == {"picture-0": (700, 630), "picture-1": (180, 90)}
    assert (sent["receivedMessage"]["imageIdentifier"], sent["receivedMessage"]["style"]) == (
        "picture-0",
        "large",
    )
    first, second = sent["data"]["listPicker"]["sections"][0]["items"]
    assert (first["imageIdentifier"], first["style"]) == ("picture-1", "icon")
    assert ("imageIdentifier" in second, second["style"]) == (False, "default")


@pytest.mark.parametrize("card", [PICKER, replace(LINK, image=1)])
async def test_a_file_that_is_no_picture_goes_by_itself(apple, http, creds, tmp_path, card):
    files = [photo(tmp_path), photo(tmp_path, "b.png", mime="image/heic")]
    assert list(PLATFORM.compose(Content(card=card, media=files), None)) == [
        Part(kind="media", media=0),
        Part(kind="media", media=1),
        Part(kind="card", card=without_images(card)),
    ]
    await PLATFORM.send(by_card(without_images(card), *files), creds, http)
    assert "picture" not in json.dumps(apple.messages) and "assets" not in json.dumps(apple.messages)


async def test_a_picture_that_cannot_be_read_or_is_gone(apple, http, creds, tmp_path):
    picture = photo(tmp_path)
    picture.path.write_bytes(b"\x89PNG\r\n\x1a\nnonsense")
    with pytest.raises(Rejected) as unreadable:
        await PLATFORM.send(by_card(replace(LINK, image=0), picture), creds, http)
    picture.path.unlink()
    with pytest.raises(Rejected) as gone:
        await PLATFORM.send(by_card(replace(LINK, image=0), picture), creds, http)
    assert (unreadable.value.code, gone.value.code, apple.seen) == ("picture", "file", [])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P"])
@pytest.mark.parametrize("most", [pictures.MOST_BYTES, 20_000])
def test_a_picture_is_made_small_enough(tmp_path, mode, most):
    made = pictures.png(photo(tmp_path, mode=mode, size=(900, 700), noise=True).path, (840, 630), most=most)
    picture = Image.open(io.BytesIO(made))
    assert (picture.format, len(made) <= most, picture.width <= 840 and picture.height <= 630) == (
        "PNG",
        True,
        True,
    )
    assert abs(picture.width / picture.height - 9 / 7) < 0.05


async def test_many_pictures_stay_below_what_a_message_may_have(apple, http, creds, tmp_path):
    files = [photo(tmp_path, f"{n}.png", size=(180, 180), noise=True) for n in range(60)]
    offered = tuple(Option(id=str(n), title=str(n), image=n) for n in range(60))
    card = ListPicker(id="R-1", title="?", sections=(Section(title="", options=offered),))
    await PLATFORM.send(by_card(card, *files), creds, http)
    images = apple.messages[0]["interactiveData"]["data"]["images"]
    assert (len(images), sum(len(image["data"]) for image in images) < 5_000_000) == (60, True)
