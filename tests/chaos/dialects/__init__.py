"""One small file per platform: how its customers' words reach us, and how it takes ours.

Written from the platforms' own descriptions; shares no code with the adapters, or it would share their
mistakes. A new platform is one file here, one line in DIALECTS and a place in PLAYED.

Every class is played, and every way in which an unknown outcome comes to be known: by a key that was taken
before (LINE, RCS, custom), by a status or an echo with our own id (WhatsApp, Messenger, Instagram, SMS), by
looking (Slack, SMS), by a person (Telegram, Apple, Viber, QQ, WeChat, X, e-mail at a mail server, Teams). Web
chat speaks for itself (visitors.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from tests.chaos.dialects import (
    apple,
    custom,
    line,
    mail,
    messenger,
    qq,
    rcs,
    slack,
    sms,
    teams,
    telegram,
    viber,
    wechat,
    whatsapp,
    x_dm,
)
from tests.chaos.dialects.contract import Dialect, DropsRepetitions, NotOffered, TellsLater

DIALECTS: dict[str, Dialect] = {
    "telegram": telegram.DIALECT,
    "apple_messages": apple.DIALECT,
    "whatsapp": whatsapp.DIALECT,
    "line": line.DIALECT,
    "messenger": messenger.MESSENGER,
    "instagram": messenger.INSTAGRAM,
    "slack": slack.DIALECT,
    "custom": custom.DIALECT,
    "viber": viber.DIALECT,
    "sms": sms.DIALECT,
    "rcs": rcs.DIALECT,
    "qq": qq.DIALECT,
    "wechat": wechat.DIALECT,
    "email": mail.DIALECT,
    "x_dm": x_dm.DIALECT,
    "teams": teams.DIALECT,
}
# The accounts of each business: every class in each, some platforms in several.
PLAYED = (
    ("telegram", "apple_messages", "whatsapp", "line", "qq", "wechat", "teams"),
    ("messenger", "slack", "custom", "telegram", "sms", "email"),
    ("instagram", "viber", "whatsapp", "line", "rcs", "x_dm"),
)


def dropping(slug: str) -> DropsRepetitions:
    """The dialect of a platform that drops repetitions. Raises NotOffered for the others."""
    dialect = DIALECTS[slug]
    if not isinstance(dialect, DropsRepetitions):
        raise NotOffered(f"{slug} drops no repetitions, but its dialect gave a key: it needs `repeated`")
    return dialect


def telling(slug: str) -> TellsLater:
    """The dialect of a platform that tells states later. Raises NotOffered for the others."""
    dialect = DIALECTS[slug]
    if not isinstance(dialect, TellsLater):
        raise NotOffered(f"{slug} tells nothing later: its dialect needs `told` and `later`")
    return dialect


def told(slug: str) -> Sequence[str]:
    """The states that a platform tells later, in their order; none where it tells nothing."""
    dialect = DIALECTS[slug]
    return dialect.told if isinstance(dialect, TellsLater) else ()
