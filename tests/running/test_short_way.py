"""A request below /hooks/ comes to the application as daphne would have brought it, and its answer goes back
alike: everything is asked twice, there and elsewhere."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.ports import free_port, until_it_listens

ROOT = Path(__file__).resolve().parents[2]
HERE, ELSEWHERE = b"/hooks/", b"/pages/"

ASKED = {
    "nothing but a path": (b"GET %sa HTTP/1.1", [], b""),
    "a body": (b"POST %sa?b=c&d HTTP/1.1", [b"Content-Length: 3"], b"abc"),
    "a body in chunks": (
        b"POST %sa HTTP/1.1",
        [b"Transfer-Encoding: chunked"],
        b"3\r\nabc\r\n0\r\n\r\n",
    ),
    "a large body": (b"POST %sa HTTP/1.1", [b"Content-Length: 600000"], b"x" * 600_000),
    "a form": (
        b"POST %sa HTTP/1.1",
        [b"Content-Type: application/x-www-form-urlencoded", b"Content-Length: 3"],
        b"a=b",
    ),
    "no body to the answer": (b"HEAD %sa HTTP/1.1", [], b""),
    "an old client": (b"GET %sa HTTP/1.0", [], b""),
    "an encoded path": (b"GET %sa%%2Fb%%C3%%A9%%00 HTTP/1.1", [], b""),
    "two questions in its address": (b"GET %sa?b?c HTTP/1.1", [], b""),
    "a path with bytes": (b"GET %sa\xe9 HTTP/1.1", [], b""),
    "a query with bytes": (b"GET %sa?\xe9 HTTP/1.1", [], b""),
    "a method that is none": (b"P\xe9 %sa HTTP/1.1", [], b""),
    "a header twice": (b"GET %sa HTTP/1.1", [b"X-A: 1", b"x-a: 2"], b""),
    "a header that poses as another": (b"GET %sa HTTP/1.1", [b"X_A: 1"], b""),
    "a header with a space in its name": (b"GET %sa HTTP/1.1", [b"X A: 1"], b""),
    "a header with a letter that is none": (b"GET %sa HTTP/1.1", [b"X\xe9: 1"], b""),
    "a header with a NUL": (b"GET %sa HTTP/1.1", [b"X-A: \x00"], b""),
    "a header with bytes": (b"GET %sa HTTP/1.1", [b"X-A: \xe9"], b""),
    "the proxy's word": (
        b"GET %sa HTTP/1.1",
        [b"X-Forwarded-For: 1.2.3.4", b"X-Forwarded-Proto: https"],
        b"",
    ),
    "an answer in pieces": (b"GET %spieces HTTP/1.1", [], b""),
    "an application that fails": (b"GET %sfails HTTP/1.1", [], b""),
}


@pytest.fixture(scope="module", params=[(), ("--proxy-headers",)], ids=["in front", "behind a proxy"])
def web(request: pytest.FixtureRequest) -> Iterator[int]:
    """Its port."""
    port = free_port()
    command = [sys.executable, "-m", "apps.core.running.web", "--verbosity", "0", "-p", str(port)]
    process = subprocess.Popen([*command, *request.param, "tests.running.told:application"], cwd=ROOT)
    try:
        until_it_listens(port)
        yield port
    finally:
        process.terminate()
        assert process.wait(20) == 0


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_all_is_as_elsewhere(web: int, asked: tuple[bytes, list[bytes], bytes]) -> None:
    line, headers, body = asked
    here, elsewhere = (_asked(web, _words(line % prefix, headers, body)) for prefix in (HERE, ELSEWHERE))
    assert here.replace(HERE, ELSEWHERE) == elsewhere
    assert here.startswith(b"HTTP/1.")


def test_half_a_request_comes_to_nobody(web: int) -> None:
    words = _words(b"POST /hooks/a HTTP/1.1", [b"Content-Length: 9"], b"abc")
    assert _asked(web, words, leave=True) == b""


def test_a_connection_is_used_again(web: int) -> None:
    """Also in the same breath, and by requests of both kinds."""
    paths = (b"/hooks/a", b"/a", b"/hooks/b", b"/hooks/c")
    words = [b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path for path in paths]
    assert _asked(web, b"".join(words) + _words(b"GET /a HTTP/1.1")).count(b"HTTP/1.1 201") == 5


def test_the_application_hears_that_the_client_has_gone(web: int) -> None:
    for prefix in (HERE, ELSEWHERE):
        with socket.create_connection(("127.0.0.1", web), timeout=20) as client:
            client.sendall(b"GET %swaits?%s HTTP/1.1\r\nHost: x\r\n\r\n" % (prefix, prefix.strip(b"/")))
            time.sleep(0.2)
        _asked(web, _words(b"GET %send HTTP/1.1" % prefix))
    heard = _asked(web, _words(b"GET /left HTTP/1.1"))
    for who in (b"hooks", b"pages"):
        assert b'"%s http.disconnect"' % who in heard
    assert heard.count(b'"answered http.disconnect"') == 2


def _words(line: bytes, headers: Sequence[bytes] = (), body: bytes = b"") -> bytes:
    return b"\r\n".join([line, b"Host: x", b"Connection: close", *headers, b"", body])


def _asked(port: int, words: bytes, *, leave: bool = False) -> bytes:
    """Everything that comes back, without the time of day, until the connection is closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        client.sendall(words)
        if leave:
            client.shutdown(socket.SHUT_WR)
        told = b"".join(iter(lambda: client.recv(65536), b""))
    return b"\r\n".join(line for line in told.split(b"\r\n") if not line.lower().startswith(b"date:"))
