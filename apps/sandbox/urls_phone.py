"""A tenant's phone and its demonstration site, below /<tenant>/sandbox/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.sandbox.views import phone, site, thread

app_name = "phone"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", phone.phone, name="phone"),
    path("new/", phone.new, name="new"),
    path("add/<slug:platform>/", phone.add, name="add"),
    path("wire/", phone.lines, name="wire"),
    path("site/", site.site, name="site"),
    path("open/<str:key>/<uuid:channel>/", site.open_thread, name="open"),
    path("customers/<uuid:pk>/", phone.phone, name="customer"),
    path("customers/<uuid:pk>/device/", phone.device, name="device"),
    path("accounts/<uuid:pk>/connect/", phone.connect, name="connect"),
    path("accounts/<uuid:pk>/faults/<slug:kind>/", phone.fault, name="fault"),
    path("threads/<uuid:pk>/", thread.show, name="thread"),
    path("threads/<uuid:pk>/<slug:verb>/", thread.act, name="act"),
    path("files/<uuid:pk>/", thread.file, name="file"),
]
