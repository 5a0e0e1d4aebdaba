"""Reading a large answer without Apple: gzip around a binary property list made by NSKeyedArchiver.

The archive's root holds a `URL` whose query carries the parts of the answer as Base64 JSON. Seen in a
working third-party implementation, not documented: everything here may fail, then the answer is None.
"""

from __future__ import annotations

import base64
import json
import plistlib
from typing import Any
from urllib.parse import parse_qsl

from apps.platforms.apple_messages import wire
from apps.platforms.base import Malformed

MAX_FIELDS = 200
Objects = list[Any]


def read(payload: bytes) -> dict[str, Any] | None:
    """The `interactiveData` in a decrypted payload, None when there is none to be found."""
    try:
        plain = wire.gunzip(payload) if payload.startswith(b"\x1f\x8b") else payload
        archive = plistlib.loads(plain, fmt=plistlib.FMT_BINARY)
        objects = archive["$objects"]
        root = _dictionary(objects, objects[archive["$top"]["root"].data])
        data = _parameters(_url(objects, root["URL"]))
    except (Malformed, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    session = root.get("sessionIdentifier")
    return {"data": data, "sessionIdentifier": session if isinstance(session, str) else ""} if data else None


def _dictionary(objects: Objects, archived: dict[str, Any]) -> dict[str, Any]:
    """An archived dictionary with its values looked up one level down."""
    if "NS.keys" in archived:
        pairs = zip(archived["NS.keys"], archived["NS.objects"], strict=True)
        return {str(_value(objects, key)): _value(objects, value) for key, value in pairs}
    return {name: _value(objects, value) for name, value in archived.items()}


def _value(objects: Objects, item: Any) -> Any:
    return objects[item.data] if isinstance(item, plistlib.UID) else item


def _url(objects: Objects, item: Any) -> str:
    """An archived URL is text, or an object that names its text."""
    if isinstance(item, dict):
        item = _value(objects, item.get("NS.relative") or item.get("NS.string"))
    if not isinstance(item, str):
        raise TypeError("no URL in the archive")
    return item


def _parameters(url: str) -> dict[str, Any]:
    query = url.partition("?")[2]
    found = {name: _parameter(value) for name, value in parse_qsl(query, max_num_fields=MAX_FIELDS)}
    whole = found.get("data")
    return {**found, **whole} if isinstance(whole, dict) else found


def _parameter(value: str) -> Any:
    # In a query "+" stands for a space, and unescaped Base64 has it as a letter.
    try:
        raw = base64.b64decode(value.replace(" ", "+").replace("-", "+").replace("_", "/") + "==")
        decoded = json.loads(raw)
    except (ValueError, RecursionError):
        return value
    return decoded if isinstance(decoded, dict | list) else value
