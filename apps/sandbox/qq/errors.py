"""What QQ says when it says no: an HTTP status, a code and words. The codes of passive replies are not
documented; these have been seen."""

from __future__ import annotations

from typing import Any


class QQError(Exception):
    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def to_json(self) -> dict[str, Any]:
        trace = "3f8c0a1b5d7e4f60"
        return {"message": self.message, "code": self.code, "err_code": self.code, "trace_id": trace}


def bad_token() -> QQError:
    return QQError(11244, "token not exist or expire", status=401)


def too_late() -> QQError:
    return QQError(304027, "msg expire")


def invalid(words: str) -> QQError:
    return QQError(11255, f"invalid request: {words}")
