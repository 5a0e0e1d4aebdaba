"""The texts inside a webhook, whatever is wrapped around them: JSON, gzip, forms, XML, mails, Base64.

Knows shapes and no platform: what a body looks like says how it is opened.
"""

from __future__ import annotations

import copy
import gzip
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

Close = Callable[[Any], bytes]
Path = tuple[Any, ...]
ELEMENT = re.compile(r"<(\w+)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)
# A text that is itself an object, by the key that stands for it while it is open.
INSIDE: dict[str, Callable[[str], str | bytes]] = {
    "\0json": str,
    "\0base64": partial(b64decode, validate=True),
}


def opened(body: bytes) -> tuple[Any, Close]:
    """The values in a body, and what makes a body of them again."""
    if body.startswith(b"\x1f\x8b"):
        value, close = opened(gzip.decompress(body))
        return value, lambda changed: gzip.compress(close(changed))
    if body.startswith(b"{"):
        return _unfolded(json.loads(body)), lambda value: json.dumps(_folded(value)).encode()
    if body.startswith(b"<xml>"):
        return _elements(body.decode()), _xml
    if b"\nMessage-ID: <" in body:
        return _mail(body), lambda value: _written(body, value)
    return _unfolded(dict(parse_qsl(body.decode()))), lambda value: urlencode(_folded(value)).encode()


def texts(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where a text stands, as keys one inside the other."""
    if isinstance(value, str):
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from texts(inner, (*path, key))


def planted(value: Any, path: Path, text: str) -> Any:
    """A copy with `text` in that place."""
    changed = copy.deepcopy(value)
    *parents, last = path
    target = changed
    for key in parents:
        target = target[key]
    target[last] = text
    return changed


def _unfolded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unfolded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_unfolded(inner) for inner in value]
    if not isinstance(value, str):
        return value
    for name, read in INSIDE.items():
        try:
            inner = json.loads(read(value))
        except ValueError:
            continue
        if isinstance(inner, dict):
            return {name: _unfolded(inner)}
    return value


def _folded(value: Any) -> Any:
    if isinstance(value, list):
        return [_folded(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    whole = {key: _folded(inner) for key, inner in value.items()}
    if "\0json" in whole:
        return json.dumps(whole["\0json"])
    return b64encode(json.dumps(whole["\0base64"]).encode()).decode() if "\0base64" in whole else whole


def _elements(text: str) -> dict[str, str]:
    return {name: data or plain for name, data, plain in ELEMENT.findall(text.removeprefix("<xml>"))}


def _xml(value: dict[str, str]) -> bytes:
    inner = "".join(f"<{name}><![CDATA[{text}]]></{name}>" for name, text in value.items())
    return f"<xml>{inner}</xml>".encode()


def _mail(body: bytes) -> dict[str, str]:
    """Its headers as they stand, its words and the name of its file."""
    mail = message_from_bytes(body, policy=policy.default)
    words, files = mail.get_body(("plain",)), list(mail.iter_attachments())
    found = {**dict(mail.items()), "\0words": words.get_content() if words else ""}
    return {**found, "\0file": files[0].get_filename() or ""} if files else found


def _written(body: bytes, value: dict[str, str]) -> bytes:
    """The mail with what differs replaced, byte by byte: nobody's program wrote it."""
    for name, before in _mail(body).items():
        if value[name] != before:
            body = _rewritten(body, name, before, value[name])
    return body


def _rewritten(body: bytes, name: str, before: str, text: str) -> bytes:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    if name.startswith("\0"):
        new = quoted if name == "\0file" else text
        return body.replace(before.strip().encode(), new.encode(), 1) if before.strip() else body
    line = f'{name}: "{quoted}" <a@b.example>' if name == "From" else f"{name}: {text}"
    header = rb"(?im)^" + name.encode() + rb":.*(?:\r?\n[ \t].*)*"
    return re.sub(header, lambda _: line.encode(), body, count=1)
