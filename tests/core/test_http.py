"""The outbound door: what it refuses, and what it says about calls that fail. Real servers, fake DNS."""

from __future__ import annotations

import asyncio
import gzip
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from apps.core.http import (
    Egress,
    FilePart,
    Forbidden,
    HttpDoor,
    HttpError,
    NoAnswer,
    NotConnected,
    Response,
    TooLarge,
)

CANARY = "123456:canary-token"

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

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"


@asynccontextmanager
async def serve(routes: dict[str, Handler]) -> AsyncIterator[Server]:
    application = web.Application(client_max_size=2**28)
    for path, handler in routes.items():
        application.router.add_route("*", path, handler)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield Server(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@asynccontextmanager
async def raw_server(answer: bytes) -> AsyncIterator[Server]:
    """Reads the head of a request, writes `answer`, hangs up."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield Server(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


async def hello(request: web.Request) -> web.Response:
    return web.Response(text="hello")


def local() -> HttpDoor:
    return HttpDoor(Egress.parse("127.0.0.1"))


async def test_only_the_listed_address_is_called() -> None:
    async with serve({"/": hello}) as server:
        async with local() as http:
            assert (await http.request("GET", f"{server.url}/")).text == "hello"
        async with HttpDoor(Egress.parse(f"127.0.0.1:{server.port + 1}")) as http:
            with pytest.raises(Forbidden):
                await http.request("GET", f"{server.url}/")


async def test_json_form_and_files_arrive(tmp_path: Path) -> None:
    async def echo(request: web.Request) -> web.Response:
        if request.content_type == "application/json":
            return web.json_response(await request.json())
        posted = await request.post()
        files = {k: v.file.read().decode() for k, v in posted.items() if isinstance(v, web.FileField)}
        return web.json_response({**{k: v for k, v in posted.items() if isinstance(v, str)}, **files})

    path = tmp_path / "note.txt"
    path.write_text("from disk")
    file = FilePart(field="file", name="note.txt", mime="text/plain", path=path)
    async with serve({"/": echo}) as server, local() as http:
        as_json = await http.request("POST", f"{server.url}/", json={"a": "1"})
        as_form = await http.request("POST", f"{server.url}/", form={"a": "1"})
        as_files = await http.request("POST", f"{server.url}/", form={"a": "1"}, files=[file])
    assert [as_json.json(), as_form.json(), as_files.json()] == [
        {"a": "1"},
        {"a": "1"},
        {"a": "1", "file": "from disk"},
    ]


PIECES = [(0, 4, b"from"), (5, 4, b"disk"), (5, 99, b"disk"), (0, 0, b"from disk"), (99, 4, b"")]


@pytest.mark.parametrize(("offset", "length", "arrives"), PIECES)
async def test_a_file_may_go_in_pieces(offset: int, length: int, arrives: bytes, tmp_path: Path) -> None:
    async def content(request: web.Request) -> web.Response:
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        return web.Response(body=file.file.read())

    path = tmp_path / "stored"
    path.write_bytes(b"from disk")
    piece = FilePart(field="file", name="a", mime="a/b", path=path, offset=offset, length=length)
    async with serve({"/": content}) as server, local() as http:
        answer = await http.request("POST", f"{server.url}/", files=[piece])
    assert answer.body == arrives


NAMES = {
    "photo é.jpg": "photo é.jpg",
    '50 % "off".pdf': "50 % _off_.pdf",
    "a\r\nX-Evil: 1.txt": "a__X-Evil: 1.txt",
    "back\\slash": "back_slash",
}


@pytest.mark.parametrize(("name", "arrives"), NAMES.items())
async def test_a_file_keeps_its_name_and_nothing_escapes_from_it(
    name: str, arrives: str, tmp_path: Path
) -> None:
    async def names(request: web.Request) -> web.Response:
        file = (await request.post())["file"]
        assert isinstance(file, web.FileField)
        return web.json_response([file.filename, file.content_type, dict(file.headers)])

    path = tmp_path / "stored"
    path.write_text("x")
    async with serve({"/": names}) as server, local() as http:
        file = FilePart(field="file", name=name, mime="no\r\ntype", path=path)
        filename, mime, headers = (await http.request("POST", f"{server.url}/", files=[file])).json()
    assert (filename, mime) == (arrives, "application/octet-stream")
    assert set(headers) == {"Content-Type", "Content-Disposition"}


async def test_a_path_is_sent_as_it_was_written() -> None:
    async def path(request: web.Request) -> web.Response:
        return web.Response(text=request.raw_path)

    async with serve({"/{rest:.*}": path}) as server, local() as http:
        answer = await http.request("GET", f"{server.url}/a%2Fb/bot1:x?s=%7E+~")
    assert answer.text == "/a%2Fb/bot1:x?s=%7E+~"


async def test_a_request_follows_no_redirect() -> None:
    async with serve({"/": redirect_to("/elsewhere")}) as server, local() as http:
        answer = await http.request("GET", f"{server.url}/")
    assert (answer.status, answer.headers["location"]) == (302, "/elsewhere")


def redirect_to(target: str) -> Handler:
    async def redirect(request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target}, body=b"not the file")

    return redirect


REDIRECTS_INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://[::1]/",
    "http://localhost:8080/",
    "file:///etc/passwd",
    "data:text/plain,x",
    "//[bad",
    "http://127.0.0.2:22/",
]


@pytest.mark.parametrize("target", REDIRECTS_INSIDE)
@pytest.mark.advisory("S11", "AVideo GHSA-f359-r3pv-2phf")
async def test_a_redirect_to_a_private_address_is_forbidden(target: str) -> None:
    sink = io.BytesIO()
    async with serve({"/": redirect_to(target)}) as server, local() as http:
        with pytest.raises(Forbidden):
            await http.fetch(f"{server.url}/", sink)
    assert sink.getvalue() == b""


async def test_fetch_follows_three_redirects_and_no_more() -> None:
    routes: dict[str, Handler] = {f"/{n}": redirect_to(f"/{n + 1}") for n in range(4)}
    routes["/4"] = hello
    async with serve(routes) as server, local() as http:
        sink = io.BytesIO()
        answer = await http.fetch(f"{server.url}/1", sink)
        assert (answer.status, answer.body, sink.getvalue()) == (200, b"", b"hello")
        with pytest.raises(Forbidden):
            await http.fetch(f"{server.url}/0", io.BytesIO())


async def test_credentials_stay_with_the_host_they_were_meant_for() -> None:
    async def authorization(request: web.Request) -> web.Response:
        return web.Response(text=request.headers.get("Authorization", "none"))

    async with serve({"/": authorization}) as other:
        routes: dict[str, Handler] = {"/away": redirect_to(f"{other.url}/"), "/stay": redirect_to("/end")}
        async with serve({**routes, "/end": authorization}) as server, local() as http:
            headers = {"Authorization": "Bearer x"}
            away, stay = io.BytesIO(), io.BytesIO()
            await http.fetch(f"{server.url}/away", away, headers=headers)
            await http.fetch(f"{server.url}/stay", stay, headers=headers)
    assert (away.getvalue(), stay.getvalue()) == (b"none", b"Bearer x")


async def test_the_error_of_a_fetch_is_in_the_answer_and_not_in_the_file() -> None:
    async def missing(request: web.Request) -> web.Response:
        return web.Response(status=404, text="no such file")

    sink = io.BytesIO()
    async with serve({"/": missing}) as server, local() as http:
        answer = await http.fetch(f"{server.url}/", sink)
    assert (answer.status, answer.body, sink.getvalue()) == (404, b"no such file", b"")


# Limits -----------------------------------------------------------------------------------------------


def zeros(size: int, status: int = 200) -> Handler:
    async def answer(request: web.Request) -> web.Response:
        return web.Response(status=status, body=bytes(size))

    return answer


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False), (500_000, False)])
async def test_size_limit(size: int, fits: bool) -> None:
    async with serve({"/": zeros(size)}) as server, local() as http:
        calls: list[Awaitable[Response]] = [
            http.request("GET", f"{server.url}/", max_bytes=1000),
            http.fetch(f"{server.url}/", io.BytesIO(), max_bytes=1000),
        ]
        for call in calls:
            if fits:
                assert (await call).status == 200
            else:
                with pytest.raises(TooLarge):
                    await call


async def test_a_fetch_keeps_no_large_error_in_memory() -> None:
    async with serve({"/": zeros(2 * 1024 * 1024, 500)}) as server, local() as http:
        with pytest.raises(TooLarge):
            await http.fetch(f"{server.url}/", io.BytesIO())


async def test_decompression_bomb() -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024))
    assert len(bomb) < 100_000
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb)
    sink = io.BytesIO()
    async with raw_server(head + bomb) as server, local() as http:
        with pytest.raises(TooLarge):
            await http.fetch(f"{server.url}/", sink, max_bytes=1024 * 1024)
    assert len(sink.getvalue()) <= 1024 * 1024


async def test_time_limit() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    async with serve({"/": slow}) as server, local() as http:
        with pytest.raises(NoAnswer):
            await http.request("GET", f"{server.url}/", timeout=0.2)


# Failures ---------------------------------------------------------------------------------------------

BROKEN = {
    "nothing": (b"", NoAnswer),
    "not HTTP": (b"220 mail.example ESMTP\r\n", NoAnswer),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-", NoAnswer),
    "half a body": (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", NoAnswer),
    "half a chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf", NoAnswer),
    "broken gzip": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", NoAnswer),
    "endless header": (b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n", NoAnswer),
}


@pytest.mark.parametrize(("answer", "error"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_answer_is_no_answer(answer: bytes, error: type[HttpError]) -> None:
    async with raw_server(answer) as server, local() as http:
        with pytest.raises(error) as failed:
            await http.request("POST", f"{server.url}/bot{CANARY}/sendMessage", json={})
    assert CANARY not in repr(failed.value)
    assert failed.value.__cause__ is None


async def test_a_closed_port_is_not_connected() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/bot{CANARY}/getMe"
        async with local() as http:
            with pytest.raises(NotConnected) as failed:
                await http.request("GET", url)
    assert CANARY not in repr(failed.value)


async def test_tls_that_is_none_is_not_connected() -> None:
    async with raw_server(b"") as server, local() as http:
        with pytest.raises(HttpError) as failed:
            await http.request("GET", server.url.replace("http:", "https:"), timeout=3)
    assert type(failed.value) is NotConnected


async def test_waiting_for_a_free_connection_is_not_connected() -> None:
    async def slow(request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.Response()

    async with serve({"/": slow}) as server, HttpDoor(Egress.parse("127.0.0.1"), connections=1) as http:
        first = asyncio.create_task(http.request("GET", f"{server.url}/"))
        await asyncio.sleep(0.1)
        with pytest.raises(NotConnected):
            await http.request("GET", f"{server.url}/", timeout=0.4)
        assert (await first).status == 200
