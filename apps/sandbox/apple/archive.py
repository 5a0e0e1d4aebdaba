"""Large interactive payloads (1.10): what lies behind a reference, and what decodePayload makes of it.

The blob is gzip over a binary property list of a keyed archive, whose root has one `URL` with the parts of
the interactive data as Base64 JSON in its query.
"""

from __future__ import annotations

import base64
import gzip
import json
import plistlib
import zlib
from typing import Any
from urllib.parse import parse_qsl, urlencode

from apps.sandbox.apple.errors import malformed

MOST_BYTES = 10 * 1024 * 1024


def pack(interactive: dict[str, Any]) -> bytes:
    parts = {name: base64.b64encode(json.dumps(value).encode()) for name, value in interactive.items()}
    objects: list[Any] = [
        "$null",
        {"$class": plistlib.UID(3), "URL": plistlib.UID(2)},
        "?" + urlencode(parts),
        {"$classname": "MSMessage", "$classes": ["MSMessage", "NSObject"]},
    ]
    archive = {
        "$version": 100000,
        "$archiver": "NSKeyedArchiver",
        "$top": {"root": plistlib.UID(1)},
        "$objects": objects,
    }
    return gzip.compress(plistlib.dumps(archive, fmt=plistlib.FMT_BINARY))


def unpack(blob: bytes) -> dict[str, Any]:
    """What `pack` was given; the blob may come unzipped already. Raises GatewayError 400."""
    try:
        archive = plistlib.loads(_unzipped(blob))
        objects = archive["$objects"]
        root = objects[archive["$top"]["root"].data]
        query = objects[root["URL"].data].removeprefix("?")
        return {name: json.loads(base64.b64decode(value)) for name, value in parse_qsl(query)}
    except (plistlib.InvalidFileException, zlib.error, OSError, ValueError):
        raise malformed("the payload cannot be decoded") from None
    except (KeyError, IndexError, TypeError, AttributeError):
        raise malformed("the payload is not an interactive message") from None


def _unzipped(blob: bytes) -> bytes:
    if blob[:2] != b"\x1f\x8b":
        return blob
    worker = zlib.decompressobj(wbits=31)
    plain = worker.decompress(blob, MOST_BYTES)
    if worker.unconsumed_tail:
        raise ValueError("too large")
    return plain
