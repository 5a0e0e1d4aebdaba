"""What operators' pages call models, fields and states. The models know no interface, so they say English.

`name_models` writes the names where Django looks for them; migrations follow what the classes say, not this.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from django.apps import apps
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"

MODELS: dict[str, tuple[Words, Words]] = {
    "Tenant": (_("business"), _("businesses")),
    "AuditEntry": (_("audit entry"), _("audit entries")),
    "SupportGrant": (_("support grant"), _("support grants")),
    "User": (_("person"), _("people")),
    "Membership": (_("membership"), _("memberships")),
    "Channel": (_("channel"), _("channels")),
    "ReceivedWebhook": (_("received webhook"), _("received webhooks")),
    "Delivery": (_("delivery"), _("deliveries")),
}
APPS: dict[str, Words] = {
    "tenants": _("Businesses"),
    "connections": _("Channels"),
    "conversations": _("Conversations"),
}
FIELDS: dict[str, Words] = {
    "action": _("action"),
    "active": _("active"),
    "actor": _("who"),
    "address": _("address"),
    "at": _("when"),
    "attempt": _("attempt"),
    "channel": _("channel"),
    "code": _("code"),
    "conversation": _("conversation"),
    "created_at": _("created"),
    "data": _("details"),
    "date_joined": _("joined"),
    "dedup_key": _("key against repeats"),
    "due_at": _("due"),
    "email": _("e-mail"),
    "ended_at": _("ended"),
    "ends_at": _("ends"),
    "error": _("error"),
    "failures": _("failures in a row"),
    "handled_at": _("handled"),
    "health": _("health"),
    "health_at": _("last check"),
    "health_words": _("what the check said"),
    "is_active": _("may sign in"),
    "is_sandbox": _("sandbox"),
    "is_staff": _("operator"),
    "last_login": _("last sign-in"),
    "last_received_at": _("last message in"),
    "last_sent_at": _("last message out"),
    "lease_until": _("leased until"),
    "locale": _("language"),
    "name": _("name"),
    "number": _("number"),
    "operator": _("operator"),
    "paused_until": _("paused until"),
    "platform": _("platform"),
    "reason": _("reason"),
    "received_at": _("received"),
    "retry_class": _("retry class"),
    "role": _("role"),
    "seq": _("place in line"),
    "settled_by": _("settled by"),
    "shared": _("on this service's account"),
    "slug": _("address in links"),
    "state": _("state"),
    "subject": _("about"),
    "tenant": _("business"),
    "updated_at": _("changed"),
    "user": _("person"),
    "words": _("answer"),
}
STATES: dict[str, Words] = {
    "active": _("Active"),
    "suspended": _("Suspended"),
    "live": _("Live"),
    "draft": _("Not finished"),
    "disabled": _("Switched off"),
    "retired": _("Retired"),
    "good": _("Healthy"),
    "troubled": _("Troubled"),
    "broken": _("Stopped"),
    "unknown": _("Unknown"),
    "new": _("New"),
    "done": _("Done"),
    "dead": _("Dead"),
    "queued": _("Queued"),
    "sending": _("Sending"),
    "failed": _("Failed"),
    "parked": _("Parked"),
}

# States and authors as a support session's pages say them: `{% translate row.status %}`.
SUPPORT = (
    gettext_noop("waiting"),
    gettext_noop("snoozed"),
    gettext_noop("queued"),
    gettext_noop("sending"),
    gettext_noop("sent"),
    gettext_noop("delivered"),
    gettext_noop("read"),
    gettext_noop("unknown"),
    gettext_noop("failed"),
    gettext_noop("parked"),
    gettext_noop("contact"),
    gettext_noop("member"),
    gettext_noop("program"),
    gettext_noop("system"),
)

# Unfold's own, which its French lacks; our catalogue is asked before its own.
UNFOLD = (
    gettext_noop("Apply Filters"),
    gettext_noop("General"),
    gettext_noop("Go back"),
    gettext_noop("No results found"),
    gettext_noop("No results matching your query"),
    gettext_noop("Reset filters"),
    gettext_noop("Return to site"),
    gettext_noop("Run"),
    gettext_noop("Search apps and models..."),
    gettext_noop("Select all rows"),
    gettext_noop("System"),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("Type to search"),
)


def name_models(models: Iterable[type[Model]]) -> None:
    """Once, when the operators' site is ready; repeating changes nothing."""
    for model in models:
        one, many = MODELS[model.__name__]
        model._meta.verbose_name, model._meta.verbose_name_plural = one, many
        for field in model._meta.fields:
            field.verbose_name = FIELDS.get(field.name, field.verbose_name)
    for label, words in APPS.items():
        apps.get_app_config(label).verbose_name = words


def state_of(state: str) -> tuple[str, Words]:
    """The state, which has a colour, and what it is called."""
    return state, STATES.get(state, state)
