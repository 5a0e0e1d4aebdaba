"""What each kind of attack is called, and what was tried."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = tuple[str | Promise, str | Promise]

KINDS: dict[str, Words] = {
    "pages": (_("Pages"), _("another business's ids in every address, form, query and header")),
    "api": (_("API"), _("another business's ids in every parameter, with a good token")),
    "widget": (_("Web chat"), _("another business's ids, from a visitor's device")),
    "public": (_("Public pages"), _("what strangers may open")),
    "accounts": (_("People's own pages"), _("another business's ids in every field")),
    "operators": (_("Operators' pages"), _("opened by someone who is no operator")),
    "webhooks": (_("Webhooks"), _("another business's messages, with one's own signature")),
    "simulators": (_("Sandbox"), _("another business's ids, with one's own keys")),
    "sockets": (_("Live connections"), _("another business's ids in every word")),
    "tasks": (_("Background work"), _("another business's ids in every argument")),
    "files": (_("Files"), _("another business's paths and signed addresses")),
    "names": (_("Names in memory"), _("channels and caches that two businesses could share")),
    "tables": (_("Tables"), _("read, changed, deleted, moved and added as another business")),
    "keys between tables": (_("References"), _("rows that refer to another business's")),
    "unique keys": (_("Unique values"), _("values that another business has already")),
    "catalogue": (_("Database rules"), _("roles, rights, views, functions and policies")),
    "row security": (_("Known traps"), _("ways in which row security is known to fail")),
    "connections": (
        _("Shared connections"),
        _("left by errors, timeouts and cancellations, then used again"),
    ),
    "coverage": (_("Completeness"), _("everything new is attacked or makes the run fail")),
    "operators' acts": (_("Operators' acts"), _("done to one business, looked at in another")),
    "holes opened on purpose": (_("Holes opened on purpose"), _("each had to be found")),
}


def words_for(kind: str) -> Words:
    """Its name and what was tried; a kind that is newer than this page goes by its own name."""
    return KINDS.get(kind, (kind, ""))
