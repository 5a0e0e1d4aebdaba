"""docs/platforms.md, made from what the adapters declare, so that it cannot claim what they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from apps.platforms import registry
from apps.platforms.base import Capabilities, Platform, RetryClass
from apps.platforms.file_limits import FileLimits, Others, Shown
from apps.platforms.windows import Opener, Takes, Window

Cell = Callable[[Platform], str]

OTHERS = {Others.FILE: "as a file to open", Others.LINK: "as a link", Others.REFUSED: "refused"}
RETRY = {
    RetryClass.KEYED: "sent again, same key",
    RetryClass.RECONCILED: "looked for, then a person",
    RetryClass.NEVER: "shown to a person",
}
OPENERS = {
    Opener.MESSAGE: "the customer wrote",
    Opener.CALL: "the customer called",
    Opener.COMMENT: "the customer commented in public",
    Opener.TAP: "the customer tapped, followed or scanned",
}
CARDS = {
    "quick_replies": "quick replies",
    "list_picker": "list",
    "time_slots": "times",
    "form": "form",
    "link": "link button",
    "location_request": "location request",
    "location": "location",
    "contact": "contact card",
    "media_group": "several pictures",
}
INTRODUCTION = """# Platforms

Made by `manage.py platforms_table --write` from what the adapters declare; a test fails when it is out of
date. A card that a platform does not show goes as numbered text, and "2" is understood as the answer.
"""
WINDOWS = """## When a business may write

The customer always starts, and nobody is written to after leaving. Beyond that each platform has windows,
tried from top to bottom; `may_send` (apps/conversations/policy.py) reads the same data for people, bots,
programs and the API.
"""
NOTES = """## Notes

- **E-mail** is shown as it is by a mail gateway. By a business's own mail server there are no delivery
  receipts, and a mail without an answer is shown to a person (docs/email.md).
- **RCS** goes as SMS by itself where it does not reach a customer and an SMS channel stands in.
- **Slack** and **QQ** have no link that carries a tag. What is written there counts as coming from the one
  entry point that offers the channel, with its tag and its team; while several offer it, or none, it goes to
  the default team.
- **WeChat** carries the tag in QR codes, which are made on the entry point's page.
"""
ELSEWHERE = """## Networks that are not here

- **Snapchat** offers no interface for customer messages, only for advertising and public profiles. A link
  to a profile is all that is possible.
- **Skype** was retired on 5 May 2025; businesses moved to Microsoft Teams.
"""


def document() -> str:
    """The whole page in Markdown."""
    platforms = registry.all_platforms()
    matrix = _table(["", *(platform.name for platform in platforms)], _features(platforms))
    windows = _table(
        ["platform", "rule", "opened when", "lasts", "messages", "takes", "who", "price"], _windows(platforms)
    )
    return "\n".join([INTRODUCTION, "## What they do\n", matrix, WINDOWS, windows, NOTES, ELSEWHERE])


def _features(platforms: Sequence[Platform]) -> Iterator[list[str]]:
    for name, cell in ROWS.items():
        yield [name, *(cell(platform) for platform in platforms)]
    for kind, name in CARDS.items():
        yield [name, *(_card(platform.capabilities, kind) for platform in platforms)]


def _capability(name: str) -> Cell:
    return lambda platform: _yes(getattr(platform.capabilities, name))


def _pictures(limits: FileLimits) -> str:
    """Their types and how large each may be; "all" where nothing is said of them."""
    rows = [(each, [t for t in each.types if t.startswith("image/")]) for each in limits.shown]
    return "; ".join(f"{_types(types)}{_at_most(each)}" for each, types in rows if types) or "all"


def _types(types: Sequence[str]) -> str:
    return ", ".join(each.removeprefix("image/") for each in types)


def _at_most(shown: Shown) -> str:
    return f" ≤ {shown.most / 1024 / 1024:.2g} MB" if shown.most else ""


ROWS: dict[str, Cell] = {
    "text, at most": lambda p: f"{p.capabilities.text_limit:,} {p.capabilities.text_unit}",
    "files, at most": lambda p: f"{p.capabilities.media_limit / 1024 / 1024:.0f} MB",
    "pictures shown": lambda p: _pictures(p.capabilities.files),
    "other files": lambda p: (
        OTHERS[p.capabilities.files.others] if p.capabilities.files.shown else "as they are"
    ),
    "routing tag": _capability("entry_tag"),
    "typing, theirs": _capability("typing_in"),
    "typing, ours": _capability("typing_out"),
    "taken over from other programs": _capability("takes_threads"),
    "delivered": _capability("delivery_receipts"),
    "read": _capability("read_receipts"),
    "we show that we read": _capability("seen_out"),
    "reactions": _capability("reactions_in"),
    "templates": _capability("templates"),
    "greeting": lambda p: ", ".join(sorted(p.greets)) or "no",
    "a send without an answer": lambda p: RETRY[p.capabilities.retry_class],
}


def _windows(platforms: Sequence[Platform]) -> Iterator[list[str]]:
    for platform in platforms:
        for window in platform.capabilities.windows:
            yield [platform.name, *_window(window)]


def _window(window: Window) -> list[str]:
    permission = f", if the platform allows it (`{window.permission}`)" if window.permission else ""
    return [
        f"`{window.rule}`",
        OPENERS[window.opener],
        _span(window.hours),
        str(window.messages) if window.messages is not None else "any number",
        "templates only" if window.takes is Takes.TEMPLATE else "anything",
        ("people" if window.people_only else "people and programs") + permission,
        window.price,
    ]


def _span(hours: float | None) -> str:
    if hours is None:
        return "until they leave"
    return f"{hours:g} h" if hours >= 1 else f"{hours * 60:g} min"


def _card(capabilities: Capabilities, kind: str) -> str:
    limits = capabilities.cards.get(kind)
    if limits is None:
        return "as text"
    counts = {"quick_replies", "list_picker", "time_slots", "form", "media_group"}
    return f"up to {limits.most}" if kind in counts and limits.most else "yes"


def _yes(value: object) -> str:
    return "yes" if value else "no"


def _table(heads: Sequence[str], rows: Iterator[list[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
