"""What stands in one direct message, as the fields of `MessageReceived`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.shared import choices, places, tags

Fields = dict[str, Any]
Raw = Mapping[str, Any]

# X's type: our kind, the name and the type when it does not say them.
MEDIA = {
    "photo": (MediaKind.IMAGE, "photo.jpg", "image/jpeg"),
    "video": (MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "animated_gif": (MediaKind.VIDEO, "animation.mp4", "video/mp4"),
}
ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))  # not documented for direct messages


def fields(data: Raw, ref: str) -> Fields:
    """The fields that say what the customer sent; never all of them empty. `ref` is the message's id."""
    attachment = data.get("attachment")
    attachment = attachment if isinstance(attachment, dict) else {}
    found = _attached(attachment, ref) if attachment else {}
    said = tags.read(_words(data, attachment))
    found |= {"text": said.text, "tag": said.tag, "group": said.group} if said.text else {}
    found |= _answer(data, said.text)
    return found or {"unsupported": "empty"}


def _words(data: Raw, attachment: Raw) -> str:
    """With links as they were typed, and without the one that X adds for an attachment."""
    text = str(data.get("text") or "")
    media = attachment.get("media")
    if isinstance(media, dict) and media.get("url"):
        text = text.removesuffix(str(media["url"]))
    entities = data.get("entities")
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for row in urls if isinstance(urls, list) else ():
        if isinstance(row, dict) and row.get("url") and row.get("expanded_url"):
            text = text.replace(str(row["url"]), str(row["expanded_url"]))
    for written, meant in ESCAPES:
        text = text.replace(written, meant)
    return text.strip()


def _answer(data: Raw, text: str) -> Fields:
    """A quick reply whose metadata is ours; of other software its words are all there is."""
    reply = data.get("quick_reply_response")
    meant = str(reply.get("metadata") or "") if isinstance(reply, dict) else ""
    answer = choices.answer(meant, text) if meant else None
    return {"answer": answer} if answer else {}


def _attached(attachment: Raw, ref: str) -> Fields:
    kind = str(attachment.get("type") or "")
    if kind == "media":
        return _media(attachment["media"], ref)
    if kind == "location":
        return _location(attachment)
    return {"unsupported": kind or "attachment"}


def _media(media: Raw, ref: str) -> Fields:
    """A picture by the three names that its address ends with, a film by its best version."""
    known = MEDIA.get(str(media.get("type")))
    if known is None:
        return {"unsupported": str(media.get("type") or "media")}
    kind, name, mime = known
    resource = str(media["media_url_https"]).partition("?")[0].rpartition("/")[2]
    locator: dict[str, str | int] = {"message": ref, "media": str(media["id_str"]), "resource": resource}
    if kind is MediaKind.VIDEO:
        locator = {"url": _best(media)}
    return {"media": (MediaRef(kind=kind, locator=locator, name=name, mime=mime),)}


def _best(media: Raw) -> str:
    films = [row for row in media["video_info"]["variants"] if row.get("content_type") == "video/mp4"]
    return str(max(films, key=lambda row: int(row.get("bitrate") or 0))["url"])


def _location(attachment: Raw) -> Fields:
    shared = attachment["location"].get("shared_coordinate")
    if not isinstance(shared, dict):
        return {"unsupported": "location"}
    longitude, latitude = shared["coordinates"]["coordinates"]
    return places.content(places.place(latitude, longitude))
