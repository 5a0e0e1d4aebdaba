"""A contact as a vCard (RFC 6350 names, in version 3.0, which every device reads)."""

from __future__ import annotations

from apps.platforms.cards import ContactCard

TYPE = "text/vcard"


def vcard(card: ContactCard) -> bytes:
    name = _escaped(card.name)
    lines = ("BEGIN:VCARD", "VERSION:3.0", f"N:;{name};;;", f"FN:{name}", f"TEL;TYPE=VOICE:{card.phone}")
    return "\r\n".join([*lines, "END:VCARD", ""]).encode("utf-8", "replace")


def file_name(card: ContactCard) -> str:
    printable = "".join(letter for letter in card.name if letter.isprintable() and letter not in "/\\:")
    return f"{printable.strip()[:60] or 'contact'}.vcf"


def _escaped(text: str) -> str:
    for letter in "\\;,":
        text = text.replace(letter, f"\\{letter}")
    return " ".join(text.split())
