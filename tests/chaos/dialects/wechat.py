"""WeChat: plain XML. The signature stands in the query and is no HMAC: SHA-1 over the sorted token, time and
nonce, so that a nonce of each message's own keeps them apart. Calls are answered 200 whatever happened, with
the token in their address. There is no key, no id and nothing to look in (class N)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode
from xml.sax.saxutils import escape

from tests.chaos.dialects.contract import Account, Hook, Reply, Taken

BUSY = -1
TOKEN_SECONDS = 7200


class WeChat:
    retry_class = "N"

    def credentials(self, number: int, base_url: str) -> dict[str, str]:
        ours = f"gh_{number:012x}"
        return {
            "account_id": ours,
            "app_id": f"wx{number:016x}",
            "app_secret": f"{number:032x}",
            "token": f"chaostoken{number}",
            "base_url": base_url,
            "address": ours,
        }

    def hook(self, account: Account, customer: int, number: int, text: str) -> Hook:
        ref = str(24_000_000_000_000_000 + customer * 1_000_000 + number)
        stamp = str(int(time.time()))
        fields = {
            "ToUserName": account.credentials["account_id"],
            "FromUserName": f"oChaos{customer:022d}",
            "CreateTime": stamp,
            "MsgType": "text",
            "Content": text,
            "MsgId": ref,
        }
        query = _signed(account, stamp, nonce=ref) | {"openid": fields["FromUserName"]}
        return Hook(ref, {"Content-Type": "text/xml"}, _xml(fields), f"{account.hook}?{urlencode(query)}")

    def take(self, path: str, headers: Mapping[str, str], body: bytes) -> Taken | None:
        if not path.endswith("/cgi-bin/message/custom/send"):
            return None
        asked = json.loads(body)
        return Taken(asked["text"]["content"], to=asked["touser"])

    def accepted(self, number: int) -> Reply:
        return _answer(0, "ok")

    def other(self, path: str, body: bytes, said: Sequence[tuple[int, Taken]]) -> Reply:
        """A stable token is the same for everybody who asks; of a customer little more is told than where
        they read."""
        if path.endswith("/cgi-bin/stable_token"):
            asked = json.loads(body)
            return Reply(200, {"access_token": f"at_{asked['appid']}", "expires_in": TOKEN_SECONDS})
        if path.endswith("/cgi-bin/user/info"):
            return Reply(200, {"subscribe": 1, "language": "zh_CN"})
        return _answer(0, "ok")

    def throttled(self, seconds: int) -> Reply:
        """Names no time; those of its quotas are a minute and a day."""
        return _answer(BUSY, "system error")


def _answer(code: int, words: str) -> Reply:
    return Reply(200, {"errcode": code, "errmsg": words})


def _signed(account: Account, stamp: str, *, nonce: str) -> dict[str, str]:
    covered = "".join(sorted((account.credentials["token"], stamp, nonce)))
    signature = hashlib.sha1(covered.encode(), usedforsecurity=False).hexdigest()
    return {"signature": signature, "timestamp": stamp, "nonce": nonce}


def _xml(fields: Mapping[str, str]) -> bytes:
    rows = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{rows}</xml>".encode()


DIALECT = WeChat()
