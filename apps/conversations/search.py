"""Finding conversations by what was said in them, by the customer's name or ticket code, and by tag.

Three functions of the database read the indexes of words (migration 0006): they know the tenant from the
scope alone, look at no conversation that the viewer may not see, and return ids, which are then read again
under row-level security and the rule of visibility.
"""

from __future__ import annotations

import re
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from apps.conversations.models import Conversation
from apps.conversations.queries import Viewer, visible_to
from apps.core import tenancy

_TICKET = re.compile(r"(?:\w+ )?([0-9a-fA-F]{2,12})")  # "7F3A", "Client 7F3A"
_FOUND = """
SELECT * FROM search_said(%(words)s, %(limit)s, %(all)s, %(member)s, %(teams)s) UNION
SELECT * FROM search_called(%(words)s, %(limit)s, %(all)s, %(member)s, %(teams)s, %(code)s) UNION
SELECT * FROM search_tagged(%(words)s, %(limit)s, %(all)s, %(member)s, %(teams)s)
"""


def conversations(words: str, viewer: Viewer, *, limit: int) -> QuerySet[Conversation]:
    """Conversations, open and closed, in which one message has all `words`; accents and case do not matter.

    A word of three letters or more may be a beginning ("remb" finds "remboursement"). At most `limit` by
    message, by customer and by each tag, newest first; of a frequent word only the ten thousand newest
    messages are looked at. One query, here, and what is read of the result. Raises NoTenant outside a scope.
    """
    return visible_to(viewer).filter(pk__in=_found(words, viewer, limit))


def _found(words: str, viewer: Viewer, limit: int) -> list[UUID]:
    tenancy.require()
    code = _TICKET.fullmatch(words)
    asked = {
        "words": words,
        "limit": limit,
        "all": viewer.sees_all,
        "member": viewer.membership_id,
        "teams": list(viewer.team_ids),
        "code": code[1].lower() if code else "",
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, asked)
        return [row[0] for row in cursor.fetchall()]
