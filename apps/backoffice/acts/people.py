"""A disabled person is signed out everywhere and cannot come in; what they wrote stays."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from apps.backoffice.acts.act import Doer
from apps.core import tenancy
from apps.tenants import access_changed, audit, doors
from apps.tenants.models import User


def disable(ids: Sequence[UUID], doer: Doer) -> int:
    """Ends their sessions. Never an operator: those are made and unmade on the command line."""
    return sum(_switch(user_id, doer, active=False) for user_id in ids)


def enable(ids: Sequence[UUID], doer: Doer) -> int:
    """They sign in again with what they had."""
    return sum(_switch(user_id, doer, active=True) for user_id in ids)


def _switch(user_id: UUID, doer: Doer, *, active: bool) -> int:
    with transaction.atomic():
        rows = User.objects.select_for_update().filter(pk=user_id, is_staff=False, is_active=not active)
        user = rows.first()
        if user is None:
            return 0
        user.is_active = active
        user.save(update_fields=["is_active"])
        access_changed.publish(user.pk, sign_out=not active)
        _log(user, doer, "person.enabled" if active else "person.disabled")
    return 1


def _log(user: User, doer: Doer, action: str) -> None:
    """In the operators' own log, and where the person works."""
    LogEntry.objects.create(
        user_id=doer.user.pk,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=user.email,
        action_flag=CHANGE,
        change_message=f"{action}: {doer.reason}",
    )
    for place in doors.places_of(user.pk):
        with tenancy.scope(place.tenant_id):
            audit.record(action, actor=doer.email, subject=user.email, reason=doer.reason)
