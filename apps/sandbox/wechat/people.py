"""Who is who, codes, and where WeChat calls from (4.6, 4.7)."""

from __future__ import annotations

import secrets
from typing import Any

from apps.sandbox import threads
from apps.sandbox.models import SandboxAccount, ThreadState
from apps.sandbox.wechat.errors import WeChatError, bad_openid

ACTIONS = {
    "QR_SCENE": "scene_id",
    "QR_STR_SCENE": "scene_str",
    "QR_LIMIT_SCENE": "scene_id",
    "QR_LIMIT_STR_SCENE": "scene_str",
}
LONGEST = 2592000  # seconds

Json = dict[str, Any]


def info(account: SandboxAccount, given: Json) -> Json:
    """Without name and picture, which WeChat no longer gives; of who left nothing but that."""
    thread = threads.at_address(account, str(given.get("openid", "")))
    if thread is None:
        raise bad_openid()
    if thread.state != ThreadState.OPEN:
        return {"subscribe": 0, "openid": thread.address}
    language = thread.phone.locale.replace("-", "_")
    return {
        "subscribe": 1,
        "openid": thread.address,
        "language": language,
        "subscribe_scene": "ADD_SCENE_QR_CODE",
    }


def create_code(account: SandboxAccount, given: Json) -> Json:
    named = ACTIONS.get(str(given.get("action_name")))
    scene = (given.get("action_info") or {}).get("scene") or {}
    if named is None or not 1 <= len(str(scene.get(named, ""))) <= 64:
        raise WeChatError(40053, "invalid action info")
    code = {"ticket": secrets.token_urlsafe(60), "url": f"http://weixin.qq.com/q/{secrets.token_urlsafe(15)}"}
    if str(given["action_name"]).startswith("QR_LIMIT"):
        return code
    return {**code, "expire_seconds": min(LONGEST, int(given.get("expire_seconds") or 60))}


def callback_addresses(account: SandboxAccount, given: Json) -> Json:
    return {"ip_list": ["127.0.0.1", "101.89.0.0/16"]}
