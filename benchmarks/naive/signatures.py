"""Whether the platform made a request, and what it says."""

from __future__ import annotations

import base64
import gzip
import hmac
import json
from typing import Any

import jwt
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request

from benchmarks.naive.models import Channel


def check(request: Request, channel: Channel) -> None:
    """Raises PermissionDenied."""
    CHECKS[channel.platform](request, channel)


def read(request: Request) -> dict[str, Any]:
    """Raises ValidationError."""
    packed = request.headers.get("Content-Encoding") == "gzip"
    try:
        data: dict[str, Any] = json.loads(gzip.decompress(request.body) if packed else request.body)
    except (OSError, ValueError) as error:
        raise ValidationError("not JSON") from error
    return data


def _telegram(request: Request, channel: Channel) -> None:
    given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
    if not hmac.compare_digest(given, channel.secret):
        raise PermissionDenied


def _apple(request: Request, channel: Channel) -> None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        jwt.decode(token, base64.b64decode(channel.secret), ["HS256"], audience=channel.account)
    except jwt.PyJWTError as error:
        raise PermissionDenied from error


CHECKS = {"telegram": _telegram, "apple_messages": _apple}
