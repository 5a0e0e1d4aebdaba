"""Uploads that no message took go away, with their files."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.utils import timezone

from apps.conversations import files, housekeeping
from apps.conversations.models import Attachment, AuthorKind
from apps.conversations.send import Author, Draft, send_message
from apps.core import tenancy
from tests.worlds import Side, World


def uploaded(side: Side, name: str, *, hours: int, sent: bool = False) -> None:
    with tenancy.scope(side.id):
        row = files.upload(side.conversation, io.BytesIO(b"plan"), name=name)
        if sent:
            author = Author(kind=AuthorKind.MEMBER, membership=side.agent_membership)
            draft = Draft(attachments=(row.pk,))
            send_message(side.conversation.pk, author, draft, client_id=uuid4())
        Attachment.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(hours=hours))


def left(side: Side, folder: Path) -> tuple[list[str], int]:
    with tenancy.scope(side.id):
        names = list(Attachment.objects.order_by("name").values_list("name", flat=True))
    return names, len(list((folder / side.id.hex).iterdir()))


def test_unsent_uploads_go_after_a_day(committed_world: World, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    for side in (committed_world.filante, committed_world.garance):
        uploaded(side, "forgotten.txt", hours=25)
        uploaded(side, "fresh.txt", hours=23)
        uploaded(side, "sent.txt", hours=25, sent=True)
    assert (housekeeping.sweep(), housekeeping.sweep()) == (2, 0)
    for side in (committed_world.filante, committed_world.garance):
        assert left(side, tmp_path) == (["fresh.txt", "sent.txt"], 2)
