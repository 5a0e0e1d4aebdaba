"""What arrives of a request that the outbound door makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from apps.core.http import FilePart
from tests.core.http.servers import local, serve


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
