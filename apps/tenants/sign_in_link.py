"""A way in for someone who has no password yet: a link made by an operator, good once and for a day."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from apps.core.ids import new_token
from apps.tenants.doors import token_hash
from apps.tenants.models import SignInLink, User

LIFETIME = timedelta(hours=24)


def make_link(user: User, *, next: str = "") -> str:
    """The link's full address. Raises ValueError when `next` leads away from this service."""
    if next and not url_has_allowed_host_and_scheme(next, allowed_hosts=None):
        raise ValueError("next must be a path of this service")
    SignInLink.objects.filter(expires_at__lt=timezone.now()).delete()
    token = new_token()
    SignInLink.objects.create(
        user=user, token_hash=token_hash(token), next=next, expires_at=timezone.now() + LIFETIME
    )
    return f"{settings.BASE_URL}{reverse('site:sign_in_link', args=[token])}"


def is_good(token: str) -> bool:
    """Whether the link would work now; looking does not use it up."""
    return _good(token).exists()


def use(token: str) -> tuple[User, str] | None:
    """(person, where to go) for the one caller who uses the link first; None for everyone else."""
    with transaction.atomic():
        link = _good(token).select_for_update(of=("self",)).select_related("user").first()
        if link is None:
            return None
        link.used_at = timezone.now()
        link.save(update_fields=["used_at"])
    return link.user, link.next


def _good(token: str) -> QuerySet[SignInLink]:
    return SignInLink.objects.filter(
        token_hash=token_hash(token), used_at=None, expires_at__gt=timezone.now(), user__is_active=True
    )
