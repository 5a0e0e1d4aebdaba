"""Large interactive answers: Apple sends a reference, the payload waits in its storage for some seconds."""

from __future__ import annotations

import io
from collections.abc import Mapping

from apps.platforms.apple_messages import archive, attachments, wire
from apps.platforms.apple_messages.gateway import Gateway
from apps.platforms.base import Rejected, SendError

MAX_PAYLOAD = 10 * 1024 * 1024


def pending(reference: wire.Data) -> dict[str, object] | None:
    """What `fetch` needs of an `interactiveDataRef`, JSON-serialisable; None when it cannot be fetched."""
    found = attachments.locator(reference)
    bid = wire.string(reference, "bid")
    return {**found, "bid": bid if wire.is_header_safe(bid) else ""} if found else None


async def fetch(reference: Mapping[str, object], gateway: Gateway) -> wire.Data:
    """The `interactiveData` behind a reference. Raises SendError.

    Apple decodes the payload for us; when it will not (some see 403 there), we read it ourselves, which
    needs no other call and so cannot fail for a link that has died meanwhile.
    """
    payload = await _payload(reference, gateway)
    try:
        answer = await gateway.ask(
            "POST",
            "/decodePayload",
            {
                "bid": str(reference["bid"]),
                "accept-encoding": "gzip",
                "Content-Type": "application/octet-stream",
            },
            body=payload,
            link=True,
        )
    except SendError:
        found = archive.read(payload)
        if found is None:
            raise
        return found
    return wire.mapping(answer, "interactiveData") or answer


async def _payload(reference: Mapping[str, object], gateway: Gateway) -> bytes:
    if not all(isinstance(reference.get(name), str) for name in ("url", "owner", "signature", "key", "bid")):
        raise Rejected("the stored reference to the answer is damaged", code="reference")
    sink = io.BytesIO()
    found = {name: value for name, value in reference.items() if isinstance(value, str | int)}
    await attachments.fetch(found, gateway, sink, max_bytes=MAX_PAYLOAD)
    return sink.getvalue()
