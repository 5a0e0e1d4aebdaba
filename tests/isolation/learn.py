"""What a view reads of a request: found by watching it read, so that no list of fields can be out of date."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

from django.db import connections
from django.http.request import HttpHeaders
from django.utils.datastructures import CaseInsensitiveMapping, MultiValueDict

from apps.sandbox.telegram.parameters import Parameters


class Heard:
    """`names` are (place, name): what was asked of which part of the request, whether or not it was there."""

    def __init__(self) -> None:
        self.names: set[tuple[str, str]] = set()
        self.asked: list[tuple[int, str]] = []

    def settle(self, request: Any) -> None:
        """Sort what was asked of dictionaries by the part of `request` that each of them is."""
        parts = {id(request.GET): "query", id(request.POST): "body", id(request.FILES): "file"}
        self.names |= {(parts[which], name) for which, name in self.asked if which in parts}
        self.asked.clear()


class Recording(dict[str, Any]):
    """A JSON object of the body that remembers what it was asked for, by its path."""

    def __init__(self, values: dict[str, Any], heard: Heard, path: str = "") -> None:
        self._heard, self._path = heard, path
        super().__init__({key: _recorded(value, heard, f"{path}{key}.") for key, value in values.items()})

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def _note(self, key: object) -> None:
        self._heard.names.add(("json", f"{self._path}{key}"))


def _recorded(value: Any, heard: Heard, path: str) -> Any:
    if isinstance(value, dict):
        return Recording(value, heard, path)
    return value


@contextmanager
def listening(body: str = "") -> Iterator[Heard]:
    """While it lasts, `Heard` learns what views ask of queries, forms, files, headers and the JSON `body`."""
    heard = Heard()
    with ExitStack() as stack:
        for method in ("__getitem__", "_getlist"):
            stack.enter_context(_watched(MultiValueDict, method, heard))
        stack.enter_context(mock.patch.object(MultiValueDict, "__contains__", _contains(heard), create=True))
        stack.enter_context(_watched_headers(heard))
        stack.enter_context(mock.patch.object(json, "loads", _loads(heard, body)))
        stack.enter_context(mock.patch.object(Parameters, "__init__", _parameters(heard)))
        yield heard


@contextmanager
def statements(marker: str) -> Iterator[set[str]]:
    """The SQL statements that carried `marker` as a parameter."""
    found: set[str] = set()
    short = marker.replace("-", "")

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if params and short in str(params).replace("-", ""):
            found.add(sql)
        return execute(sql, params, many, context)

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(look))
        yield found


def _watched(owner: Any, method: str, heard: Heard) -> Any:
    original = getattr(owner, method)

    def watched(self: Any, key: Any, *rest: Any, **more: Any) -> Any:
        heard.asked.append((id(self), str(key)))
        return original(self, key, *rest, **more)

    return mock.patch.object(owner, method, watched)


def _contains(heard: Heard) -> Any:
    def contains(self: Any, key: Any) -> bool:
        heard.asked.append((id(self), str(key)))
        return dict.__contains__(self, key)

    return contains


def _watched_headers(heard: Heard) -> Any:
    original = CaseInsensitiveMapping.__getitem__

    def watched(self: Any, key: str) -> Any:
        if isinstance(self, HttpHeaders):
            heard.names.add(("header", str(key)))
        return original(self, key)

    return mock.patch.object(CaseInsensitiveMapping, "__getitem__", watched)


def _loads(heard: Heard, body: str) -> Any:
    original = json.loads

    def loads(text: Any, *rest: Any, **more: Any) -> Any:
        value = original(text, *rest, **more)
        same = body and (text.decode() if isinstance(text, bytes) else text) == body
        return _recorded(value, heard, "") if same else value

    return loads


def _parameters(heard: Heard) -> Any:
    original = Parameters.__init__

    def begin(self: Any, values: dict[str, Any], files: Any) -> None:
        original(self, Recording(values, heard), files)

    return begin
