"""/api/v1/: what tenants' programs may call. docs/api.md explains it, openapi.json says it exactly."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from apps.api.views.base import Nothing
from apps.api.views.connections import Channels, EntryPoints, Templates
from apps.api.views.conversations import Conversations, OneConversation
from apps.api.views.files import AttachmentBytes, Uploads
from apps.api.views.messages import Messages
from apps.api.views.prices import Prices

app_name = "api"

urlpatterns: list[URLPattern | URLResolver] = [
    path("openapi.json", SpectacularJSONAPIView.as_view(urlconf="apps.api.described"), name="schema"),
    path("conversations/", Conversations.as_view(), name="conversations"),
    path("conversations/<uuid:pk>/", OneConversation.as_view(), name="conversation"),
    path("conversations/<uuid:pk>/messages/", Messages.as_view(), name="messages"),
    path("conversations/<uuid:pk>/attachments/", Uploads.as_view(), name="uploads"),
    path("attachments/<uuid:pk>/", AttachmentBytes.as_view(), name="attachment"),
    path("channels/", Channels.as_view(), name="channels"),
    path("channels/<uuid:pk>/templates/", Templates.as_view(), name="templates"),
    path("entry-points/", EntryPoints.as_view(), name="entry_points"),
    path("prices/", Prices.as_view(), name="prices"),
    re_path(r"", Nothing.as_view(schema=None), name="nothing"),
]
