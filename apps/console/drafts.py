"""What an agent wrote, as the domain wants it: from a form's fields to a Draft."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.console.card_drafts import card_from, pictures_in
from apps.conversations.send import MAX_FILES, MAX_TEXT, BadDraft, Draft
from apps.conversations.templated import Choice


def draft_from(data: QueryDict, *, client_id: UUID, uploaded: tuple[UUID, ...] = ()) -> Draft:
    """Raises BadDraft with words for the person who writes. The same fields make the same draft."""
    files = (*ids_in(data.getlist("attachment")), *uploaded)
    card = card_from(data, client_id, files=len(files))
    attachments = (*files, *ids_in(pictures_in(data)))
    draft = Draft(
        text="" if card else data.get("text", "").replace("\r\n", "\n").strip(),
        attachments=attachments,
        card=card,
        template=template_from(data),
        reply_to=optional_id(data.get("reply_to", "")),
    )
    _check(draft)
    return draft


def client_id_from(data: QueryDict) -> UUID:
    """The writer's own id of what they send. Raises BadDraft."""
    found = optional_id(data.get("client_id", ""))
    if found is None:
        raise BadDraft(_("The page is out of date: reload it and try again."))
    return found


def optional_id(value: str) -> UUID | None:
    try:
        return UUID(value) if value else None
    except ValueError:
        return None


def ids_in(values: list[str]) -> tuple[UUID, ...]:
    """The ids among `values`. Raises BadDraft for anything else."""
    found = [optional_id(value) for value in values if value]
    if None in found:
        raise BadDraft(_("A file is missing: attach it again."))
    return tuple(pk for pk in found if pk)


def template_from(data: QueryDict) -> Choice | None:
    """The template of the picker's fields, with what was filled in."""
    name = data.get("template", "")
    if not name:
        return None
    values = {
        field.removeprefix("value."): data.get(field, "").strip()
        for field in data
        if field.startswith("value.")
    }
    return Choice(name=name, language=data.get("language", ""), values=values)


def _check(draft: Draft) -> None:
    if not draft.text and not draft.attachments and draft.card is None and draft.template is None:
        raise BadDraft(_("Nothing to send: write something, add a file or choose a card."))
    if len(draft.text) > MAX_TEXT:
        raise BadDraft(_("The text is longer than %(count)d characters.") % {"count": MAX_TEXT})
    if len(draft.attachments) > MAX_FILES:
        raise BadDraft(_("More than %(count)d files in one message.") % {"count": MAX_FILES})
