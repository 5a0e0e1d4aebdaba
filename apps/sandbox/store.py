"""Bytes that lie with a simulated platform: on disk in the tenant's private folder, a row each."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Protocol

from apps.conversations import files
from apps.core.ids import new_key
from apps.sandbox.models import SandboxAccount, SandboxFile

LIMIT = 101 * 1024 * 1024
CHUNK = 256 * 1024


class TooLarge(ValueError):
    """More bytes than the caller allows."""


class Source(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


def promise(account: SandboxAccount, *, size: int = 0) -> SandboxFile:
    """A place for bytes that come later."""
    return SandboxFile.objects.create(account=account, key=new_key(), size=size)


def fill(file: SandboxFile, source: Source, *, limit: int = LIMIT) -> SandboxFile:
    """Keep what `source` gives. Raises TooLarge, and keeps nothing then."""
    relative = files.new_path()
    path, digest, size = files.full_path(relative), hashlib.sha1(usedforsecurity=False), 0
    with path.open("xb") as sink:
        while (chunk := source.read(CHUNK)) and size <= limit:
            size += len(chunk)
            digest.update(chunk)
            sink.write(chunk)
    if size > limit:
        path.unlink()
        raise TooLarge(f"more than {limit} bytes")
    file.path, file.size, file.digest = relative, size, digest.hexdigest()
    file.save()
    return file


def keep(account: SandboxAccount, source: Source, *, name: str, mime: str, limit: int = LIMIT) -> SandboxFile:
    """Keep a whole file. Raises TooLarge."""
    file = promise(account)
    file.name, file.mime = files.clean_name(name), mime[:127]
    return fill(file, source, limit=limit)


def path_of(file: SandboxFile) -> Path:
    return files.full_path(file.path)


def find(account: SandboxAccount, key: str) -> SandboxFile | None:
    """The filled file behind a key."""
    if "\x00" in key:
        return None
    return SandboxFile.objects.filter(account=account, key=key).exclude(path="").first()
