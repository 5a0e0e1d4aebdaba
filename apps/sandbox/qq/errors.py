"""What QQ says when it says no: an HTTP status, a code and words. The codes of passive replies are not
documented; these have been seen."""

from __future__ import annotations

from apps.sandbox.calls import Refused


class QQError(Refused):
    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        said = {"message": message, "code": code, "err_code": code, "trace_id": "3f8c0a1b5d7e4f60"}
        super().__init__(status, said)
        self.noted = str(code)


def bad_token() -> QQError:
    return QQError(11244, "token not exist or expire", status=401)


def too_late() -> QQError:
    return QQError(304027, "msg expire")


def invalid(words: str) -> QQError:
    return QQError(11255, f"invalid request: {words}")
