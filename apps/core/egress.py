"""Which addresses may be called from here: the public internet, and what `EGRESS_ALLOW` lists.

Tenants type base URLs and mail servers and platforms hand us links, so every target is untrusted. A URL is
parsed once, by the parser of the library that calls it; a name is resolved once, and the call goes to an
address that was checked (`apps.core.http`, `apps.core.dialling`).
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache

from yarl import URL

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PORTS = (80, 443)
MAIL_PORTS = (465, 587, 2525)  # where servers take mail from their own people (RFC 8314); 25 is for strangers

_HOST = re.compile(r"[A-Za-z0-9._-]+")
_ITEM = re.compile(r"\[(?P<v6>[^\]]+)\](:(?P<v6_port>\d+))?|(?P<host>[^:\[\]]+)(:(?P<port>\d+))?")
_NUMERIC = re.compile(r"([0-9]+|0x[0-9a-f]*)(\.([0-9]+|0x[0-9a-f]*))*\.?", re.IGNORECASE)

_GLOBAL_V6 = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Not global either; Python's own list depends on its patch version. The last is a public number that
# means a machine of the cloud that we run in (Azure's wire server).
_NEVER = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "3fff::/20", "168.63.129.16/32")
]


class HttpError(Exception):
    """Base of what can go wrong with a call. The words never contain the path or query of an address."""


class Forbidden(HttpError):
    """The address is not public and not listed in EGRESS_ALLOW, or scheme or port are not allowed."""


class NotConnected(HttpError):
    """No connection, so the request was certainly not accepted: DNS, refused, TLS, connect time-out."""


class TooLate(HttpError):
    """The time to begin (`apps.core.latest`) was over before the first byte left: certainly not accepted."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One item of EGRESS_ALLOW: a name or a network, on one port or (None) on any."""

    name: str
    network: Network | None
    port: int | None

    @classmethod
    def parse(cls, item: str) -> Listed:
        """From "host", "10.0.0.0/8", "::1", each with optional ":port" ("[::1]:8080"). Raises ValueError."""
        host, port = _split(item)
        network = _network(host)
        if network is None and not _HOST.fullmatch(host):
            raise ValueError(f"EGRESS_ALLOW: {item!r} is neither a name, an address nor a network")
        return cls(host.lower(), network, port)

    def covers(self, host: str, port: int) -> bool:
        if self.port not in (None, port):
            return False
        if self.network is None:
            return self.name == host.lower()
        address = address_of(host)
        return address is not None and address in self.network


@dataclass(frozen=True, slots=True)
class Egress:
    """Which non-public targets are allowed: names, addresses or networks, each with optional :port."""

    allowed: frozenset[Listed] = field(default_factory=frozenset)

    @classmethod
    def parse(cls, text: str) -> Egress:
        """From a comma-separated list. Raises ValueError naming the item that cannot be understood."""
        return cls(frozenset(Listed.parse(item.strip()) for item in text.split(",") if item.strip()))

    def lists(self, host: str, port: int) -> bool:
        """Whether the target is listed by name or address, with this port or without any."""
        return any(item.covers(host, port) for item in self.allowed)

    def check_url(self, url: str) -> URL:
        """The URL to call. Raises Forbidden for one that may never be called, whatever its name means."""
        target = _parsed(url)
        self._check(target.raw_host or "", target.port or 0, PORTS)
        return target

    def check_mail_server(self, host: str, port: int, *, listed: bool) -> None:
        """Raises Forbidden as `check_url`; with `listed` for everything that EGRESS_ALLOW does not list."""
        if not _is_host(host):
            raise Forbidden("this names no mail server that can be called")
        if listed and not self.lists(host, port):
            raise Forbidden(f"without encryption only {host}:{port} listed in EGRESS_ALLOW could be called")
        self._check(host, port, MAIL_PORTS)

    def may_connect(self, address: str, port: int) -> bool:
        """Whether an address that a name resolved to may be called."""
        parsed = address_of(address)
        return parsed is not None and (is_public(parsed) or self.lists(address, port))

    def _check(self, host: str, port: int, ports: tuple[int, ...]) -> None:
        if self.lists(host, port):
            return
        if port not in ports:
            raise Forbidden(f"port {port} of {host} is not allowed; list {host}:{port} in EGRESS_ALLOW")
        address = address_of(host)
        if address is not None and not is_public(address):
            raise Forbidden(f"{host} is not a public address; list it in EGRESS_ALLOW to allow it")


@lru_cache(maxsize=4096)
def address_of(host: str) -> Address | None:
    """The address that `host` is written as; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """True for addresses of the public internet, looking through v4-mapped, 6to4 and NAT64 forms."""
    inner = _inner(address)
    if inner is not None:
        return is_public(inner)
    if not address.is_global or address.is_multicast or any(address in network for network in _NEVER):
        return False
    return address.version == 4 or address in _GLOBAL_V6


def _inner(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _parsed(url: str) -> URL:
    """The URL as aiohttp will understand it; one that could be read in two ways is refused."""
    if not url.isascii() or any(character <= " " for character in url):
        raise Forbidden("an address may only contain ASCII without spaces; write names as xn--…")
    try:
        target = URL(url, encoded=True)
        _ = target.port  # parsed when it is asked for
    except ValueError:
        raise Forbidden("this is not an address that can be called") from None
    host = target.raw_host or ""
    if target.scheme not in ("http", "https"):
        raise Forbidden(f"only http and https addresses can be called, not {target.scheme[:20]!r}")
    if not _is_host(host):
        raise Forbidden("the address names no host that can be called")
    return target


def _is_host(host: str) -> bool:
    """An address, or a name that nobody could read as one."""
    return address_of(host) is not None or bool(_HOST.fullmatch(host) and not _NUMERIC.fullmatch(host))


def _split(item: str) -> tuple[str, int | None]:
    if address_of(item) or _network(item):
        return item, None  # a bare IPv6 address has colons of its own
    match = _ITEM.fullmatch(item)
    if match is None:
        raise ValueError(f"EGRESS_ALLOW: {item!r} is neither a name, an address nor a network")
    port = match["v6_port"] or match["port"]
    return match["v6"] or match["host"], int(port) if port else None


def _network(host: str) -> Network | None:
    try:
        return ipaddress.ip_network(host, strict=False)
    except ValueError:
        return None
