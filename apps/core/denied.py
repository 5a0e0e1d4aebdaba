"""How often the isolation of tenants refused something in this process: nought, unless we made a mistake."""

from __future__ import annotations

from prometheus_client import Counter

TIMES = Counter("comptoir_rls_denied", "Times that row-level security or a missing scope refused a query.")
REFUSED = "42501"  # insufficient_privilege, which row-level security raises as well
OURS = frozenset({"NoTenant", "TenantSwitch"})


def is_denial(error: BaseException) -> bool:
    """By name and SQLSTATE, so that logging loads neither Django nor a database driver."""
    cause = error.__cause__ or error
    return type(error).__name__ in OURS or getattr(cause, "sqlstate", None) == REFUSED


def count() -> None:
    TIMES.inc()
