"""What a business pastes on its page: a link and a stylesheet; for the panel one script more.

The markup carries no style and no script of its own, so it works under a Content-Security-Policy that
allows our host in style-src (and script-src, frame-src for the panel) and nothing inline. Without the
stylesheet it is still a link with a small drawing.
"""

from __future__ import annotations

from enum import StrEnum

from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from apps.connections.addresses import button_sheet_url, link, loader_url
from apps.connections.models import EntryPoint

_STUB = mark_safe(  # a constant
    '<span class="stub"><svg width="22" height="22" viewBox="0 0 20 20" fill="none" stroke="currentColor"'
    ' stroke-width="1.6" aria-hidden="true"><path d="M10 3.3c4.2 0 7.3 2.5 7.3 5.9s-3.1 5.9-7.3 5.9c-.8 0-1.5'
    "-.1-2.2-.3-.8.9-2 1.6-3.4 1.7.6-.7.9-1.6.9-2.6-1.6-1.1-2.6-2.8-2.6-4.7 0-3.4 3.1-5.9 7.3-5.9z"
    '"/></svg></span>'
)


class Size(StrEnum):
    MEDIUM = "m"  # 44 px
    SMALL = "s"  # 34 px, for dense pages
    LARGE = "l"  # 60 px
    ICON = "icon"


class Theme(StrEnum):
    GREEN = "green"
    INK = "ink"
    BLUE = "blue"
    BRASS = "brass"
    RED = "garance"
    PAPER = "paper"
    AUTO = "auto"  # follows the page's colour scheme


def button(point: EntryPoint, *, size: Size = Size.MEDIUM, theme: Theme = Theme.GREEN) -> SafeString:
    """The Message button alone, an <a> that leads to the entry page."""
    text = button_text(point)
    kinds = [f"cpt-mb--{size}"] if size != Size.MEDIUM else []
    kinds += [f"cpt-mb--{theme}"] if theme != Theme.GREEN else []
    lang = format_html(' lang="{}"', point.locale) if point.locale else ""
    name = format_html(' aria-label="{}"', text) if size == Size.ICON else ""
    words = "" if size == Size.ICON else format_html('<span class="txt">{}</span>', text)
    return format_html(
        '<a class="{}" href="{}" rel="nofollow"{}{}>{}{}</a>',
        " ".join(["cpt-mb", *kinds]), link(point), lang, name, _STUB, words,
    )  # fmt: skip


def snippet(
    point: EntryPoint, *, size: Size = Size.MEDIUM, theme: Theme = Theme.GREEN, panel: bool = False
) -> SafeString:
    """Stylesheet and button, as they are pasted; `panel` opens web chat on the page itself, where the
    loader's script can run, and is the same plain link where it cannot."""
    lines = [format_html('<link rel="stylesheet" href="{}">', button_sheet_url())]
    lines.append(button(point, size=size, theme=theme))
    if panel:
        lines.append(format_html('<script async src="{}" data-key="{}"></script>', loader_url(), point.key))
    return mark_safe("\n".join(lines))  # every line is escaped


def button_text(point: EntryPoint) -> str:
    """What stands on the button; when the business wrote nothing, "Message us" in the point's language."""
    if point.button_text:
        return point.button_text
    with translation.override(point.locale or translation.get_language()):
        return _("Message us")
