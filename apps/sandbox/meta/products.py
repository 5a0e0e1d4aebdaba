"""The two products that speak the Messenger Platform API, and how they differ (2.5, 2.8)."""

from __future__ import annotations

from dataclasses import dataclass

from apps.sandbox.models import SandboxAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """`object` heads the webhooks; texts have at most `text_limit` characters, or bytes."""

    platform: str
    object: str
    text_limit: int
    bytes: bool
    templates: frozenset[str]
    fields: frozenset[str]
    receipts: bool  # tells what was delivered
    uploads: bool
    prefix: str  # of its tokens


MESSENGER = Product(
    platform="messenger",
    object="page",
    text_limit=2000,
    bytes=False,
    templates=frozenset({"generic", "button"}),
    fields=frozenset(
        (
            *("messages", "message_echoes", "message_edits", "message_reactions", "message_deliveries"),
            *("message_reads", "messaging_postbacks", "messaging_referrals", "messaging_optins"),
            *("messaging_handovers", "messaging_policy_enforcement", "standby"),
            *("messaging_account_linking", "feed"),
        )
    ),
    receipts=True,
    uploads=True,
    prefix="EAA",
)
INSTAGRAM = Product(
    platform="instagram",
    object="instagram",
    text_limit=1000,
    bytes=True,
    templates=frozenset({"generic", "product"}),
    fields=frozenset(
        (
            *("messages", "messaging_postbacks", "messaging_seen", "message_reactions"),
            *("messaging_referral", "messaging_handover", "messaging_optins", "standby", "comments"),
        )
    ),
    receipts=False,
    uploads=False,
    prefix="IGAA",
)
ALL = {product.platform: product for product in (MESSENGER, INSTAGRAM)}


def of(account: SandboxAccount) -> Product:
    return ALL[account.platform]
