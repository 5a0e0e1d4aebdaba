"""The audit page: who did what, whether the record is whole, and which operators may look."""

from __future__ import annotations

import csv
import io
import json
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.portal.action_words import words_for
from apps.portal.signed_in import confirmed_lately
from apps.tenants import audit, support
from apps.tenants.models import AuditEntry, SupportGrant
from apps.tenants.page import TenantRequest, tenant_page

PER_PAGE = 50
CHECKED_AT_ONCE = 5000  # entries; a longer record is checked when asked
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@tenant_page("admin")
def audit_log(request: TenantRequest) -> HttpResponse:
    action = request.GET.get("action", "")
    page = Paginator(_entries(action).order_by("-number"), PER_PAGE).get_page(request.GET.get("page"))
    facts = {
        "entries": [(entry, words_for(entry.action)) for entry in page],
        "page": page,
        "action": action,
        "actions": [(name, words_for(name)) for name in _known_actions()],
        "open_grants": support.active_grants(),
        "past_grants": _past_grants(),
        "section": "audit",
        **_check(request),
    }
    return render(request, "portal/audit.html", facts)


@tenant_page("admin")
@confirmed_lately
def export_audit(request: TenantRequest, kind: str) -> HttpResponse:
    """The whole record or one action's part of it, as CSV or JSON. Built before the scope closes."""
    entries = [_as_row(entry) for entry in _entries(request.GET.get("action", "")).order_by("number")]
    makers = {"csv": (_csv, "text/csv; charset=utf-8"), "json": (_json, "application/json")}
    if kind not in makers:
        raise Http404
    make, content_type = makers[kind]
    audit.record("audit.exported", actor=request.membership.user.email, entries=len(entries), kind=kind)
    response = HttpResponse(make(entries), content_type=content_type)
    name = f"audit-{request.tenant.slug}-{timezone.now():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@tenant_page("owner")
@require_POST
def end_grant(request: TenantRequest, pk: UUID) -> HttpResponse:
    support.end(get_object_or_404(SupportGrant, pk=pk), actor=request.membership.user.email)
    return redirect("portal:audit", tenant=request.tenant.slug)


def _entries(action: str) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    return rows.filter(action=action) if action else rows


def _known_actions() -> list[str]:
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def _past_grants() -> QuerySet[SupportGrant]:
    still = support.active_grants().values("pk")
    rows = SupportGrant.objects.exclude(pk__in=still).select_related("operator")
    return rows.order_by("-created_at")[:20]


def _check(request: TenantRequest) -> dict[str, object]:
    """`checked`, and when so `broken_at`: the first entry that does not follow, None when all do."""
    if "check" not in request.GET and AuditEntry.objects.count() > CHECKED_AT_ONCE:
        return {"checked": False}
    return {"checked": True, "broken_at": audit.verify()}


def _as_row(entry: AuditEntry) -> dict[str, object]:
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "data": entry.data,
        "hash": bytes(entry.hash).hex(),
    }


def _json(rows: list[dict[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _csv(rows: list[dict[str, object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "at", "actor", "action", "subject", "data", "hash"])
    for row in rows:
        data = json.dumps(row["data"], ensure_ascii=False)
        writer.writerow(_inert(value) for value in {**row, "data": data}.values())
    return out.getvalue()


def _inert(value: object) -> object:
    """A name such as `=cmd()` must stay text when a spreadsheet opens the file."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
