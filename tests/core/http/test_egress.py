"""Where the outbound door refuses to go. Real servers, fake DNS."""

from __future__ import annotations

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from apps.core.http import Egress, Forbidden, HttpDoor, NotConnected
from tests.core.http.servers import CANARY, hello, local, serve

FORBIDDEN_URLS = {
    "loopback": "http://127.0.0.1/",
    "loopback network": "http://127.8.8.8/",
    "this host": "http://0.0.0.0/",
    "private 10": "http://10.0.0.1/",
    "private 172": "http://172.16.0.1/",
    "private 192": "https://192.168.1.1/",
    "link-local": "http://169.254.10.10/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata of Alibaba, carrier NAT": "http://100.100.100.200/",
    "metadata of Oracle": "http://192.0.0.192/",
    "wire server of Azure, public by number": "http://168.63.129.16/",
    "multicast": "http://224.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "reserved": "http://240.0.0.1/",
    "documentation": "http://192.0.2.1/",
    "benchmarks": "http://198.18.0.1/",
    "old 6to4 relay": "http://192.88.99.1/",
    "IPv6 documentation": "http://[2001:db8::1]/",
    "new IPv6 documentation": "http://[3fff::1]/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 unspecified": "http://[::]/",
    "IPv6 link-local": "http://[fe80::1]/",
    "IPv6 link-local with a zone": "http://[fe80::1%25eth0]/",
    "IPv6 site-local": "http://[fec0::1]/",
    "unique local": "http://[fd00:ec2::254]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "v4-mapped loopback": "http://[::ffff:127.0.0.1]/",
    "v4-mapped private": "http://[::ffff:a00:1]/",
    "v4-compatible": "http://[::127.0.0.1]/",
    "6to4 of a private address": "http://[2002:a00:1::1]/",
    "NAT64 of the metadata address": "http://[64:ff9b::a9fe:a9fe]/",
    "local NAT64": "http://[64:ff9b:1::1]/",
    "Teredo": "http://[2001:0:a00:1::1]/",
    "one number": "http://2130706433/",
    "hexadecimal": "http://0x7f000001/",
    "octal": "http://0177.0.0.1/",
    "short": "http://127.1/",
    "full-width digits": "http://１２７.0.0.1/",
    "percent-encoded host": "http://%31%32%37.0.0.1/",
    "another port": "http://example.com:8080/",
    "port 0": "http://example.com:0/",
    "port that is none": "http://example.com:http/",
    "port out of range": "http://example.com:99999/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://example.com/",
    "no scheme": "//example.com/",
    "no host": "http:///path",
    "empty": "",
    "broken IPv6": "http://[bad/",
    "backslash": "http://example.com\\@127.0.0.1/",
    "second request in the path": "http://example.com/x\r\nHost: inside",
    "space": "http://example.com/a b",
}
ALLOWED_URLS = {
    "name": "https://api.telegram.org/bot1:a/getMe",
    "public address": "http://93.184.216.34/",
    "public IPv6": "https://[2606:4700::1111]/",
    "v4-mapped public": "http://[::ffff:93.184.216.34]/",
    "a name that begins with digits": "https://1and1.com/",
    "explicit port": "https://example.com:443/",
}


@pytest.mark.parametrize("url", FORBIDDEN_URLS.values(), ids=FORBIDDEN_URLS.keys())
@pytest.mark.advisory("S11", "Rocket.Chat CVE-2024-39713", "Zammad CVE-2021-42091", "Novu CVE-2026-75511")
async def test_forbidden(url: str) -> None:
    async with HttpDoor(Egress()) as http:
        with pytest.raises(Forbidden):
            await http.request("GET", url)


@pytest.mark.parametrize("url", ALLOWED_URLS.values(), ids=ALLOWED_URLS.keys())
def test_allowed(url: str) -> None:
    assert str(Egress().check_url(url)) in (url, url.replace(":443", ""))


@pytest.mark.parametrize("url", FORBIDDEN_URLS.values(), ids=FORBIDDEN_URLS.keys())
def test_a_refusal_keeps_the_path_to_itself(url: str) -> None:
    with pytest.raises(Forbidden) as refused:
        Egress().check_url(f"{url}bot{CANARY}/getMe")
    assert CANARY not in str(refused.value)


EGRESS_ALLOW = [
    ("localhost", "localhost", 8081, True),
    ("LOCALHOST", "localhost", 8081, True),
    ("localhost:8081", "localhost", 8081, True),
    ("localhost:8081", "localhost", 8082, False),
    ("localhost", "notlocalhost", 80, False),
    ("localhost", "127.0.0.1", 80, False),
    ("127.0.0.1", "127.0.0.1", 9, True),
    ("127.0.0.1:9", "127.0.0.1", 10, False),
    ("127.0.0.1", "127.0.0.2", 9, False),
    ("10.0.0.0/8", "10.1.2.3", 5000, True),
    ("10.0.0.0/8", "11.1.2.3", 5000, False),
    ("10.0.0.0/8:5000", "10.1.2.3", 5000, True),
    ("10.0.0.0/8:5000", "10.1.2.3", 5001, False),
    ("10.0.0.7/8", "10.1.2.3", 80, True),
    ("::1", "::1", 8080, True),
    ("::1", "0:0:0:0:0:0:0:1", 8080, True),
    ("[::1]", "::1", 8080, True),
    ("[::1]:8080", "::1", 8080, True),
    ("[::1]:8080", "::1", 80, False),
    ("fd00::/8", "fd12::1", 443, True),
    ("[fd00::/8]:443", "fd12::1", 443, True),
    (" bot.internal:8081 , 10.0.0.0/8 ", "bot.internal", 8081, True),
    ("", "127.0.0.1", 80, False),
]


@pytest.mark.parametrize(("text", "host", "port", "listed"), EGRESS_ALLOW)
def test_egress_allow(text: str, host: str, port: int, listed: bool) -> None:
    assert Egress.parse(text).lists(host, port) is listed


@pytest.mark.parametrize("text", ["10.0.0.0/99", "http://inside/", "a b", "host:port", "[::1", "::1]:80"])
def test_egress_allow_is_refused_when_it_cannot_be_meant(text: str) -> None:
    with pytest.raises(ValueError, match="EGRESS_ALLOW"):
        Egress.parse(f"localhost,{text}")


# Names ------------------------------------------------------------------------------------------------


class Dns(AbstractResolver):
    """Answers with what the test says."""

    def __init__(self, **names: list[str]) -> None:
        self.names = {name.replace("_", "."): found for name, found in names.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.names[host]
        ]

    async def close(self) -> None: ...


PRIVATE_ANSWERS = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
]


@pytest.mark.parametrize("address", PRIVATE_ANSWERS)
@pytest.mark.advisory("S11", "stoatchat CVE-2026-63306")
async def test_a_name_that_means_a_private_address_is_forbidden(address: str) -> None:
    async with HttpDoor(Egress(), resolver=Dns(inside_example=[address])) as http:
        with pytest.raises(Forbidden, match=r"inside\.example"):
            await http.request("GET", "http://inside.example/")


async def test_a_listed_address_opens_its_port_to_no_other_name() -> None:
    async with serve({"/": hello}) as server:
        dns = Dns(mixed_example=["10.255.255.1", "127.0.0.1"])
        egress = Egress.parse(f"127.0.0.1:{server.port}")
        async with HttpDoor(egress, resolver=dns) as http:
            with pytest.raises(Forbidden):  # the port is not the web's, and the name is not listed
                await http.request("GET", f"http://mixed.example:{server.port}/")


async def test_a_listed_name_may_mean_anything() -> None:
    async with serve({"/": hello}) as server:
        dns = Dns(gateway_internal=["127.0.0.1"])
        async with HttpDoor(Egress.parse("gateway.internal"), resolver=dns) as http:
            answer = await http.request("GET", f"http://gateway.internal:{server.port}/")
    assert (answer.status, answer.text) == (200, "hello")


async def test_a_name_that_is_too_long_is_not_connected() -> None:
    async with HttpDoor(Egress()) as http:
        with pytest.raises(NotConnected):
            await http.request("GET", f"http://{'a' * 70}.example/")


# Calls ------------------------------------------------------------------------------------------------


async def test_only_the_listed_address_is_called() -> None:
    async with serve({"/": hello}) as server:
        async with local() as http:
            assert (await http.request("GET", f"{server.url}/")).text == "hello"
        async with HttpDoor(Egress.parse(f"127.0.0.1:{server.port + 1}")) as http:
            with pytest.raises(Forbidden):
                await http.request("GET", f"{server.url}/")
