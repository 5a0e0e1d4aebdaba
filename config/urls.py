"""Every address of the service; each door keeps its own list."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health

handler500 = "config.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("livez", health.livez),
    path("readyz", health.readyz),
    path("", include("apps.portal.urls_public")),
    path("account/sessions/", include("allauth.usersessions.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("account/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("hooks/", include("apps.webhooks.urls")),
    path("fetch/", include("apps.webhooks.urls_fetched")),
    path("api/v1/", include("apps.api.urls")),
    path("", include("apps.widget.urls_button")),
    path("e/", include("apps.widget.urls_entry")),
    path("widget/", include("apps.widget.urls")),
    path("<slug:tenant>/setup/", include("apps.portal.urls")),
    path("<slug:tenant>/inbox/", include("apps.console.urls")),
]

if settings.SANDBOX:
    urlpatterns += [
        path("sandbox/", include("apps.sandbox.urls")),
        path("<slug:tenant>/sandbox/", include("apps.sandbox.urls_phone")),
    ]
