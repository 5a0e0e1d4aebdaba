"""The address of another server than the platform's own, which every platform may be given."""

from __future__ import annotations

from apps.platforms.base import Credential

ADDRESS = r"https?://[^\s?#]+"


def base_url(label: str, *, help: str) -> Credential:
    """The optional credential that says where calls go; `help` names the address that is used without it."""
    return Credential(name="base_url", label=label, required=False, pattern=ADDRESS, help=help)
