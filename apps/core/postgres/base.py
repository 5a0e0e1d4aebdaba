"""Django's PostgreSQL backend with the driver's own reader of times, and transactions that begin with a word.

Django puts a reader written in Python in its place, to give times the zone of its settings. Here every
connection is in UTC, and so is what the compiled reader returns: the same values, 2 µs sooner for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import transaction
from django.db.backends.postgresql import base
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper, debug_transaction
from psycopg import Cursor, adapters
from psycopg.adapt import AdaptersMap
from psycopg.postgres import types
from psycopg.pq import Format

_READER = adapters.get_loader(types["timestamptz"].oid, Format.TEXT)


class DatabaseWrapper(base.DatabaseWrapper):
    """What ENGINE names in the settings."""

    _first_words = ""

    def get_connection_params(self) -> dict[str, Any]:
        given: dict[str, Any] = super().get_connection_params()
        given["context"] = AdaptersMap(given["context"])
        if _READER is not None:
            given["context"].register_loader("timestamptz", _READER)
        return given

    def create_cursor(self, name: str | None = None) -> Cursor[Any]:
        """A cursor of the connection as it is: Django's would ask our reader which zone it was made for.

        Raises RuntimeError for a named one: PgBouncer may stand between, so settings have them off.
        """
        if name is not None:
            raise RuntimeError("cursors on the server are off (DISABLE_SERVER_SIDE_CURSORS)")
        cursor: Cursor[Any] = self.connection.cursor()
        return cursor

    def planned_cursor(self) -> CursorWrapper:
        """A cursor whose statements the server plans once for the connection, where settings allow it.

        For statements that happen with every message, whose text stays the same and whose plan must not
        depend on its parameters (rows found by their keys): row-level security makes planning one cost more
        than running it. Parameters travel apart from the text, so the server must see what types they have.
        """
        self.ensure_connection()
        self.validate_thread_sharing()
        wrapper = CursorDebugWrapper if self.queries_logged else CursorWrapper
        return wrapper(Cursor(self.connection), self)

    @contextmanager
    def begun_with(self, words: str) -> Iterator[None]:
        """One transaction for the block, as `transaction.atomic`; its BEGIN and `words` make one round trip.

        `words` is a statement without parameters or result, written by us: nothing in it is escaped. For a
        connection that is in no transaction. Where BEGIN or they fail, the connection is closed, the block
        does not run, and what the database said is raised (django.db.DatabaseError).
        """
        with ExitStack() as stack:
            self._first_words = words
            try:
                stack.enter_context(transaction.atomic(using=self.alias))
            finally:
                self._first_words = ""
            yield

    def _start_transaction_under_autocommit(self) -> None:
        """Django's hook for backends that say BEGIN themselves: `Atomic` looks for it by this name.

        Without words the driver says it with the first statement. With them it stays in its own autocommit,
        where it adds nothing to what it is given, and COMMIT and ROLLBACK go as ever.
        """
        if not self._first_words:
            with debug_transaction(self, "BEGIN"), self.wrap_database_errors:
                self.connection.autocommit = False
            return
        begin = f"BEGIN; {self._first_words}"
        try:
            with debug_transaction(self, begin), self.wrap_database_errors:
                self.connection.execute(begin, prepare=False)
        except BaseException:  # whatever stopped it, nobody knows how much of it the server did
            self.close()
            raise
