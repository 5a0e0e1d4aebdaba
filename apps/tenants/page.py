"""The door of pages under /<tenant>/: the scope opens after the membership was checked, never before."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from apps.core import tenancy
from apps.tenants import doors
from apps.tenants.models import Membership, Tenant

View = Callable[..., HttpResponseBase]


class TenantRequest(HttpRequest):
    """What a tenant page receives: who is asking, and in which tenant."""

    tenant: Tenant
    membership: Membership


def tenant_page(role: str = "agent") -> Callable[[View], View]:
    """Run the view in the tenant named by the URL's `tenant`, for members whose role covers `role`.

    The whole view is one transaction and its template is rendered inside it. Anonymous people are sent to
    sign in; people without a membership get the same 404 as for a tenant that does not exist (invariant
    I7); a member whose role is too small gets 403. Nothing keeps a copy, unless the view says otherwise.
    """

    def wrap(view: View) -> View:
        @wraps(view)
        def inside(request: TenantRequest, tenant: str, **arguments: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            found = doors.membership_in(request.user.pk, tenant)
            if found is None:
                raise Http404
            tenant_id, membership_id = found
            with tenancy.scope(tenant_id):
                request.tenant = Tenant.objects.get()
                request.membership = Membership.objects.select_related("user").get(pk=membership_id)
                if not request.membership.may(role):
                    raise PermissionDenied
                response = view(request, **arguments)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()
                response.headers.setdefault("Cache-Control", "private, no-store")
                return response

        inside.tenant_page = role  # type: ignore[attr-defined]  # the isolation test lists pages by it
        return inside

    return wrap
