"""Pages of the operators' site beyond its lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.http import HttpResponseBase
from django.urls import URLPattern, path

from apps.backoffice.views import act, content, support

if TYPE_CHECKING:
    from apps.backoffice.site import OperatorSite


def acting_urls(site: OperatorSite) -> list[URLPattern]:
    """Each opens the tenants' scopes that it needs by itself."""
    pages: dict[str, tuple[str, Callable[..., HttpResponseBase]]] = {
        "act/<slug:slug>/": ("act", act.act_page),
        "support/ask/<uuid:tenant_id>/": ("support_ask", support.ask),
        "support/<uuid:grant_id>/": ("support_conversations", content.conversations),
        "support/<uuid:grant_id>/<uuid:conversation_id>/": ("support_conversation", content.conversation),
        "support/<uuid:grant_id>/end/": ("support_end", support.end),
    }
    return [path(route, site.acting_view(view), name=name) for route, (name, view) in pages.items()]
