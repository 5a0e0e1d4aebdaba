"""Where things are: the Connector of a customer's region, and how messages are named.

An activity names the Connector that its answers go to (`serviceUrl`). Our token goes there, so only hosts of
Microsoft's own are taken, or, with a base URL, only what lies below that.
"""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import urlsplit

from apps.platforms.base import Credentials

# https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages names
# the one that serves every region.
EVERYWHERE = "https://smba.trafficmanager.net/teams"
# Whoever likes may have a name below trafficmanager.net: that one only whole.
HOSTS = frozenset(("smba.trafficmanager.net", "smba.infra.gcc.teams.microsoft.com"))
PARENTS = (".botframework.com",)
MARK = 12  # hex digits of a conversation in a ref


def base(creds: Credentials) -> str:
    """The server of one's own, "" for Microsoft's."""
    return (creds.get("base_url") or "").strip().rstrip("/")


def service(creds: Credentials, told: str = "") -> str:
    """Where to answer; `told` is the service URL of the customer's last message, "" when there is none."""
    if told and is_service(told, creds):
        return told.rstrip("/")
    return base(creds) or EVERYWHERE


def is_service(url: str, creds: Credentials) -> bool:
    """Whether `url` is a Connector that our token may be sent to."""
    own = base(creds)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if own:
        return url.rstrip("/") == own or url.startswith(f"{own}/")
    if parts.scheme != "https" or parts.username is not None or port not in (None, 443):
        return False
    return host in HOSTS or host.endswith(PARENTS)


def ref(conversation: str, activity: str) -> str:
    """What names a message: Teams counts milliseconds in each conversation by itself."""
    return f"{sha256(conversation.encode()).hexdigest()[:MARK]}:{activity}"
