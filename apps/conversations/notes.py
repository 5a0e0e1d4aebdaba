"""Internal notes: their own table and their own verb, so that one can never be sent."""

from __future__ import annotations

from uuid import UUID

from apps.conversations.models import Conversation, Note
from apps.conversations.stream import Kind, record
from apps.tenants.models import Membership

MAX_TEXT = 20_000


class BadNote(ValueError):
    """Empty or too long."""


def write_note(conversation_id: UUID, author: Membership, text: str, *, client_id: UUID | None) -> Note:
    """Write a note where the conversation stands now. Idempotent by `client_id`.

    Raises Conversation.DoesNotExist, BadNote.
    """
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if client_id is not None:
        known = conversation.notes.filter(client_id=client_id).first()
        if known is not None:
            return known
    if not text.strip() or len(text) > MAX_TEXT:
        raise BadNote("write something" if not text.strip() else f"longer than {MAX_TEXT} characters")
    note = Note.objects.create(
        conversation=conversation,
        author=author,
        author_name=author.user.display_name,
        client_id=client_id,
        text=text,
        after_seq=conversation.last_seq,
    )
    record(Kind.NOTE_WRITTEN, conversation, note=str(note.id))
    return note
