"""Where a business's mail is handed in, and as whom."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum

from apps.platforms.base import BadCredentials, Credentials


class Security(StrEnum):
    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"
    NONE = "none"  # only towards what the operator lists


PORTS = {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where mail is handed in and as whom. `name` is what we call ourselves there."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    name: str

    def secrets(self) -> tuple[str, ...]:
        """Everything that carries the password on the wire: servers like to repeat what they were told."""
        if not self.password:
            return ()
        pair = f"\x00{self.user}\x00{self.password}"
        return (*(b64encode(each.encode()).decode() for each in (pair, self.password)), self.password)


def server_of(creds: Credentials) -> Server:
    """Raises BadCredentials for what is missing or cannot be."""
    for name in ("address", "smtp_host", *(["smtp_password"] if creds.get("smtp_user") else [])):
        if not creds.get(name):
            raise BadCredentials(f"the {name.replace('_', ' ')} is missing", field=name)
    try:
        security = Security(creds.get("smtp_security") or Security.TLS)
        port = int(creds.get("smtp_port") or PORTS[security])
    except ValueError:
        raise BadCredentials("port or encryption cannot be", field="smtp_port") from None
    return Server(
        host=creds["smtp_host"],
        port=port,
        security=security,
        user=creds.get("smtp_user", ""),
        password=creds.get("smtp_password", ""),
        name=creds["address"].rpartition("@")[2],
    )
