"""Each process says that it lives, in the database, so that it can be seen with Redis away."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import timedelta

from django.db import DatabaseError, connection
from django.utils import timezone

from apps.backoffice.models import SignOfLife
from apps.core import measured

log = logging.getLogger(__name__)

EVERY = 15.0  # seconds
QUIET = timedelta(seconds=45)  # after which a process is not taken to live
KEPT = timedelta(hours=12)


def begin(role: str) -> None:
    """Write a sign every quarter of a minute, from a thread that ends with the process."""
    threading.Thread(target=_tell, args=[role], name="sign of life", daemon=True).start()


def give(role: str, name: str = "") -> None:
    """One sign. Idempotent; forgets processes that have long been gone."""
    now = timezone.now()
    told = {"seen_at": now, "waited": measured.latest_waits(), "resyncs": measured.resyncs()}
    SignOfLife.objects.update_or_create(
        name=name or f"{role} {socket.gethostname()}:{os.getpid()}"[:120],
        defaults={"role": role, **told},
        create_defaults={"role": role, "started_at": now, **told},
    )
    SignOfLife.objects.filter(seen_at__lt=now - KEPT).delete()


def _tell(role: str) -> None:
    silence = threading.Event()
    while not silence.wait(EVERY if _try(role) else EVERY / 3):
        pass


def _try(role: str) -> bool:
    try:
        give(role)
    except DatabaseError as error:
        log.warning("no sign of life given: %s", type(error).__name__)
        return False
    finally:
        connection.close()  # one connection less for nearly all of the time
    return True
