"""What the Connector says when it says no."""

from __future__ import annotations

from apps.sandbox import faults
from apps.sandbox.calls import Refused
from apps.sandbox.models import FaultKind, SandboxAccount


def no(status: int, code: str, message: str, **headers: str) -> Refused:
    return Refused(status, {"error": {"code": code, "message": message}}, **headers)


def bad(message: str) -> Refused:
    return no(400, "BadSyntax", message)


def troubled(account: SandboxAccount, troubles: frozenset[str]) -> Refused | None:
    if FaultKind.THROTTLE in troubles:
        wait = str(faults.retry_after(account))
        return no(429, "TooManyRequests", "API calls quota exceeded", Retry_After=wait)
    if FaultKind.ERROR in troubles:
        return no(502, "ServiceError", "The upstream service failed.")
    if FaultKind.FORBIDDEN in troubles:
        return no(403, "BotDisabledByAdmin", "The tenant admin disabled this bot.")
    return None
