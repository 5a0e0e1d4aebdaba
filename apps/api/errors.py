"""Every error has one shape: {"error": {"code", "message", "field"?, "findings"?}}.

Codes are stable, for programs; words are for people and in their language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from apps.conversations.policy import Decision

_CODES: dict[type[exceptions.APIException], str] = {
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.PermissionDenied: "role_too_small",
    exceptions.NotFound: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.ParseError: "malformed",
    exceptions.Throttled: "throttled",
}

_REFUSALS = {
    "tenant_suspended": _("This business is suspended: messages are received and kept, none is sent."),
    "channel_disabled": _("The channel is paused: messages are received and kept, none is sent."),
    "never_wrote": _("This customer has not written yet; the customer always starts."),
    "customer_deleted": _("The customer deleted the conversation; write when they have written again."),
    "customer_blocked": _("The customer blocked you; write when they have written again."),
    "customer_opted_out": _("The customer asked for no more messages; write when they have written again."),
    "marketing_stopped": _("The customer wants no marketing messages; anything else may be sent."),
    "window_over": _("The platform's time for answering is over; write when the customer has written again."),
    "quota_used": _("The platform takes no more answers before the customer has written again."),
    "people_only": _("Now the platform lets only people answer this customer."),
    "template_only": _("Now the platform takes only an approved template."),
    "thread_elsewhere": _("Another program answers this customer on the platform."),
}
_HERE = ("tenant_suspended", "channel_disabled")  # about the business, whoever the customer is


class ApiError(exceptions.APIException):
    """An answer that is not 2xx, with a code of our own."""

    def __init__(
        self,
        http_status: int,
        code: str,
        message: Any,
        *,
        field: str = "",
        findings: Sequence[dict[str, Any]] = (),
    ) -> None:
        super().__init__(str(message), code)
        self.status_code = http_status
        self.field, self.findings = field, findings

    def body(self) -> dict[str, Any]:
        known = {"code": str(self.get_codes()), "message": str(self.detail)}
        more = {"field": self.field, "findings": list(self.findings)}
        return known | {name: value for name, value in more.items() if value}


def refused(decision: Decision) -> ApiError:
    """The policy's no: its rule is the code. 403 when the business may send nothing at all, else 422."""
    words = _REFUSALS.get(decision.rule, _("Nothing can be sent to this customer now."))
    about_business = decision.rule in _HERE
    answer = status.HTTP_403_FORBIDDEN if about_business else status.HTTP_422_UNPROCESSABLE_ENTITY
    return ApiError(answer, decision.rule, words)


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's hook: the answer to an expected error, None for a fault of ours."""
    response = exception_handler(error, context)
    if response is not None:
        response.data = {"error": _body(error)}
    return response


def _body(error: Exception) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        field, words = _first("", error.detail)
        return {"code": "invalid", "message": words, "field": field}
    if isinstance(error, ApiError):
        return error.body()
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    assert isinstance(error, exceptions.APIException)
    return {"code": _CODES.get(type(error), "error"), "message": str(error.detail)}


def _first(path: str, detail: Any) -> tuple[str, str]:
    """The first thing that is wrong, with the way to it: ("card.options.0.id", "This field is required.")."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return _first(path if name == "non_field_errors" else f"{path}.{name}".lstrip("."), inner)
    if isinstance(detail, list):
        place = next(i for i, item in enumerate(detail) if item)
        inner = detail[place]
        return _first(f"{path}.{place}".lstrip(".") if isinstance(inner, dict) else path, inner)
    return path, str(detail)
