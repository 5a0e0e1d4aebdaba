"""What an operator looks at, in the order in which they need it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _


def groups() -> list[dict[str, Any]]:
    """The sidebar, as unfold wants it."""
    return [
        _group("", _item(_("Overview"), "dashboard", "index")),
        _group(
            _("Queues"),
            _item(_("Received webhooks"), "move_to_inbox", "connections_receivedwebhook_changelist"),
            _item(_("Deliveries"), "outbox", "conversations_delivery_changelist"),
            _item(_("Channels"), "cable", "connections_channel_changelist"),
        ),
        _group(
            _("Businesses"),
            _item(_("Businesses"), "storefront", "tenants_tenant_changelist"),
            _item(_("People"), "person", "tenants_user_changelist"),
            _item(_("Memberships"), "badge", "tenants_membership_changelist"),
        ),
        _group(
            _("Records"),
            _item(_("Audit entries"), "history", "tenants_auditentry_changelist"),
            _item(_("Support grants"), "support_agent", "tenants_supportgrant_changelist"),
        ),
    ]


def _group(title: str, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": bool(title), "items": list(items)}


def _item(title: str, icon: str, name: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse(f"admin:{name}")}
