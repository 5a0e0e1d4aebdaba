"""Customers: a person as the tenant knows them, and who they are on one channel."""

from __future__ import annotations

from django.db import models

from apps.core.models import TenantModel, same_tenant_key


class Contact(TenantModel):
    """Complete without a name: an opaque id, a language and a region are enough."""

    name = models.CharField(max_length=120, blank=True)
    locale = models.CharField(max_length=20, blank=True)
    external_id = models.CharField(max_length=200, blank=True)  # proven by a signed identity, else ""
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=~models.Q(external_id=""),
                name="contact_external_id_once",
            )
        ]


class ContactAddress(TenantModel):
    """`reachable` is False from the moment the customer leaves until they write again; `gone_reason` is
    "deleted", "blocked" or "opted_out". `capabilities` is null when the device has not said. `openings` says
    when the customer last did what opens a window, by opener (`conversations.openings`). `handle` is what the
    platform gave for answering, at `handle_at`. `thread_owner` names another program that holds the thread on
    the platform, "" when we do. `marketing_stopped` refuses marketing messages and nothing else, by what they
    said last, at `marketing_at`."""

    contact = same_tenant_key("conversations.Contact", related_name="addresses")
    channel = same_tenant_key("connections.Channel")
    value = models.CharField(max_length=512)
    reachable = models.BooleanField(default=True)
    gone_reason = models.CharField(max_length=12, blank=True)
    gone_at = models.DateTimeField(null=True)
    capabilities = models.JSONField(null=True)
    device = models.CharField(max_length=60, blank=True)
    last_inbound_at = models.DateTimeField(null=True)
    openings = models.JSONField(default=dict)
    handle = models.JSONField(null=True)
    handle_at = models.DateTimeField(null=True)
    thread_owner = models.CharField(max_length=120, blank=True)
    marketing_stopped = models.BooleanField(default=False, db_default=False)
    marketing_at = models.DateTimeField(null=True)
    pending_tag = models.CharField(max_length=64, blank=True)  # from a tap that said nothing yet
    pending_group = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "channel", "value"], name="contact_address_once")
        ]
