"""A person whose address is known to be theirs: an operator vouches for it, or a link that came by mail."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from apps.tenants import access_changed
from apps.tenants.models import User


def owner_of(email: str) -> User | None:
    """Who has proved to own this address, as their first or a further one."""
    rows = EmailAddress.objects.filter(email=email.lower(), verified=True)
    found = rows.select_related("user").first()
    return found.user if found else None


def owns(user: User, email: str) -> bool:
    return owner_of(email) == user


def ensure_person(email: str, *, name: str = "", password: str | None = None) -> tuple[User, bool]:
    """The person with this address and whether they are new; `name` and `password` count for a new one.

    Someone who had signed up with the address without proving it also counts as new: whoever that was
    must not keep the password or a session. Without a password people come in by link or after a reset.
    Idempotent.
    """
    email = email.lower()
    known = owner_of(email)
    if known is not None:
        return known, False
    with transaction.atomic():
        user = User.objects.select_for_update().filter(email=email).first()
        if user is None:
            user = User.objects.create_user(email, password, name=name)
        else:
            _take_over(user, name, password)
        _verify(user)
    return user, True


def _take_over(user: User, name: str, password: str | None) -> None:
    user.name = name or user.name
    user.set_password(password)
    user.save(update_fields=["name", "password"])
    access_changed.publish(user.pk, sign_out=True)


def _verify(user: User) -> None:
    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
