"""What stands in one message of Messenger or Instagram, as fields of `MessageReceived`.

Files are links that die after some time; what has no row is shown as unsupported under Meta's own name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apps.platforms.events import MediaKind, MediaRef
from apps.platforms.shared import places
from apps.platforms.shared.contents import BROKEN

Fields = dict[str, Any]
Raw = Mapping[str, Any]

# Meta's type: our kind, name and type where a file server says none. What comes as audio was recorded: files
# with sound come as "file". A story that mentions us is a picture or a film; the file server says which.
MEDIA = {
    "image": (MediaKind.IMAGE, "image.jpg", "image/jpeg"),
    "audio": (MediaKind.VOICE, "voice.mp4", "audio/mp4"),
    "video": (MediaKind.VIDEO, "video.mp4", "video/mp4"),
    "file": (MediaKind.FILE, "file", ""),
    "sticker": (MediaKind.STICKER, "sticker.png", "image/png"),
    "reel": (MediaKind.VIDEO, "reel.mp4", "video/mp4"),
    "ig_reel": (MediaKind.VIDEO, "reel.mp4", "video/mp4"),
    "story_mention": (MediaKind.FILE, "story", ""),
    "animated_image": (MediaKind.IMAGE, "image.gif", "image/gif"),
}
SHARED = ("fallback", "share", "template", "post", "ig_post")  # a link with a title
THUMBS = {"369239263222822", "369239343222814", "369239383222810"}  # Messenger's thumb, in three sizes


def fields(message: Raw) -> Fields:
    """The fields that say what the customer sent; never all of them empty. What is not as Meta documents it
    is shown as unsupported, with the words that stand beside it."""
    try:
        return _fields(message)
    except BROKEN:
        return {"text": str(message.get("text") or ""), "media": (), "details": (), "unsupported": "message"}


def _fields(message: Raw) -> Fields:
    found: Fields = {"text": str(message.get("text") or ""), "media": (), "details": ()}
    for attachment in _attachments(message):
        _add(found, str(attachment.get("type") or ""), attachment)
    found["details"] += _reply(message) + referral_details(message.get("referral"))
    if message.get("is_unsupported"):
        found["unsupported"] = "unsupported"
    elif not any(found.values()):
        found["unsupported"] = "empty"
    return found


def referral_details(referral: Any) -> tuple[tuple[str, str], ...]:
    """What led the customer here, in words: an advertisement, a product."""
    if not isinstance(referral, dict):
        return ()
    context, product = referral.get("ads_context_data"), referral.get("product")
    title = context.get("ad_title") if isinstance(context, dict) else ""
    number = product.get("id") if isinstance(product, dict) else ""
    named = (("Advertisement", title or referral.get("ad_id")), ("Product", number))
    return tuple((label, str(value)) for label, value in named if value)


def _attachments(message: Raw) -> list[Raw]:
    """Each once: for some months of 2026 a sticker came both as an image and as a sticker."""
    given = [item for item in message.get("attachments") or () if isinstance(item, dict)]
    stickers = {_sticker_id(item) for item in given if item.get("type") == "sticker"} - {""}
    return [item for item in given if item.get("type") != "image" or _sticker_id(item) not in stickers]


def _add(found: Fields, kind: str, attachment: Raw) -> None:
    payload = attachment.get("payload")
    payload = payload if isinstance(payload, dict) else {}
    url = payload.get("url") or attachment.get("url") or ""
    title = str(payload.get("title") or attachment.get("title") or "")
    if kind == "location":
        found |= _place(payload, title)
    elif kind == "like_heart":
        _say(found, "❤️")
    elif _sticker_id(attachment) in THUMBS:
        _say(found, "👍")
    elif kind in MEDIA and isinstance(url, str) and url:
        found["media"] += (_media(kind, payload, url),)
        found["details"] += (("Story", "mentions you"),) if kind == "story_mention" else ()
    elif kind in SHARED and (title or url):
        _say(found, "\n".join(words for words in (title, str(url)) if words and words not in found["text"]))
    else:
        found["unsupported"] = kind or "attachment"


def _say(found: Fields, words: str) -> None:
    found["text"] = "\n".join(text for text in (found["text"], words) if text)


def _media(kind: str, payload: Raw, url: str) -> MediaRef:
    ours, name, mime = MEDIA[kind]
    if kind == "image" and payload.get("sticker_id"):
        ours, name, mime = MEDIA["sticker"]
    return MediaRef(kind=ours, locator={"url": url}, name=str(payload.get("name") or name), mime=mime)


def _place(payload: Raw, title: str) -> Fields:
    coordinates = payload["coordinates"]
    return places.content(places.place(coordinates["lat"], coordinates["long"], title=title))


def _reply(message: Raw) -> tuple[tuple[str, str], ...]:
    """The story of ours that this answers."""
    target = message.get("reply_to")
    story = target.get("story") if isinstance(target, dict) else None
    if not isinstance(story, dict):
        return ()
    return (("Reply to your story", str(story.get("url") or story.get("id") or "")),)


def _sticker_id(attachment: Raw) -> str:
    payload = attachment.get("payload")
    return str(payload.get("sticker_id") or "") if isinstance(payload, dict) else ""
