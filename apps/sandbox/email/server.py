"""A mail server on loopback, for what businesses send to the simulated customers (RFC 5321, 4954, 1870).

A thread of the web process, one more for each connection. Several web processes share the port, as while
one replaces another.
"""

from __future__ import annotations

import logging
import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer

from django.db import connections

from apps.sandbox.email.conversation import Conversation
from apps.sandbox.email.replies import TOO_LONG, Reply

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
SILENCE = 60.0  # seconds
LINE = 2048  # bytes of a command; AUTH needs more than the 512 of the others
LARGEST = 26 * 1024 * 1024


class MailServer(ThreadingTCPServer):
    allow_reuse_address = allow_reuse_port = True
    daemon_threads = True
    block_on_close = False


def serve(port: int) -> MailServer | None:
    """Begin to listen; None, and a line in the log, when the port is somebody else's."""
    try:
        found = MailServer((HOST, port), _Connection)
    except OSError as error:
        log.warning("no simulated mail server at port %d (SANDBOX_SMTP_PORT): %s", port, error.strerror)
        return None
    threading.Thread(target=found.serve_forever, name="sandbox-mail", daemon=True).start()
    return found


class _Connection(StreamRequestHandler):
    timeout = SILENCE

    def handle(self) -> None:
        try:
            self._talk(Conversation(LARGEST))
        except OSError:  # the other side is gone, or said nothing for too long
            pass
        finally:
            connections.close_all()

    def _talk(self, conversation: Conversation) -> None:
        reply: Reply | None = conversation.greeting()
        while reply is not None:
            self.wfile.write("".join(f"{line}\r\n" for line in reply.lines()).encode())
            if reply.ends:
                return
            reply = conversation.data(self._mail()) if reply.wants_data else self._answer(conversation)

    def _answer(self, conversation: Conversation) -> Reply | None:
        line = self.rfile.readline(LINE + 1)
        if len(line) > LINE:
            return TOO_LONG
        return conversation.command(line.decode("utf-8", "replace").rstrip("\r\n")) if line else None

    def _mail(self) -> bytes | None:
        """Up to the line with one full stop, its doubled ones single again; None when it is too large."""
        kept, size = bytearray(), 0
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionError("the mail has no end")
            size += len(line)
            if size <= LARGEST:
                kept += line[1:] if line.startswith(b".") else line
        return bytes(kept) if size <= LARGEST else None
