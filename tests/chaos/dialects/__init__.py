"""One small file per platform: how its customers' words reach us, and how it takes ours.

Written from the platforms' own descriptions; shares no code with the adapters, or it would share their
mistakes. A new platform is one file here and one line in DIALECTS.
"""

from __future__ import annotations

from tests.chaos.dialects import apple, line, telegram, whatsapp
from tests.chaos.dialects.contract import Dialect

DIALECTS: dict[str, Dialect] = {
    "telegram": telegram.DIALECT,
    "apple_messages": apple.DIALECT,
    "whatsapp": whatsapp.DIALECT,
    "line": line.DIALECT,
}
