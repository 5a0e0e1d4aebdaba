from __future__ import annotations

from typing import Any

from django.contrib.admin import register
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.backoffice.pages.base import OperatorPage
from apps.backoffice.pages.shown import shown
from apps.backoffice.site import site
from apps.backoffice.words import Words, state_of
from apps.conversations import quarantine
from apps.tenants.models import AuditEntry, SupportGrant, Tenant


@register(Tenant, site=site)
class TenantPage(OperatorPage):
    list_display = ("name", "slug", "shown_state", "locale", "is_sandbox", "held", "created_at")
    list_filter = ("state", "is_sandbox")
    search_fields = ("name", "slug")
    ordering = ("-created_at",)
    fields = ("name", "slug", "state", "locale", "is_sandbox", "created_at", "support")

    @shown(_("State"), ordering="state", label={"active": "success", "suspended": "danger"})
    def shown_state(self, tenant: Tenant) -> tuple[str, Words]:
        return state_of(tenant.state)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        counted = quarantine.held().filter(tenant=OuterRef("pk")).order_by().values("tenant")
        held = Coalesce(Subquery(counted.annotate(number=Count("pk")).values("number")), 0)
        rows: QuerySet[Any] = super().get_queryset(request).annotate(held=held)
        return rows

    @shown(_("Held after a restore"), ordering="held")
    def held(self, tenant: Tenant) -> int:
        """Until an operator releases or drops it."""
        number: int = tenant.held  # type: ignore[attr-defined]
        return number

    @shown(_("Content"))
    def support(self, tenant: Tenant) -> str:
        """Not shown here. A grant is asked for, and the business sees it."""
        link = reverse("admin:support_ask", args=[tenant.pk])
        return format_html('<a class="op-link" href="{}">{}</a>', link, _("Ask for support access…"))


@register(AuditEntry, site=site)
class AuditEntryPage(OperatorPage):
    list_display = ("at", "tenant", "number", "actor", "action", "subject")
    list_filter = ("action",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug", "actor", "action", "subject")
    ordering = ("-at",)
    fields = ("tenant", "number", "at", "actor", "action", "subject", "data")


@register(SupportGrant, site=site)
class SupportGrantPage(OperatorPage):
    list_display = ("tenant", "operator", "reason", "created_at", "ends_at", "ended_at")
    list_select_related = ("tenant", "operator")
    search_fields = ("tenant__slug", "operator__email", "reason")
    ordering = ("-created_at",)
    fields = ("tenant", "operator", "reason", "created_at", "ends_at", "ended_at")
