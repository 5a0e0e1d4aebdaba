"""Names of emoji that people react with most; the others, and a workspace's own, stay ":name:"."""

from __future__ import annotations

_KNOWN = {
    "+1": "👍",
    "thumbsup": "👍",
    "-1": "👎",
    "thumbsdown": "👎",
    "heart": "❤️",
    "white_check_mark": "✅",
    "heavy_check_mark": "✔️",
    "x": "❌",
    "eyes": "👀",
    "pray": "🙏",
    "raised_hands": "🙌",
    "clap": "👏",
    "ok_hand": "👌",
    "wave": "👋",
    "tada": "🎉",
    "joy": "😂",
    "smile": "😄",
    "slightly_smiling_face": "🙂",
    "thinking_face": "🤔",
    "open_mouth": "😮",
    "cry": "😢",
    "rage": "😡",
    "fire": "🔥",
    "rocket": "🚀",
    "100": "💯",
    "question": "❓",
    "warning": "⚠️",
}
LONGEST = 40  # characters of a name that are shown


def emoji(name: str) -> str:
    """The emoji without its skin tone; ":name:" for one that is not in the table."""
    plain = name.partition("::")[0]
    return _KNOWN.get(plain) or f":{plain[:LONGEST]}:"
