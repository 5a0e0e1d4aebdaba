"""Properties are checked by what they find, not by how fast this machine happens to be today."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "platforms", deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("platforms")
