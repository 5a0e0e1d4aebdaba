"""The simulated mail server, spoken to by the standard library's client and by nobody's."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from apps.core import tenancy
from apps.sandbox.email import server
from tests.sandbox.conftest import Served
from tests.sandbox.player import Player
from tests.worlds import World


@pytest.fixture
def filante(committed_world: World, base_url: str) -> Player:
    return Player(committed_world.filante, "email", base_url)


@pytest.fixture
def garance(committed_world: World, base_url: str) -> Player:
    return Player(committed_world.garance, "email", base_url)


@pytest.fixture
def client(served: Served) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", served.smtp_port, timeout=20) as found:
        yield found


def mail(sender: str, to: str, words: str = "Bonjour") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, to, "Re: x", "<1@shop.example>"
    made.set_content(words)
    return made


def test_the_standard_librarys_client_hands_mail_in(filante: Player, client: smtplib.SMTP) -> None:
    client.login(filante.account.address, filante.account.secret)
    assert client.send_message(mail(filante.account.address, filante.thread.address, "a\n.\nb")) == {}
    assert client.noop()[0] == 250
    client.send_message(mail(filante.account.address, filante.thread.address, "again"))
    assert filante.heard() == ["a\n.\nb", "again"]


@pytest.mark.parametrize("method", ["auth_plain", "auth_login"])
def test_who_may(method: str, filante: Player, client: smtplib.SMTP) -> None:
    client.user, client.password = filante.account.address, "wrong"
    client.ehlo()
    name = method.removeprefix("auth_").upper()
    with pytest.raises(smtplib.SMTPAuthenticationError) as told:
        client.auth(name, getattr(client, method))
    assert told.value.smtp_code == 535
    client.password = filante.account.secret
    assert client.auth(name, getattr(client, method))[0] == 235


def test_businesses_are_apart(filante: Player, garance: Player, client: smtplib.SMTP) -> None:
    """No name of another's, no sender of another's, no customer of another's."""
    with pytest.raises(smtplib.SMTPAuthenticationError):
        client.login(garance.account.address, filante.account.secret)
    client.login(filante.account.address, filante.account.secret)
    ours, theirs = filante.account.address, garance.account.address
    with pytest.raises(smtplib.SMTPSenderRefused):
        client.sendmail(theirs, garance.thread.address, b"x")
    with tenancy.scope(garance.side.id):
        garance.thread.address = "only-theirs@customer.example"
        garance.thread.save(update_fields=["address"])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        client.send_message(mail(ours, garance.thread.address))
    assert (filante.heard(), garance.heard()) == ([], [])


Turn = tuple[bytes, bytes]  # what is said, how the answer begins
SAID: dict[str, Callable[[Player], list[Turn]]] = {
    "nothing known": lambda _: [
        (b"HELP", b"502"),
        (b"", b"502"),
        (b"\xff\xfe", b"502"),
        (b"__init__", b"502"),
    ],
    "no name": lambda _: [(b"EHLO", b"501"), (b"HELO x", b"250")],
    "before a login": lambda p: [(f"MAIL FROM:<{p.account.address}>".encode(), b"530"), (b"DATA", b"503")],
    "no address": lambda _: [(b"MAIL FROM:x", b"501"), (b"RCPT TO:<a@b", b"501")],
    "a recipient first": lambda _: [(b"RCPT TO:<a@b>", b"503")],
    "a login that is none": lambda _: [(b"AUTH PLAIN !", b"501"), (b"AUTH GSSAPI", b"504")],
    "a login in pieces": lambda _: [(b"AUTH LOGIN", b"334"), (b"eA==", b"334"), (b"eA==", b"535")],
    "too long": lambda _: [(b"x" * 5000, b"500")],
    "goodbye": lambda _: [(b"RSET", b"250"), (b"QUIT", b"221")],
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID.keys())
def test_odd_words(said: Callable[[Player], list[Turn]], filante: Player, served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.smtp_port), timeout=20) as found:
        lines = found.makefile("rb")
        assert lines.readline().startswith(b"220 ")
        for line, answer in said(filante):
            found.sendall(line + b"\r\n")
            assert lines.readline().startswith(answer), line


def test_what_is_too_large_is_announced(filante: Player, client: smtplib.SMTP) -> None:
    client.login(filante.account.address, filante.account.secret)
    assert client.esmtp_features["size"] == str(server.LARGEST)
    code, _words = client.mail(filante.account.address, [f"SIZE={server.LARGEST + 1}"])
    assert code == 552


def test_a_port_of_somebody_else_is_no_reason_to_stop() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert server.serve(taken.getsockname()[1]) is None


def test_two_web_processes_share_the_port() -> None:
    first = server.serve(0)
    assert first is not None
    second = server.serve(first.server_address[1])
    assert second is not None
    for each in (first, second):
        each.shutdown()
        each.server_close()
