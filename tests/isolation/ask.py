"""One request and its answer, without what differs between two equal answers."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlencode

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.isolation.rich import PNG

CSRF = re.compile(r"\b[A-Za-z0-9]{64}\b")
NEW_ID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
TOKEN = re.compile(r"\b(cptv?_)[\w-]{20,}|[?&](ticket|t)=[\w:.%-]{20,}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.+Z]*|\b\d\d?:\d\d(:\d\d)?\b")
REQUEST_ID = re.compile(r'"request_id": ?"\w+"')
FILE = "<file>"


@dataclass(frozen=True)
class Ask:
    """`body` goes as a form or, with `json`, as a JSON object. A value FILE is a picture."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    json: bool = False

    def with_(self, place: str, name: str, value: Any) -> Ask:
        """The same with one value in its place: "query", "body", "file", "json" or "header"."""
        if place == "query":
            return replace(self, query={**self.query, name: value})
        if place == "header":
            return replace(self, headers={**self.headers, name: value})
        return replace(self, body=_put(self.body, name.split(".") if place == "json" else [name], value))

    def swapped(self, old: str, new: str) -> Ask:
        """The same with another value wherever the old one stands."""
        fields = json.dumps([self.path, self.query, self.body, self.headers]).replace(old, new)
        path, query, body, headers = json.loads(fields)
        return Ask(self.method, path, query, body, headers, self.json)

    def text(self) -> str:
        return json.dumps(self.body)


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    headers: tuple[tuple[str, str], ...]
    seconds: float
    request: Any

    def same_as(self, other: Answer, *, mine: str, theirs: str) -> bool:
        """Alike in status, words and headers, each without the value that was asked with."""
        return (self.status, self.plain(mine)) == (other.status, other.plain(theirs))

    def plain(self, asked: str) -> str:
        text = unquote(self.text) + "\n" + unquote(repr(self.headers))
        for form in {asked, quote(asked), quote(asked, safe=""), asked.replace("-", "")}:
            text = text.replace(form, "*") if form else text
        for noise in (CSRF, NEW_ID, TOKEN, MOMENT, REQUEST_ID):
            text = noise.sub("~", text)
        return text


def send(client: Client, ask: Ask) -> Answer:
    """The answer of the whole application, its middleware included."""
    path = ask.path + ("?" + urlencode(ask.query) if ask.query else "")
    began = time.perf_counter()
    response: Any = client.generic(ask.method.upper(), path, **_payload(ask))
    seconds = time.perf_counter() - began
    content = b"".join(response.streaming_content) if response.streaming else response.content
    names = ("Location", "Content-Type", "Content-Disposition", "WWW-Authenticate", "HX-Redirect", "Allow")
    headers = tuple((name, response.headers[name]) for name in names if name in response.headers)
    request = getattr(response, "wsgi_request", None) or getattr(response, "asgi_request", None)
    return Answer(response.status_code, content.decode("utf-8", "replace"), headers, seconds, request)


class Shelf:
    """The stored files as they were: what an attack deletes or adds is undone, as its rows are."""

    def __init__(self) -> None:
        self._root = Path(settings.MEDIA_ROOT)
        self.files = {path: path.read_bytes() for path in self._paths()}

    def restore(self) -> None:
        there = set(self._paths())
        for path in there - set(self.files):
            path.unlink()
        for path in set(self.files) - there:
            path.write_bytes(self.files[path])

    def _paths(self) -> list[Path]:
        return [path for path in self._root.rglob("*") if path.is_file()] if self._root.exists() else []


def _payload(ask: Ask) -> dict[str, Any]:
    headers = {"headers": ask.headers}
    if ask.json:
        return {"data": ask.text(), "content_type": "application/json", **headers}
    if ask.method in ("get", "head", "options"):
        return headers
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    body = {name: _form(value) for name, value in ask.body.items()}
    return {"data": encode_multipart(BOUNDARY, body), "content_type": MULTIPART_CONTENT, **headers}


def _form(value: Any) -> Any:
    return SimpleUploadedFile("plan.png", PNG, "image/png") if value == FILE else value


def _put(body: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {**body, first: value}
    inner = body.get(first)
    return {**body, first: _put(inner if isinstance(inner, dict) else {}, rest, value)}
