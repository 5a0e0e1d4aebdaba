"""What platforms' permissions are called, and what is not possible without them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class PermissionWords:
    title: str | Promise
    without: str | Promise = ""


WORDS = {
    "human_agent": PermissionWords(
        _("Human Agent"),
        _("Without it nobody can answer later than 24 hours after the customer's last message; with it "
          "people can for 7 days. Meta grants it in App Review, under “Human Agent”."),
    ),
    "comments": PermissionWords(
        _("Answer comments privately"),
        _("Without it comments on your posts are not shown here; with it each opens a conversation, in which "
          "one private message may go within 7 days, and more once they answer it. Meta wants the permission "
          "“pages_manage_metadata”. After you switch it on, connect the channel again."),
    ),
}  # fmt: skip


def words_for(permission: str) -> PermissionWords:
    """A permission of a new platform shows under its own name until it is listed here."""
    return WORDS.get(permission, PermissionWords(permission))
