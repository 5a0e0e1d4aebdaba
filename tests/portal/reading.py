"""What a browser would do with a mail or a page, for stories."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django.core.mail import EmailMessage


def link_in(mail: EmailMessage) -> str:
    """The path of the one link in a mail."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", str(mail.body))
    assert len(found) == 1, mail.body
    return str(found[0])


def path_of(link: str) -> str:
    return urlsplit(link).path


def looks(answer: Any) -> tuple[int, str]:
    """Status and text of a page, without what differs on every request: its own path and the CSRF token."""
    page = answer.content.decode().replace(answer.wsgi_request.path, "")
    return answer.status_code, re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
