"""Web chat: loader, panel, and the protocol of panel and native apps (docs/protocol-widget.md)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from apps.widget.views import events, files, frame, loader, marks, sayings, session

app_name = "widget"

urlpatterns: list[URLPattern | URLResolver] = [
    path("loader.js", loader.loader, name="loader"),
    path("frame/<str:key>/", frame.frame, name="frame"),
    path("frame/<str:key>/colour.css", frame.colour, name="colour"),
    path("v1/session/", session.session, name="session"),
    path("v1/session/end/", session.end, name="end"),
    path("v1/messages/", sayings.messages, name="messages"),
    path("v1/answers/", sayings.answers, name="answers"),
    path("v1/leave/", sayings.leave, name="leave"),
    path("v1/uploads/", files.uploads, name="uploads"),
    path("v1/files/<uuid:pk>/", files.file, name="file"),
    path("v1/files/<uuid:pk>/addresses/", files.addresses, name="file-addresses"),
    path("v1/typing/", marks.typing, name="typing"),
    path("v1/marks/", marks.marks, name="marks"),
    path("v1/events/", events.events, name="events"),
]
