"""Numbers as X gives them."""

from __future__ import annotations

import secrets


def new_id() -> str:
    """Nineteen digits, as X's ids have."""
    return str(2 * 10**18 + secrets.randbelow(10**17))
