"""QR codes that open the account and carry a tag (qrcode/create).

The tag is the code's scene: of a new follower it comes as "qrscene_" and the tag, of one who follows already
as it is. Permanent codes are for signs and printed matter; an account has 100,000 of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from apps.core.http import Http
from apps.platforms.base import Credentials, Rejected, Unreachable
from apps.platforms.wechat import calls

SCENE_LENGTH = 64
IMAGES = "https://mp.weixin.qq.com/cgi-bin/showqrcode"


@dataclass(frozen=True, slots=True)
class Code:
    """`link` is what the code says, `image` a picture of it."""

    link: str
    image: str


async def create(tag: str, creds: Credentials, http: Http) -> Code:
    """A permanent code for `tag`; the same tag gives the same scene. Raises SendError."""
    if not 1 <= len(tag) <= SCENE_LENGTH:
        raise Rejected("a code carries 1 to 64 characters", code="bad_scene")
    scene = {"scene": {"scene_str": tag}}
    body = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene}
    told = await calls.certainly(calls.call("qrcode/create", creds, http, json=body))
    link, ticket = told.get("url"), told.get("ticket")
    if not isinstance(link, str) or not isinstance(ticket, str) or not link:
        raise Unreachable("the answer holds no code", code="no_code")
    return Code(link=link, image=f"{IMAGES}?ticket={quote(ticket, safe='')}")
