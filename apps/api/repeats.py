"""Idempotency-Key: the same key is the same message, whatever happens to the answer on the way."""

from __future__ import annotations

from uuid import UUID, uuid5

from rest_framework.request import Request

from apps.api.caller import Caller
from apps.api.errors import ApiError

HEADER = "Idempotency-Key"
LONGEST = 255
_NAMESPACE = UUID("6f0d5bd4-7a3c-5f1e-9a52-0c3a4b1f2d77")


def client_id(request: Request, caller: Caller) -> UUID:
    """The message's client_id. A UUID is taken as it is; other keys belong to the programs of one token name,
    so that a renewed token repeats what the old one began. Raises ApiError."""
    key = request.headers.get(HEADER, "").strip()
    if not key or len(key) > LONGEST or not key.isprintable():
        words = f"Send the header {HEADER}: 1 to {LONGEST} printable characters, new for each message."
        raise ApiError(400, "idempotency_key_required", words, field=HEADER)
    try:
        return UUID(key)
    except ValueError:
        return uuid5(_NAMESPACE, f"{caller.token.name}\n{key}")
