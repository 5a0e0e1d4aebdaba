"""Messages to be sent by RCS, and how one is sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from apps.core.http import HttpDoor
from apps.platforms.base import MediaFile, Outgoing, Part
from apps.platforms.rcs.adapter import PLATFORM
from tests.platforms.rest import Server

from . import envelopes
from .envelopes import AGENT, CUSTOMER, OURS

PHONE = f"/v1/phones/{CUSTOMER}"
MESSAGES = f"POST {PHONE}/agentMessages"
FEATURES = f"GET {PHONE}/capabilities"
TEXT = Outgoing(id=UUID(OURS), sender=AGENT, to=CUSTOMER, part=Part(kind="text", text="Hi"))


def creds(server: Server) -> dict[str, str]:
    return {**envelopes.creds(), "base_url": server.url}


async def sent(outgoing: Outgoing, google: Server, http: HttpDoor) -> Any:
    """The content of the one message that was sent."""
    assert await PLATFORM.send(outgoing, creds(google), http) == OURS
    (call,) = google.asked(MESSAGES)
    assert call.query == {"messageId": OURS, "agentId": AGENT}
    assert call.headers["authorization"] == "Bearer ya29.x"
    assert (call.fields["ttl"], call.fields["messageTrafficType"]) == ("86400s", "SERVICEREQUEST")
    return call.fields["contentMessage"]


def file(n: int) -> MediaFile:
    url = f"https://chat.example/f/{n}.jpg"
    return MediaFile(name="a", mime="image/jpeg", kind="image", size=1, path=Path("/x"), url=url)


def refusal(status: int) -> dict[str, Any]:
    return {"error": {"code": status, "message": "No", "status": "WHY"}}
