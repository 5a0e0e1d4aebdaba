"""As Messenger, where Instagram differs: texts in bytes, no button template."""

from __future__ import annotations

from tests.platforms import facts
from tests.platforms.handset import Asked
from tests.platforms.messenger.valid import checked


def check(asked: Asked) -> None:
    checked(asked, lambda text: facts.words(text, 1000, facts.utf8), {"generic"})
