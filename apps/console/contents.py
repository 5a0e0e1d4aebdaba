"""What a message holds besides text and cards, ready for a template: files and places."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from apps.connections.said import translated
from apps.conversations.models import Attachment, AttachmentState, Message
from apps.core import sizes


@dataclass(frozen=True, slots=True)
class FileView:
    """One file. `state` as AttachmentState; `show` is how: picture, voice, video or file."""

    name: str
    show: str
    state: str
    size: str
    error: str
    url: str
    preview: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PlaceView:
    title: str
    address: str
    coordinates: str
    map: str


def files_of(message: Message, slug: str) -> list[FileView]:
    """Needs `message.attachments` prefetched."""
    return [file_view(attachment, message.conversation_id, slug) for attachment in message.attachments.all()]


def file_view(attachment: Attachment, conversation_id: UUID, slug: str) -> FileView:
    url = reverse("console:file", args=[slug, conversation_id, attachment.pk])
    return FileView(
        name=attachment.name or kind_words().get(attachment.kind, _("File")),
        show=_shown_as(attachment),
        state=attachment.state,
        size=sizes.in_words(attachment.size) if attachment.size else "",
        error=translated(attachment.error),
        url=url,
        preview=f"{url}?preview=1" if attachment.preview else "",
        width=attachment.width,
        height=attachment.height,
    )


def place_of(message: Message) -> PlaceView | None:
    place = message.content.get("place")
    if not place:
        return None
    latitude, longitude = float(place["latitude"]), float(place["longitude"])
    return PlaceView(
        title=str(place.get("title") or _("Location")),
        address=str(place.get("address") or ""),
        coordinates=f"{latitude:.5f}, {longitude:.5f}",
        map=map_address(latitude, longitude),
    )


def map_address(latitude: float, longitude: float) -> str:
    """Where a map of the place is."""
    query = urlencode({"mlat": f"{latitude:.6f}", "mlon": f"{longitude:.6f}"})
    return f"https://www.openstreetmap.org/?{query}"


def _shown_as(attachment: Attachment) -> str:
    """A picture without a safe preview, like a sound that browsers do not play, is a file to download."""
    if attachment.state != AttachmentState.STORED:
        return "file"
    if attachment.kind in ("image", "sticker") and attachment.preview:
        return attachment.kind
    if attachment.kind in ("voice", "audio", "video"):
        return "voice" if attachment.kind == "audio" else attachment.kind
    return "file"


def kind_words() -> dict[str, str]:
    """What a file is called when it has no name, in the active language."""
    return {
        "image": _("Picture"),
        "sticker": _("Sticker"),
        "voice": _("Voice note"),
        "audio": _("Audio file"),
        "video": _("Video"),
        "place": _("Location"),
    }
