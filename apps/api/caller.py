"""Who calls: a tenant's program, known by its token. The token opens its tenant's scope and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from apps.tenants.models import ApiToken, Role

LONGEST = 200  # characters of a header worth hashing


@dataclass(frozen=True, slots=True)
class Caller:
    """The token that the request carries; its tenant's scope is open."""

    token: ApiToken

    def may(self, role: str) -> bool:
        return Role(self.token.role).covers(role)


def bearer(request: HttpRequest) -> str:
    """The token in the Authorization header, "" when there is none. Never taken from the URL."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" and len(text) <= LONGEST else ""


class BearerToken(BaseAuthentication):
    """Hands on the caller that the view found before it opened the scope."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Caller] | None:
        caller: Caller | None = getattr(request._request, "caller", None)
        return (AnonymousUser(), caller) if caller else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="comptoir"'


class HasRole(BasePermission):
    """A usable token whose role covers the view's `role`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.auth, Caller):
            raise NotAuthenticated
        if not request.auth.may(getattr(view, "role", Role.OWNER)):
            raise PermissionDenied
        return True


class PerToken(SimpleRateThrottle):
    """Each token has its own allowance, in the memory of each web process.

    It protects the service, nothing secret, so it costs no write to the database.
    """

    cache = LocMemCache("api-allowances", {"OPTIONS": {"MAX_ENTRIES": 20_000}})
    rate = "600/min"
    scope = "token"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return f"api:{request.auth.token.pk}" if isinstance(request.auth, Caller) else None


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of the business (cpt_…)."}
