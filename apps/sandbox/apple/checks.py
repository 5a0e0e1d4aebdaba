"""What the gateway refuses in a message (1.5, 1.6, 1.10), as Apple enforces it since August 2026."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from apps.sandbox.apple import payloads
from apps.sandbox.apple.errors import malformed

BID = (
    "com.apple.messages.MSMessageExtensionBalloonPlugin:0000000000:"
    "com.apple.icloud.apps.messages.business.extension"
)
TYPES = frozenset({"text", "interactive", "richLink", "typing_start", "typing_end"})
MOST_TITLE = 200
MOST_IMAGE = 200_000
MOST_IMAGES = 5_000_000
PNG = b"\x89PNG\r\n\x1a\n"
SHOWN = frozenset(
    (
        *("title", "subtitle", "summaryText", "imageTitle", "imageSubtitle", "description"),
        *("hintText", "labelText", "prefixText", "placeholder", "pickerTitle", "buttonTitle", "header"),
    )
)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")

Json = dict[str, Any]


def envelope(body: object, headers: Mapping[str, str]) -> Json:
    """The body as an object whose envelope is whole and agrees with the headers."""
    if not isinstance(body, dict):
        raise malformed("the body is not a JSON object")
    if body.get("v") != 1 or body.get("type") not in TYPES:
        raise malformed(f"type {body.get('type')!r} with v {body.get('v')!r} is not supported")
    pairs = (("id", "id"), ("source-id", "sourceId"), ("destination-id", "destinationId"))
    for header, name in pairs:
        if not body.get(name) or headers.get(header) != body[name]:
            raise malformed(f"{header} is missing or does not match {name}")
    if not _UUID.fullmatch(str(body["id"])):
        raise malformed("id is not a UUID")
    return body


def text(body: Json) -> str:
    if not isinstance(body.get("body"), str) or not body["body"]:
        raise malformed("body is required")
    return str(body["body"])


def rich_link(body: Json) -> Json:
    link = body.get("richLinkData")
    if not isinstance(link, dict) or not re.match(r"https?://", str(link.get("url", ""))):
        raise malformed("richLinkData.url is missing or not a web address")
    if not isinstance(link.get("title"), str) or not link["title"]:
        raise malformed("richLinkData.title is required")
    image = (link.get("assets") or {}).get("image")
    if image is not None:
        if image.get("mimeType") != "image/png":
            raise malformed("richLinkData.assets.image must be PNG")
        _image(image.get("data"))
    return link


def interactive(body: Json) -> Json:
    """The interactive data of one of Apple's own balloons."""
    given = body.get("interactiveData")
    if not isinstance(given, dict):
        raise malformed("interactiveData is required")
    data = given.get("data")
    if given.get("bid") != BID:
        raise malformed("Third party interactive data disallows use of 'data'" if data else "unknown bid")
    if not isinstance(data, dict) or not (data.get("version") or data.get("mspVersion")):
        raise malformed("data.version is required")
    if not isinstance(data.get("requestIdentifier"), str) or not data["requestIdentifier"]:
        raise malformed("data.requestIdentifier is required")
    _images(data.get("images", []))
    _strings(given)
    payloads.check(given)
    return given


def _images(images: Any) -> None:
    if not isinstance(images, list):
        raise malformed("images must be a list")
    if sum(len(str(image.get("data", ""))) for image in images) >= MOST_IMAGES:
        raise malformed("images: 5 MB or more")
    for image in images:
        _image(image.get("data"))


def _image(data: Any) -> None:
    try:
        raw = base64.b64decode(data, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise malformed("an image whose data is not Base64") from None
    if not raw.startswith(PNG):
        raise malformed("images must be PNG")
    if len(raw) > MOST_IMAGE:
        raise malformed("an image of more than 200 KB")


def _strings(given: Json) -> None:
    for value in _shown(given):
        if len(value) > MOST_TITLE or not value.isprintable():
            raise malformed("a title or label is longer than 200 characters or not printable")


def _shown(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in SHOWN and isinstance(inner, str):
                yield inner
            yield from _shown(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _shown(inner)
