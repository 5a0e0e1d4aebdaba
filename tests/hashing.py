"""Passwords that cost little to check: Argon2 without the work that slows guessing down."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class LightArgon2(Argon2PasswordHasher):
    """The service's processes hash with their own settings and read these hashes as well."""

    time_cost, memory_cost, parallelism = 1, 8, 1
