"""Who may call the simulated gateway and who calls us, checked with other people's cryptography."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.sandbox.apple import cipher, tokens
from apps.sandbox.models import SandboxAccount
from tests.sandbox.apple.msp import VECTOR, Msp, b64, token


def test_the_fact_sheets_vectors_hold() -> None:
    key = "00" + bytes(range(32)).hex()
    assert (
        cipher.apply(key, b"Hello Apple attachment\n").hex()
        == "baf56cda4569dea0d99fff4abc5a03e193351bcb24cd95"
    )
    assert token(VECTOR, {"iss": "MSP-1", "iat": 1700000000}).split(".")[0] == b64(
        b'{"alg": "HS256", "typ": "JWT"}'
    )


def test_the_business_can_check_who_posts(msp: Msp) -> None:
    head, body, signature = tokens.bearer(msp.account).removeprefix("Bearer ").split(".")
    expected = hmac.new(
        base64.b64decode(msp.account.secret), f"{head}.{body}".encode(), hashlib.sha256
    ).digest()
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert (b64(expected), claims["aud"], sorted(claims)) == (signature, msp.account.key, ["aud", "iat"])


def bearer(account: SandboxAccount, secret: str = "", *, alg: str = "HS256", **claims: Any) -> str:
    good = {"iss": account.key, "iat": int(time.time()), **claims}
    kept = {name: value for name, value in good.items() if value is not None}
    return f"Bearer {token(secret or account.secret, kept, alg=alg)}"


FORGED: dict[str, tuple[int, Callable[[SandboxAccount], str]]] = {
    "nothing": (401, lambda account: ""),
    "no bearer": (401, lambda account: "Basic abc"),
    "garbage": (403, lambda account: "Bearer a.b.c"),
    "other secret": (403, lambda account: bearer(account, VECTOR)),
    "raw secret": (403, lambda account: bearer(account, base64.b64encode(account.secret.encode()).decode())),
    "no algorithm": (403, lambda account: bearer(account, alg="none")),
    "unknown msp": (403, lambda account: bearer(account, iss="MSP-1")),
    "no time": (403, lambda account: bearer(account, iat=None)),
    "stale": (403, lambda account: bearer(account, iat=int(time.time()) - 7200)),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_bad_token_is_refused(msp: Msp, name: str) -> None:
    expected, made = FORGED[name]
    status, _words = msp.send({"authorization": made(msp.account)}, type="text", body="x")
    assert (status, msp.shown()) == (expected, [])
