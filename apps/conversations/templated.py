"""A template of the platform as a message: which one, with what filled in, and what is wrong with that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from apps.connections.models import Channel, MessageTemplate
from apps.connections.templates import why_not
from apps.conversations.models import Attachment
from apps.platforms import base, templates
from apps.platforms.cards import Finding


class BadDraft(ValueError):
    """Nothing to send, too long, or files that are not there; the words name it. `field` is the way to
    what is wrong, as programs name it, "" for the whole; `place` which of several with that name; `code` is
    for programs; `findings` are the limits that are broken, where there are some."""

    def __init__(
        self,
        words: str,
        *,
        field: str = "",
        place: int = 0,
        code: str = "nothing_to_send",
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(words)
        self.field, self.place, self.code, self.findings = field, place, code, findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of the channel's templates and what to fill in, by parameter."""

    name: str
    language: str
    values: Mapping[str, str]

    def facts(self) -> list[Any]:
        return [self.name, self.language, dict(self.values)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A choice that can be sent: the platform's part and what is kept of it with the message."""

    part: base.Part
    content: Mapping[str, Any]

    @property
    def text(self) -> str:
        return self.part.text


def fill(channel: Channel, choice: Choice, attached: Sequence[Attachment]) -> Filled:
    """Check `choice` against the channel's templates as last listed. Raises BadDraft naming what is wrong."""
    rows = MessageTemplate.objects.filter(channel=channel, name=choice.name, language=choice.language)
    template = _usable(rows.first())
    _check_values(template, choice.values)
    _check_files(template, attached)
    media = 0 if template.header_media else None
    text = templates.filled(template, choice.values)
    use = base.TemplateUse(
        name=choice.name,
        language=choice.language,
        values=dict(choice.values),
        text=text,
        media=media,
        slides=tuple(range(len(attached)))[1 if template.header_media else 0 :],
    )
    part = base.Part(kind="template", text=text, media=media, template=use)
    return Filled(part=part, content=_kept(template))


def is_marketing(channel: Channel, name: str, language: str) -> bool:
    """Whether the platform now counts the template as marketing; one that it does not list cannot be sent."""
    rows = MessageTemplate.objects.filter(channel=channel, name=name, language=language)
    return templates.is_marketing(rows.values_list("category", flat=True).first() or "")


def _usable(row: MessageTemplate | None) -> base.Template:
    if row is None:
        words = _("This channel has no such template in this language.")
        raise BadDraft(words, field="template.name")
    if row.unsendable:
        raise BadDraft(why_not(row.unsendable), field="template.name")
    if not row.usable:
        words = _("This template may not be sent: the platform says “%(state)s”.") % {"state": row.state}
        raise BadDraft(words, field="template.name")
    return row.facts


def _check_values(template: base.Template, values: Mapping[str, str]) -> None:
    words = {
        "missing": _("Fill in “%(name)s”."),
        "unknown": _("The template has no “%(name)s”."),
        "too_long": _("“%(name)s” is too long."),
        "no_degrees": _("“%(name)s” is not a number of degrees."),
    }
    for name, problem in templates.problems(template, values):
        raise BadDraft(words[problem] % {"name": name}, field=f"template.values.{name}")


def _check_files(template: base.Template, attached: Sequence[Attachment]) -> None:
    wanted = templates.files(template)
    if len(attached) != len(wanted):
        raise BadDraft(_how_many(len(wanted)), field="attachments")
    for kind, attachment in zip(wanted, attached, strict=True):
        if kind != "file" and attachment.kind != kind:
            raise BadDraft(_("The platform wants another kind of file here."), field="attachments")


def _how_many(wanted: int) -> str:
    if not wanted:
        return _("This takes no file.")
    if wanted == 1:
        return _("This template begins with a file: attach one.")
    return _("This template shows %(count)d files: attach all.") % {"count": wanted}


def _kept(template: base.Template) -> dict[str, Any]:
    return {
        "name": template.name,
        "language": template.language,
        "category": template.category,
        "buttons": list(template.buttons),
    }
