"""QR codes that open the account and carry a tag (qrcode/create).

The tag is the code's scene: of a new follower it comes as "qrscene_" and the tag, of one who follows already
as it is. Permanent codes are for signs and printed matter; an account has 100,000 of them. What the code says
is drawn here: WeChat's own picture says the same.
"""

from __future__ import annotations

from apps.core.http import Http
from apps.platforms.base import Credentials, Rejected, Unreachable
from apps.platforms.wechat import calls

SCENE_LENGTH = 64


async def create(tag: str, creds: Credentials, http: Http) -> str:
    """The link of a permanent code for `tag`; the same tag gives the same scene. Raises SendError."""
    if not 1 <= len(tag) <= SCENE_LENGTH:
        raise Rejected("a code carries 1 to 64 characters", code="bad_scene")
    scene = {"scene": {"scene_str": tag}}
    body = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene}
    link = (await calls.certainly(calls.call("qrcode/create", creds, http, json=body))).get("url")
    if not isinstance(link, str) or not link:
        raise Unreachable("the answer holds no code", code="no_code")
    return link
