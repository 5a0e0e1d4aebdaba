"""The history of a run: one JSON object per line, appended by whoever saw something happen.

Every line has `what` and `t` (unix seconds). The kinds:

    inbound   phase invoke|ok|fail|info, conversation, number, ref, began; status when answered
    reply     phase as above, conversation, number
    provided  the provider's own log: class, conversation, number, answered; only what it accepted; `came` is
              when the call came, `t` when it was accepted
    status    the platform told us later, and we took it: class, conversation, number, state
    stored    at the end, as the API tells it: conversation, way, number, seq, tenant (who was shown it)
    delivery  at the end: conversation, number, state, class, attempts [[outcome, began, ended], …], `sent`
              when we knew that it had been accepted (a status or an echo may say so before any attempt ends)
    webhook   at the end: ref, state
    followed  at the end: who, tenant, conversation, seen and fresh (ids), seconds it took
    outside   rows of a tenant that a connection showed outside any scope
    live      an agent's page is live again: conversation, seconds it was away
    stuck     words: who could not finish, or what could not be healed
    fault     name, group, began, ended
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class History:
    """Appends to `path`; each line is written at once, so a crash of the harness keeps what was seen."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("a", buffering=1)

    def note(self, what: str, **facts: Any) -> None:
        self._file.write(json.dumps({"what": what, "t": time.time(), **facts}) + "\n")

    def take(self, path: Path) -> None:
        """Add what another process has logged, in its own words."""
        if path.exists():
            self._file.writelines(line + "\n" for line in path.read_text().splitlines() if line)


def read(path: Path) -> Iterator[Event]:
    with path.open() as lines:
        for line in lines:
            yield json.loads(line)
