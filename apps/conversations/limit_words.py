"""A limit that a card or a file breaks, in words: the limit and the fix."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.core import sizes
from apps.platforms.cards import Finding, Limit, Unit

_WORDS: dict[Limit, Promise] = {
    Limit.NOT_SHOWN: _("%(platform)s has no such card: choose another kind, or let it go as text."),
    Limit.DEVICE: _("This customer’s device cannot show it: choose another kind, or let it go as text."),
    Limit.TOO_FEW: _("%(platform)s needs at least %(limit)d; there are %(now)d: add %(over)d."),
    Limit.TOO_MANY: _("%(platform)s takes at most %(limit)d; there are %(now)d: remove %(over)d."),
    Limit.SECTIONS: _("%(platform)s takes at most %(limit)d sections: remove %(over)d."),
    Limit.EMPTY: _("Fill this in."),
    Limit.MULTIPLE: _("%(platform)s lets only one be chosen: clear “Several may be chosen”."),
    Limit.IMAGES: _("%(platform)s does not show pictures in it: they are sent beside it."),
    Limit.IMAGES_PERHAPS: _(
        "Some phones show no pictures in it on %(platform)s: send as a file what has to be seen."
    ),
    Limit.ADDRESS: _("No browser opens this address: write it whole, without spaces."),
    Limit.PHONE: _("Write the number with its country code, as in +33 1 02 03 04 05."),
    Limit.WHOLE: _(
        "All of it together is too much for %(platform)s: shorten it, with no line breaks in titles."
    ),
    Limit.REPEATED_ID: _("Two choices are the same: change or remove one."),
    Limit.PAST: _("This time is over: choose a later one."),
    Limit.NO_CHOICES: _("There is nothing to choose from: add choices."),
}
_TOO_LONG: dict[Unit, Promise] = {
    Unit.BYTES: _("%(platform)s takes at most %(limit)d bytes (é is two, 字 three): shorten it by %(over)d."),
    Unit.UTF16: _(
        "%(platform)s takes at most %(limit)d characters (an emoji is two): shorten it by %(over)d."
    ),
    Unit.CHARACTERS: _("%(platform)s takes at most %(limit)d characters: shorten it by %(over)d."),
}
_IDS: dict[Limit, Promise] = {
    Limit.TOO_LONG: _("%(platform)s takes ids of at most %(limit)d bytes: shorten it by %(over)d."),
    Limit.EMPTY: _("A choice has no id: give it one."),
}
# By what the file becomes.
_TYPES: dict[str, Promise] = {
    "": _("%(platform)s takes only %(types)s: convert the file to one of them."),
    "file": _("%(platform)s shows only %(types)s: convert the file, or let it go as one to open."),
    "link": _("%(platform)s shows only %(types)s: convert the file, or let its link go."),
    "beside": _("%(platform)s shows only %(types)s in a card: convert the picture, or let it go beside it."),
}
_NO_FILES = _("%(platform)s takes no such files: the customer gets a link to it.")
_SIZES: dict[str, Promise] = {
    "": _("%(platform)s takes at most %(most)s of it, and it has %(size)s: make it smaller."),
    "file": _("%(platform)s shows up to %(most)s, not %(size)s: make it smaller, or let it go as a file."),
    "link": _("%(platform)s shows up to %(most)s, not %(size)s: make it smaller, or let its link go."),
    "beside": _(
        "%(platform)s shows up to %(most)s in a card, not %(size)s: make it smaller, or let it go beside it."
    ),
}
_NAMES = {
    "audio/mpeg": "MP3",
    "audio/mp4": "M4A",
    "video/3gpp": "3GP",
    "video/quicktime": "MOV",
    "video/x-msvideo": "AVI",
    "image/webp": "WebP",
}


def of(finding: Finding, platform: str) -> str:
    """What is wrong and what to do about it, in the active language. `platform` is the name that people
    read."""
    facts = {
        "platform": platform,
        "now": finding.is_now,
        "limit": finding.limit,
        "over": abs(finding.is_now - finding.limit),
        "types": ", ".join(dict.fromkeys(_name(each) for each in finding.types)),
        "size": sizes.in_words(finding.is_now),
        "most": sizes.in_words(finding.limit),
    }
    return str(_said(finding)) % facts


def _said(finding: Finding) -> Promise:
    kind = finding.limit_kind
    if kind is Limit.FILE_SIZE:
        return _SIZES[finding.becomes]
    if kind is Limit.FILE_TYPE:
        return _TYPES[finding.becomes] if finding.types else _NO_FILES
    if finding.where.endswith(".id") and kind in _IDS:
        return _IDS[kind]
    return _TOO_LONG[finding.unit] if kind is Limit.TOO_LONG else _WORDS[kind]


def _name(mime: str) -> str:
    """What people call files of this type."""
    return _NAMES.get(mime, mime.partition("/")[2].removeprefix("x-").upper())
