"""`python -m apps.core.running.listening FD command …`: the command with FD as the socket it listens on.

It is given as systemd gives one (descriptor 3, LISTEN_FDS, LISTEN_PID), so that `web` knows one way only.
"""

from __future__ import annotations

import os
import sys

FIRST = 3  # where systemd puts it


def main(given: int, command: list[str]) -> None:
    """Returns never: this process becomes the command."""
    if given == FIRST:
        os.set_inheritable(FIRST, True)
    else:
        os.dup2(given, FIRST)
    os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="web")
    os.environ["LISTENS_ON_GIVEN"] = "yes"  # web.py drops its address and port
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
