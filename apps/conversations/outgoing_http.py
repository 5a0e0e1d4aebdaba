"""The outbound door with this deployment's settings."""

from __future__ import annotations

from django.conf import settings

from apps.core.http import Egress, HttpDoor


def door() -> HttpDoor:
    """A fresh door for the running event loop; close it (async with)."""
    return HttpDoor(Egress.parse(settings.EGRESS_ALLOW))
