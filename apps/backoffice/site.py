"""/admin/: the operators' own site. Every page looks through the operator's database role, which can read no
content; what changes something, or reads content under a support grant, leaves that role by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import SimpleTemplateResponse, TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from apps.backoffice import dashboard, navigation
from apps.backoffice.second_factor import ask_second_factor
from apps.core import tenancy
from apps.tenants.models import User

View = Callable[..., HttpResponseBase]

# Unfold works with Alpine.js, which evaluates the expressions in its own templates and sets style attributes;
# nothing that a customer or a business wrote is ever part of one. Inline scripts and sheets stay forbidden.
CSP = {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src-attr": ["'unsafe-inline'"],
}


class OperatorSite(UnfoldAdminSite):  # type: ignore[misc]
    enable_nav_sidebar = True
    index_template = "admin/operator_index.html"
    index_title = _("Overview")
    final_catch_all_view = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Operators are people marked as staff, from the command line only; there are no finer rights."""
        user = request.user
        return user.is_authenticated and user.is_active and user.is_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way to sign in, with its limits and second factor. 403 for signed-in others."""
        if request.user.is_authenticated and not self.has_permission(request):
            raise PermissionDenied
        target = request.GET.get("next") or reverse("admin:index")
        return redirect_to_login(target, settings.LOGIN_URL)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """In one's own account, where the old password and the second factor are asked."""
        return HttpResponseRedirect(reverse("account_change_password"))

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """A page inside the operator's role, for operators who have shown their second factor."""
        return self._opened(_as_operator(view), cacheable)

    def acting_view(self, view: View) -> View:
        """A page that opens tenants' scopes itself and shows its result with `show`."""
        return self._opened(view, cacheable=False)

    def show(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> HttpResponseBase:
        """Render a page of an acting view in the site's frame."""
        with tenancy.operator():
            page = TemplateResponse(
                request, template, {**self.each_context(request), **context}, status=status
            )
            return page.render()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        from apps.backoffice.urls import acting_urls
        from apps.backoffice.views.live import live_page

        now = path("live/", self.admin_view(live_page), name="live")
        return [now, *acting_urls(self), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        assert isinstance(request.user, User)
        shown = {**(extra_context or {}), "dashboard": dashboard.read(request.user.pk)}
        page: HttpResponse = super().index(request, shown)
        return page

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Unfold's, with our sheet instead of its inline colours."""
        context: dict[str, Any] = super().each_context(request)
        icon = {"rel": "icon", "type": "image/svg+xml", "href": static("img/favicon.svg")}
        sheet = static("backoffice/admin.css")
        return {**context, "colors": {}, "styles": [sheet], "site_favicons": [icon]}

    def _get_config(self, key: str, *args: Any) -> Any:
        ours = {
            "SITE_TITLE": _("Comptoir operations"),
            "SITE_HEADER": _("Comptoir operations"),
            "SITE_SYMBOL": "storefront",
            "SIDEBAR": {"navigation": navigation.groups()},
        }
        return ours[key] if key in ours else super()._get_config(key, *args)

    def _opened(self, view: View, cacheable: bool) -> View:
        guarded: View = csp_replace(CSP)(super().admin_view(ask_second_factor(view), cacheable))
        return guarded


def _as_operator(view: View) -> View:
    @wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with tenancy.operator():
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            return response

    return inside


site = OperatorSite(name="admin")
site.disable_action("delete_selected")
