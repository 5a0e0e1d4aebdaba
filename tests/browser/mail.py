"""The mail that the service wrote into files, newest last."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from django.conf import settings

END = b"-" * 79


def link_for(address: str) -> str:
    """The one link in the newest mail to `address`."""
    folder = Path(settings.EMAIL_FILE_PATH)
    files = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns)
    parts = [part.strip() for path in files for part in path.read_bytes().split(END) if part.strip()]
    mails = [message_from_bytes(part, policy=default) for part in parts]
    body = [mail.get_content() for mail in mails if mail["To"] == address][-1]
    (link,) = re.findall(r"https?://\S+", body)
    return str(link)
