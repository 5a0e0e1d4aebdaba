"""What WeChat says when it says no: HTTP 200, an errcode, and words that end in an id for its support."""

from __future__ import annotations

from typing import Any


class WeChatError(Exception):
    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(errmsg)
        self.errcode, self.errmsg = errcode, errmsg

    def to_json(self) -> dict[str, Any]:
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: 65a0e4f8-sandbox"}


def bad_token() -> WeChatError:
    words = "invalid credential, access_token is invalid or not latest"
    return WeChatError(40001, words)


def bad_openid() -> WeChatError:
    return WeChatError(40003, "invalid openid")


def not_following() -> WeChatError:
    return WeChatError(43004, "require subscribe")


def bad_media() -> WeChatError:
    return WeChatError(40007, "invalid media_id")
