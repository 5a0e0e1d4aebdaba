"""A visitor's device as tests play it: over HTTP, with the token in its header and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from apps.conversations import files
from apps.conversations.models import AuthorKind, Conversation, Delivery, Message
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from apps.platforms import cards
from tests.worlds import Side

OWN = settings.BASE_URL


def png(width: int = 3, height: int = 2) -> bytes:
    """A real picture."""
    sink = BytesIO()
    Image.new("RGB", (width, height), "teal").save(sink, "PNG")
    return sink.getvalue()


@dataclass
class Panel:
    """One device at one entry point."""

    key: str
    origin: str | None = OWN
    token: str = ""
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost"))

    def headers(self, **more: str) -> dict[str, str]:
        found = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if self.origin is not None:
            found["Origin"] = self.origin
        return found | more

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        text = body if isinstance(body, str) else json.dumps(body or {})
        return self.client.post(
            f"/widget/v1/{path}", text, content_type="application/json", headers=self.headers(**headers)
        )

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers=self.headers(**headers))

    def start(self, **facts: Any) -> Any:
        """POST session; keeps the token."""
        answer = self.post("session/", {"entry_point": self.key, "locale": "fr-FR", **facts})
        if answer.status_code == 200:
            self.token = answer.json()["token"]
        return answer

    def say(self, text: str, *, client_id: UUID | None = None, **more: Any) -> Any:
        return self.post("messages/", {"client_id": str(client_id or uuid4()), "text": text, **more})

    def upload(self, content: bytes, name: str, **fields: str) -> Any:
        file = SimpleUploadedFile(name, content)
        return self.client.post("/widget/v1/uploads/", {"file": file, **fields}, headers=self.headers())

    def texts(self) -> list[str]:
        """What the panel shows after a fresh start."""
        return [each["text"] for each in self.start().json()["messages"]]


def panel(side: Side, **facts: Any) -> Panel:
    """A device with a session at the side's entry point."""
    made = Panel(side.entry_point.key, **facts)
    assert made.start().status_code == 200
    return made


def conversation_of(side: Side, text: str) -> Conversation:
    with tenancy.scope(side.id):
        return Message.objects.select_related("conversation").get(text=text).conversation


def agent_says(
    side: Side,
    conversation: Conversation,
    text: str = "",
    *,
    card: cards.Card | None = None,
    file: bytes = b"",
    more: Sequence[bytes] = (),
) -> Message:
    """Bob answers."""
    with tenancy.scope(side.id):
        author = Author(kind=AuthorKind.MEMBER, membership=side.agent_membership)
        sent = [file, *more] if file else [*more]
        attached = [files.upload(conversation, BytesIO(each), name="photo.png").pk for each in sent]
        draft = Draft(text=text, card=card, attachments=tuple(attached))
        return send_message(conversation.pk, author, draft, client_id=uuid4())


def states_of(side: Side, message: Message) -> list[str]:
    with tenancy.scope(side.id):
        return list(Delivery.objects.filter(message=message).values_list("state", flat=True))
