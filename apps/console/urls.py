"""What agents see and do, under /<tenant>/inbox/. Views are in the address; what is done to a conversation
does not depend on the view."""

from django.urls import URLPattern, URLResolver, path

from apps.console.views import (
    assignment,
    cards,
    deliveries,
    files,
    inbox,
    messages,
    reading,
    templates,
    thread,
)

app_name = "console"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", inbox.index, name="index"),
    path("next/", assignment.take_next, name="next"),
    path("<uuid:pk>/messages/", messages.send, name="send"),
    path("<uuid:pk>/notes/", messages.note, name="note"),
    path("<uuid:pk>/assignment/", assignment.assignment, name="assignment"),
    path("<uuid:pk>/transfers/", assignment.transfer, name="transfer"),
    path("<uuid:pk>/closing/", assignment.close, name="close"),
    path("<uuid:pk>/reopening/", assignment.reopen, name="reopen"),
    path("<uuid:pk>/thread/", thread.take, name="thread"),
    path("<uuid:pk>/read/", reading.read, name="read"),
    path("<uuid:pk>/cards/look/", cards.look, name="card-look"),
    path("<uuid:pk>/templates/", templates.picker, name="templates"),
    path("<uuid:pk>/earlier/", inbox.earlier, name="earlier"),
    path("<uuid:pk>/uploads/", files.upload, name="upload"),
    path("<uuid:pk>/uploads/<uuid:attachment>/removal/", files.remove, name="upload-removal"),
    path("<uuid:pk>/files/<uuid:attachment>/", files.file, name="file"),
    path("<uuid:pk>/deliveries/<uuid:delivery>/resend/", deliveries.resend, name="resend"),
    path("<uuid:pk>/deliveries/<uuid:delivery>/accept/", deliveries.accept, name="accept"),
    path("<slug:view>/", inbox.inbox, name="inbox"),
    path("<slug:view>/<uuid:pk>/", inbox.conversation, name="conversation"),
]
