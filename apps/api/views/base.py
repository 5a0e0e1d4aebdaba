"""The door of tenants' programs: the whole request runs in the scope that its token opens."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api import errors
from apps.api.caller import BearerToken, Caller, HasRole, PerToken, bearer
from apps.tenants import tokens
from apps.tenants.models import Role


class TenantView(APIView):
    """`role` is the smallest that may call. Rows of other tenants do not exist here (invariant I7)."""

    role: ClassVar[str] = Role.AGENT
    authentication_classes = [BearerToken]
    permission_classes = [HasRole]
    throttle_classes = [PerToken]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with tokens.opened(bearer(request)) as token:
            if token is None:
                return super().dispatch(request, *args, **kwargs)
            vars(request)["caller"] = Caller(token)  # for BearerToken
            response = super().dispatch(request, *args, **kwargs)
            return response.render() if isinstance(response, Response) else response

    def get_exception_handler(self) -> Any:
        return errors.handle

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers.setdefault("Cache-Control", "no-store")
        return final


class Nothing(TenantView):
    """Every other path under /api/v1/: missing, in the same words."""

    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Response:
        raise errors.ApiError(404, "not_found", "Not found.")
