"""Doing what was chosen in a list, after a confirmation and a reason."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from apps.backoffice.acts.act import Act, Doer
from apps.backoffice.acts.catalogue import ACTS
from apps.backoffice.forms import ActForm
from apps.core import tenancy
from apps.tenants.models import Tenant, User


@require_POST
def act_page(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Perform the act on the rows in `ids`, each tenant's in one transaction; then back to the list."""
    act = ACTS.get(slug)
    if act is None:
        raise Http404
    form = ActForm(request.POST)
    if not form.is_valid():
        return _again(request, act, form)
    assert isinstance(request.user, User)
    count = _perform(act, form.cleaned_data["ids"], Doer(request.user, form.cleaned_data["reason"]))
    words = ngettext("%(count)d changed.", "%(count)d changed.", count) % {"count": count}
    messages.add_message(request, messages.SUCCESS if count else messages.WARNING, words)
    options = act.model._meta
    return redirect(f"admin:{options.app_label}_{options.model_name}_changelist")


def _perform(act: Act, ids: list[UUID], doer: Doer) -> int:
    if act.model is User:
        return act.perform(ids, doer)
    count = 0
    for tenant_id, rows in _by_tenant(act, ids):
        with tenancy.scope(tenant_id):
            count += act.perform(rows, doer)
    return count


def _by_tenant(act: Act, ids: list[UUID]) -> Iterable[tuple[UUID, list[UUID]]]:
    """Whose rows they are, as the operator's role sees it."""
    owner = "pk" if act.model is Tenant else "tenant_id"
    found: dict[UUID, list[UUID]] = {}
    with tenancy.operator():
        for tenant_id, pk in act.model._default_manager.filter(pk__in=ids).values_list(owner, "pk"):
            found.setdefault(tenant_id, []).append(pk)
    return found.items()


def _again(request: HttpRequest, act: Act, form: ActForm) -> HttpResponseBase:
    from apps.backoffice.site import site

    ids = request.POST.get("ids", "").split(",")
    context = {"act": act, "ids": ids, "form": form, "title": act.title}
    return site.show(request, "admin/act.html", context, status=422)
