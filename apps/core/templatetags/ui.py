"""The look's vocabulary for templates: `{% load ui %}`."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.contrib.auth.password_validation import get_default_password_validators
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from apps.core import sizes
from apps.core.look import PLATFORM_GLYPHS, THEMES, code_of, device_of, initials_of, tone_of

register = template.Library()


@register.simple_tag
def icon(name: str, *, size: str = "", label: str = "", flip: bool = False) -> SafeString:
    """An icon of static/img/icons.svg. `size` is xs, sm or lg; without `label` it is decoration."""
    kind = "i" + (f" i--{size}" if size else "") + (" flip" if flip else "")
    href = f"{static('img/icons.svg')}#{name}"
    if not label:
        return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', kind, href)
    shell = '<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>'
    return format_html(shell, kind, label, href)


@register.simple_tag
def ticket(code: str, tone: int, *, size: str = "", gone: bool = False) -> SafeString:
    """The customer's stub. Decoration: the code must also stand in the text beside it."""
    kind = f"ticket t{tone}" + (f" ticket--{size}" if size else "") + (" is-gone" if gone else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', kind, code)


@register.filter
def ticket_code(pk: object) -> str:
    """Four characters that stand for a customer: the end of the id, so that a search by them finds it."""
    return code_of(str(pk))


@register.filter
def ticket_tone(pk: object) -> int:
    """The colour of a customer's ticket, 0 to 7, always the same for the same id."""
    return tone_of(str(pk))


@register.filter
def file_size(count: int) -> str:
    """Bytes as people read them."""
    return sizes.in_words(count)


@register.filter
def initials(name: str) -> str:
    """A colleague as two capitals, for the round face."""
    return initials_of(name)


@register.filter
def bcp47(language: str) -> str:
    """A platform's name of a language ("en_US") as the `lang` attribute wants it."""
    return language.replace("_", "-")


@register.simple_tag
def plate(tag: str, *, size: str = "") -> SafeString:
    """A routing tag as an enamel plate; without a tag, a quiet outline that says so."""
    if not tag:
        return format_html('<span class="plate plate--none">{}</span>', _("no tag"))
    kind = "plate" + (f" plate--{size}" if size else "")
    return format_html('<span class="{}">{}</span>', kind, tag)


@register.simple_tag
def platform_mark(slug: str, *, name: str = "", size: str = "") -> SafeString:
    """A neutral glyph for a platform. With `name` the mark says it; otherwise the text beside it must."""
    glyph, tint = PLATFORM_GLYPHS.get(slug, ("globe", "sms"))
    kind = f"pf pf--{tint}" + (f" pf--{size}" if size else "")
    if not name:
        return format_html('<span class="{}" aria-hidden="true">{}</span>', kind, icon(glyph))
    shell = '<span class="{}" role="img" aria-label="{}" title="{}">{}</span>'
    return format_html(shell, kind, name, name, icon(glyph))


@register.simple_tag(takes_context=True)
def theme(context: dict[str, Any]) -> str:
    """The theme the person chose, "light" or "dark"; "" follows the system."""
    request = context.get("request")
    chosen = request.COOKIES.get("theme", "") if isinstance(request, HttpRequest) else ""
    return chosen if chosen in THEMES else ""


@register.filter
def device(user_agent: str) -> str:
    """A browser's signature as people say it: "Firefox, Windows". Unknown ones come back as they are."""
    browser, system = device_of(user_agent)
    return f"{browser}, {system}" if browser and system else user_agent


@register.inclusion_tag("components/field.html")
def field(
    bound: forms.BoundField, *, size: str = "", optional: bool = True, placeholder: str | None = None
) -> dict[str, Any]:
    """A form field with label, help and errors tied together.

    `optional` marks fields one may leave empty; `placeholder` replaces the form's own.
    """
    widget = bound.field.widget
    kind = getattr(widget, "input_type", "") or type(widget).__name__.lower()
    attributes = _attributes(bound, kind, size=size)
    if placeholder is not None and "placeholder" in widget.attrs:
        attributes["placeholder"] = placeholder
    chooses_password = widget.attrs.get("autocomplete") == "new-password" and bound.help_text
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attributes),
        "kind": kind,
        "help": _password_advice() if chooses_password else bound.help_text,
        "optional": optional and not bound.field.required,
    }


def _attributes(bound: forms.BoundField, kind: str, *, size: str) -> dict[str, str | bool]:
    base = {"select": "select", "textarea": "textarea", "checkbox": "", "radio": ""}.get(kind, "input")
    sized = f"{base} input--{size}" if size and base else base
    own = str(bound.field.widget.attrs.get("class", ""))
    return {"class": f"{sized} {own}".strip()} if sized or own else {}


def _password_advice() -> str:
    """One sentence instead of the validators' list; they still speak up when a rule is broken."""
    shortest = max((getattr(v, "min_length", 0) for v in get_default_password_validators()), default=0)
    return _("%(count)d characters at least. A sentence is better than a complicated word.") % {
        "count": shortest
    }
