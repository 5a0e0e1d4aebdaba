"""Microsoft's own types as second opinion: they read the same activities and know those that we write.

Microsoft ended its Bot Framework SDK in December 2025; the protocol goes on, and the types are still those of
the Connector's reference.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from botbuilder.schema import Activity

from apps.core.http import HttpDoor
from apps.platforms.base import Content, MediaFile, Outgoing, Part
from apps.platforms.events import MessageEdited, MessageReceived, MessageWithdrawn, ReactionReceived
from apps.platforms.teams import places
from apps.platforms.teams.adapter import PLATFORM
from tests.platforms.rest import Server

from .activities import APP, CHAT, SERVICE, Json, activity, creds, request
from .test_inbound import DOWNLOAD, FILE, YES
from .test_send import CARDS, TALK, TEXT, microsoft, outgoing, tokens  # noqa: F401

PICTURE = {"contentType": "image/png", "contentUrl": f"{SERVICE}v3/attachments/1/views/original"}
UPLOAD = {"contentType": FILE, "name": "plan.pdf", "content": {"downloadUrl": DOWNLOAD, "fileType": "pdf"}}
TOLD: dict[str, Json] = {
    "words": activity(text="Bonjour", textFormat="plain"),
    "a picture": activity(text="", attachments=[PICTURE]),
    "a file": activity(text="", attachments=[UPLOAD]),
    "a tap": activity(text="Yes", value={"choice": YES}, replyToId="7"),
    "an edit": activity("messageUpdate", text="new", channelData={"eventType": "editMessage"}),
    "a deletion": activity("messageDelete", channelData={"eventType": "softDeleteMessage"}),
    "a reaction": activity("messageReaction", reactionsAdded=[{"type": "like"}], replyToId="5"),
    "typing": activity("typing"),
    "installed": activity("installationUpdate", action="add"),
    "removed": activity("installationUpdate", action="remove"),
}


@pytest.mark.parametrize("body", TOLD.values(), ids=TOLD.keys())
def test_microsofts_types_read_what_we_read(body: Json) -> None:
    theirs: Any = Activity.deserialize(body)
    (ours,) = PLATFORM.parse(request(body), creds())
    assert theirs.additional_properties == {}, "nothing that Microsoft does not know"
    assert (theirs.conversation.id, theirs.recipient.id) == (ours.address, f"28:{ours.to}")
    assert (theirs.from_property.name, theirs.locale) == (ours.facts.name, ours.facts.locale)
    assert theirs.timestamp == ours.at
    if isinstance(ours, MessageReceived):
        assert (theirs.text, theirs.service_url) == (ours.text, (ours.handle or {})["service"])
        assert len(theirs.attachments or ()) == len(ours.media)
    if isinstance(ours, MessageEdited | MessageWithdrawn):
        assert places.ref(CHAT, theirs.id) == ours.target
    if isinstance(ours, ReactionReceived):
        assert places.ref(CHAT, theirs.reply_to_id) == ours.target


def shown(server: Server, label: str) -> Outgoing:
    part = TEXT
    media = MediaFile(name="a", mime="", kind="", size=1, path=Path("/x"), url="https://chat.example/a")
    if label in CARDS:
        (part,) = PLATFORM.compose(Content(card=CARDS[label]), None)
    elif label != "words":
        part = Part(kind="media", media=0, text="See")
    message = replace(outgoing(server, part), id=UUID(int=7), sender=APP)
    kinds = {"a picture": ("image/png", "image"), "a file": ("application/pdf", "file")}
    if label in kinds:
        return replace(message, media=replace(media, mime=kinds[label][0], kind=kinds[label][1]))
    return message


@pytest.mark.parametrize("label", ["words", "a picture", "a file", *CARDS])
async def test_microsofts_types_take_what_we_write(
    label: str,
    microsoft: Server,  # noqa: F811
    http: HttpDoor,
) -> None:
    """Read as theirs and written again, an activity of ours is the same."""
    await PLATFORM.send(shown(microsoft, label), {**creds(), "base_url": microsoft.url}, http)
    (call,) = microsoft.asked(TALK)
    theirs: Any = Activity.deserialize(call.fields)
    assert theirs.additional_properties == {}
    assert theirs.serialize() == call.fields
