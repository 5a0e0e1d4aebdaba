"""After a restore nothing is sent a second time: what a backup had on its way may have gone out since.

Such deliveries become unknown, which is the truth, under the code HELD: businesses see "may not have been
delivered" and can send each one again; an operator can release or drop a whole business's. What is said from
then on flows at once, because an unknown one holds nobody up.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from apps.conversations.models import AuthorKind, Delivery, DeliveryStatus
from apps.conversations.resend import accept, resend
from apps.conversations.send import Author, Refused
from apps.conversations.stream import Kind, record
from apps.core import tenancy

HELD = "restored"
WORDS = "restored from a backup: it may have been sent already"
ON_ITS_WAY = Q(state__in=[DeliveryStatus.QUEUED, DeliveryStatus.SENDING]) | Q(settling_until__isnull=False)


def hold_all() -> dict[UUID, int]:
    """Hold whatever is on its way, of every business; how many of each. Idempotent.

    For a restored database before its first worker starts. Opens its own scopes.
    """
    with tenancy.operator():
        tenants = set(Delivery.objects.filter(ON_ITS_WAY).order_by().values_list("tenant_id", flat=True))
    return {tenant_id: hold(tenant_id) for tenant_id in sorted(tenants)}


def hold(tenant_id: UUID) -> int:
    """Hold whatever this business has on its way; how many."""
    with tenancy.scope(tenant_id):
        rows = list(
            Delivery.objects.select_for_update(no_key=True, of=("self",))
            .select_related("conversation")
            .filter(ON_ITS_WAY)
        )
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=DeliveryStatus.UNKNOWN,
            settling_until=None,
            lease_token=None,
            lease_until=None,
            code=HELD,
            words=WORDS,
            updated_at=timezone.now(),
        )
        for row in rows:
            facts = {"message": str(row.message_id), "state": DeliveryStatus.UNKNOWN}
            record(Kind.DELIVERY_CHANGED, row.conversation, **facts)
        return len(rows)


def held() -> QuerySet[Delivery]:
    """What nobody has dealt with yet; of the open scope, or of all businesses in the operator's view."""
    return Delivery.objects.filter(state=DeliveryStatus.UNKNOWN, code=HELD, settled_by="")


def release(by: str) -> int:
    """Send what is held in the open scope, in order, behind what was said since; how many.

    What policy no longer allows stays held.
    """
    author = Author(kind=AuthorKind.SYSTEM, name=by)
    return sum(_release(pk, author) for pk in _in_order())


def drop() -> int:
    """Never send what is held in the open scope; the rows stay, settled. How many."""
    chosen = _in_order()
    for pk in chosen:
        accept(pk)
    return len(chosen)


def _in_order() -> list[UUID]:
    return list(held().order_by("conversation_id", "seq").values_list("pk", flat=True))


def _release(delivery_id: UUID, author: Author) -> int:
    try:
        with tenancy.scope(tenancy.require()):  # a refusal takes back that the row was settled
            resend(delivery_id, author)
    except Refused:
        return 0
    return 1
