"""Every platform, one test for each: the promises of `apps/platforms/base.py`."""

from __future__ import annotations

import pytest

from apps.platforms import registry
from apps.platforms.base import Inbound

SLUGS = registry.SLUGS
KIND_OF_PLATFORM = pytest.mark.parametrize("slug", SLUGS)


def request(body: bytes = b"", **headers: str) -> Inbound:
    return Inbound(method="POST", path="/hooks/x/key/", query={}, headers=headers, body=body)
