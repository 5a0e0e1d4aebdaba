"""PostgreSQL and Redis from Python wheels, for machines that have neither. Knows nothing of Django."""

from __future__ import annotations

from apps.core.embedded.account import EmbeddedError
from apps.core.embedded.lease import Servers, ensure
from apps.core.embedded.postgres import Postgres
from apps.core.embedded.redis import Redis

__all__ = ["EmbeddedError", "Postgres", "Redis", "Servers", "ensure"]
