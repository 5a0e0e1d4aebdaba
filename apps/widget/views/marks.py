"""Signals of a visitor's device: typing, delivered, read."""

from __future__ import annotations

from django.http import JsonResponse

from apps.widget import answers, say
from apps.widget.fields import BadField, fields_of
from apps.widget.protocol import VisitorRequest, visitor_view


@visitor_view("POST")
def typing(request: VisitorRequest) -> JsonResponse:
    say.type_(request.visitor, fields_of(request).flag("on"))
    return answers.ok()


@visitor_view("POST")
def marks(request: VisitorRequest) -> JsonResponse:
    """Everything up to `message` has arrived ("delivered") or been seen ("read"). Idempotent."""
    fields = fields_of(request)
    state = fields.text("state", limit=9)
    if state not in ("delivered", "read"):
        raise BadField("state")
    say.mark(request.visitor, fields.uuid("message"), read=state == "read")
    return answers.ok()
