"""What the look derives from data: ticket codes, tones, platform glyphs."""

from __future__ import annotations

THEMES = frozenset({"light", "dark"})
TONES = 8

# platform slug -> (symbol in static/img/icons.svg, tint in static/css/tokens.css)
PLATFORM_GLYPHS = {
    "apple_messages": ("p-apple", "apple"),
    "messenger": ("p-messenger", "messenger"),
    "instagram": ("p-instagram", "instagram"),
    "whatsapp": ("p-whatsapp", "whatsapp"),
    "telegram": ("p-telegram", "telegram"),
    "line": ("p-line", "line"),
    "viber": ("p-viber", "viber"),
    "wechat": ("p-wechat", "wechat"),
    "qq": ("p-qq", "qq"),
    "slack": ("p-slack", "slack"),
    "teams": ("p-teams", "teams"),
    "custom": ("p-custom", "custom"),
    "x_dm": ("p-x-dm", "x-dm"),
    "sms": ("p-sms", "sms"),
    "rcs": ("p-rcs", "rcs"),
    "email": ("p-email", "email"),
    "webchat": ("p-web", "web"),
}

# Mark in a User-Agent -> name. Order matters: most browsers also claim to be the later ones.
_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def code_of(pk: str) -> str:
    """Last four characters of an id, upper case. A UUIDv7 ends in random bits, so neighbours differ."""
    return pk.replace("-", "")[-4:].upper().rjust(4, "0")


def tone_of(pk: str) -> int:
    """0 to 7, from a part of the id that the code does not show."""
    return sum(pk.replace("-", "")[:-4].encode()) % TONES


def initials_of(name: str) -> str:
    """One or two capitals: of the first and last word, or the first letters of the only one."""
    words = [word for word in name.replace(".", " ").replace("-", " ").split() if word]
    if not words:
        return "?"
    return (words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]).upper()


def device_of(user_agent: str) -> tuple[str, str]:
    """(browser, system) of a User-Agent header, "" where unknown. For people to recognise, never to trust."""
    return _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)


def _first(marks: dict[str, str], text: str) -> str:
    return next((name for mark, name in marks.items() if mark in text), "")
