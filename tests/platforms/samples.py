"""What the contract test needs to know about each platform: credentials, addresses, a file to fetch.

Every secret holds the word "canary", so that a test can look for it where it must not be.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.platforms.rcs.envelopes import service_account

BUSINESS = "6f1e0c9a-3b5d-4c7e-9a10-2f4b6d8e0a1c"


@dataclass(frozen=True, kw_only=True)
class Sample:
    sender: str
    to: str
    creds: Mapping[str, str] = field(default_factory=dict)
    locator: Mapping[str, str | int] = field(default_factory=dict)
    handle: Mapping[str, str] = field(default_factory=dict)  # where nothing can be sent without


SAMPLES = {
    "webchat": Sample(sender="k3y", to="visitor-1"),
    "apple_messages": Sample(
        sender=BUSINESS,
        to="urn:mbid:AQAAY0+v/8Kq3w==",
        creds={
            "business_id": BUSINESS,
            "msp_id": "MSP-1",
            "secret": base64.b64encode(b"canary: a secret of enough bytes").decode(),
        },
        locator={
            "url": "https://content.example/file",
            "owner": "O",
            "signature": "AAAA",
            "key": "00" * 33,
            "size": 9,
        },
    ),
    "telegram": Sample(
        sender="acme_bot",
        to="7000000001",
        creds={
            "token": "123456:AAcanary_secret-half",
            "webhook_secret": "canary-webhook",
            "username": "acme_bot",
        },
        locator={"file_id": "FILE"},
    ),
    "messenger": Sample(
        sender="1067280970047460",
        to="7391027384",
        creds={
            "token": "EAAcanary-page-token",
            "app_secret": "canary-app-secret",
            "verify_token": "canary-verify",
            "page_id": "1067280970047460",
            "app_id": "5550001",
        },
        locator={"url": "https://elsewhere.example/file"},
    ),
    "instagram": Sample(
        sender="17841400008460056",
        to="1089374655",
        creds={
            "token": "IGAAcanary-user-token",
            "app_secret": "canary-app-secret",
            "verify_token": "canary-verify",
            "account_id": "17841400008460056",
            "app_id": "5550001",
        },
        locator={"url": "https://elsewhere.example/file"},
    ),
    "whatsapp": Sample(
        sender="4930123456",
        to="DE.13491208655302741918",
        creds={
            "phone_number_id": "106540352242922",
            "waba_id": "102290129340398",
            "token": "EAAcanary-system-user",
            "app_secret": "canary-app-secret",
            "verify_token": "canary-verify",
            "number": "4930123456",
        },
        locator={"id": "1479537139650973"},
    ),
    "wechat": Sample(
        sender="gh_7f083739789a",
        to="oKe2at1xsPQBSGzYC8mM-0P2Nn2k",
        creds={
            "account_id": "gh_7f083739789a",
            "app_id": "wx49f0ab532d5d035a",
            "app_secret": "canary-app-secret",
            "token": "canarytoken",
            "aes_key": "canaryEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"[:43],
        },
        locator={"media_id": "media-1"},
    ),
    "slack": Sample(
        sender="T0001",
        to="D024BE91L",
        creds={
            "token": "xoxb-123-canary",
            "signing_secret": "canary-signing",
            "team_id": "T0001",
            "bot_user_id": "U0BOT",
            "bot_id": "B0BOT",
            "scopes": "chat:write,metadata.message:read",
        },
        locator={"id": "F1", "url": "https://elsewhere.example/file"},
    ),
    "line": Sample(
        sender="@acme",
        to="U4af4980629d1b6a3f0a4b2c8e7d61234",
        creds={
            "token": "canary-channel-access-token+/=",
            "channel_secret": "00ca0a1700ca0a1700ca0a1700ca0a17",
            "basic_id": "@acme",
        },
        locator={"message": "325708"},
    ),
    "email": Sample(
        sender="help@shop.example",
        to="ana@customer.example",
        creds={"address": "help@shop.example", "signing_secret": "canary-signing-secret"},
        locator={"content": "Ynl0ZXM="},
    ),
    "rcs": Sample(
        sender="acme_agent",
        to="+33612345678",
        creds={
            "agent_id": "acme_agent",
            "service_account": service_account("canary"),
            "client_token": "canary-client-token",
        },
        locator={"url": "http://10.0.0.1/file"},
    ),
    "sms": Sample(
        sender="+33644600000",
        to="+33612345678",
        creds={
            "account_sid": "AC" + "0" * 32,
            "auth_token": "canary-auth-token",
            "number": "+33644600000",
        },
        locator={"url": "https://elsewhere.example/file"},
    ),
    "custom": Sample(
        sender="shop",
        to="customer-7",
        creds={
            "account": "shop",
            "secret": "whsec_" + base64.b64encode(b"canary: a secret of enough bytes").decode(),
        },
        locator={"url": "https://elsewhere.example/file"},
    ),
    "qq": Sample(
        sender="102000001",
        to="E4F4AEA33253A2797FB897C50B81D7ED",
        creds={"app_id": "102000001", "app_secret": "canary-bot-secret"},
        locator={"url": "https://elsewhere.example/file"},
        handle={"msg_id": "ROBOT1.0_1"},
    ),
    "x_dm": Sample(
        sender="1111111111111111111",
        to="2222222222222222222",
        creds={
            "consumer_key": "canary0consumer0key000000",
            "consumer_secret": "canary0consumer0secret",
            "access_token": "1111111111111111111-canary0token",
            "access_token_secret": "canary0token0secret",
            "user_id": "1111111111111111111",
        },
        locator={"url": "https://elsewhere.example/file"},
    ),
    "viber": Sample(
        sender="acme",
        to="01234567890A=",
        creds={"token": "canary0123456789-viber-token", "uri": "acme", "name": "Acme"},
        locator={"url": "http://127.0.0.1:1/file"},
    ),
    "teams": Sample(
        sender="0c1f7a52-5d0e-4b1c-9a44-6f1a2b3c4d5e",
        to="a:1pL6i0oY3C0K8oAj8",
        creds={
            "app_id": "0c1f7a52-5d0e-4b1c-9a44-6f1a2b3c4d5e",
            "app_secret": "canary-client-secret",
            "tenant_id": "9d2e8b63-6e1f-4c2d-8b55-7a2b3c4d5e6f",
        },
        locator={"url": "https://elsewhere.example/file"},
    ),
}
