"""What an agent wrote, as the domain wants it: from a form's fields to a Draft."""

from __future__ import annotations

from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.conversations.send import MAX_FILES, MAX_TEXT, BadDraft, Draft
from apps.conversations.templated import Choice
from apps.platforms import cards

MAX_SECTIONS = 5
MAX_OPTIONS = 30
MAX_TITLE = 120


def draft_from(data: QueryDict, *, client_id: UUID, uploaded: tuple[UUID, ...] = ()) -> Draft:
    """Raises BadDraft with words for the person who writes. The same fields make the same draft."""
    draft = Draft(
        text=data.get("text", "").replace("\r\n", "\n").strip(),
        attachments=(*ids_in(data.getlist("attachment")), *uploaded),
        card=card_from(data, client_id),
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


def card_from(data: QueryDict, client_id: UUID) -> cards.Card | None:
    """The card of the builder's fields; its id follows from `client_id`, so a repetition is the same card."""
    match data.get("card", ""):
        case "quick_replies":
            return _quick_replies(data, client_id.hex)
        case "list_picker":
            return _list_picker(data, client_id.hex)
        case "":
            return None
        case _:
            raise BadDraft(_("This kind of card does not exist."))


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


def _quick_replies(data: QueryDict, card_id: str) -> cards.QuickReplies:
    titles = [title.strip()[:MAX_TITLE] for title in data.getlist("reply") if title.strip()]
    prompt = data.get("prompt", "").strip()
    if not prompt or not titles:
        raise BadDraft(_("A quick reply needs a question and at least one answer."))
    options = tuple(cards.Option(id=str(n), title=title) for n, title in enumerate(titles[:MAX_OPTIONS], 1))
    return cards.QuickReplies(id=card_id, prompt=prompt, options=options)


def _list_picker(data: QueryDict, card_id: str) -> cards.ListPicker:
    title = data.get("title", "").strip()[:MAX_TITLE]
    sections = tuple(section for n in range(MAX_SECTIONS) if (section := _section(data, n)) is not None)
    if not title or not sections:
        raise BadDraft(_("A list needs a title and at least one choice."))
    return cards.ListPicker(
        id=card_id,
        title=title,
        subtitle=data.get("subtitle", "").strip()[:MAX_TITLE],
        reply_title=title,
        sections=sections,
    )


def _section(data: QueryDict, number: int) -> cards.Section | None:
    """Section `number` of the builder; option ids carry its number so that none repeats."""
    titles = data.getlist(f"s{number}-option")
    subtitles = [*data.getlist(f"s{number}-subtitle"), *[""] * len(titles)]
    options = tuple(
        cards.Option(
            id=f"{number}.{n}", title=title.strip()[:MAX_TITLE], subtitle=subtitle.strip()[:MAX_TITLE]
        )
        for n, (title, subtitle) in enumerate(zip(titles[:MAX_OPTIONS], subtitles, strict=False), 1)
        if title.strip()
    )
    if not options:
        return None
    name = data.get(f"s{number}-title", "").strip()[:MAX_TITLE]
    return cards.Section(title=name, options=options, multiple=f"s{number}-multiple" in data)
