"""What the audit log's actions are called in the reader's language."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, Promise | str] = {
    "tenant.registered": _("Business opened"),
    "person.signed_in": _("Signed in"),
    "invitation.sent": _("Invitation sent"),
    "invitation.revoked": _("Invitation revoked"),
    "invitation.accepted": _("Invitation accepted"),
    "member.added": _("Member added"),
    "member.role_changed": _("Role changed"),
    "member.activated": _("Member activated"),
    "member.deactivated": _("Member deactivated"),
    "team.created": _("Team created"),
    "team.renamed": _("Team renamed"),
    "team.made_default": _("Default team changed"),
    "team.deleted": _("Team deleted"),
    "team.joined": _("Joined a team"),
    "team.left": _("Left a team"),
    "token.issued": _("API token issued"),
    "token.revoked": _("API token revoked"),
    "support.granted": _("Support access opened"),
    "support.ended": _("Support access ended"),
    "audit.exported": _("Audit log exported"),
    "channel.connected": _("Channel connected"),
    "channel.renamed": _("Channel renamed"),
    "channel.disabled": _("Channel paused"),
    "channel.enabled": _("Channel resumed"),
    "channel.permission": _("Permission of a channel changed"),
    "channel.renewed": _("Credentials of a channel renewed"),
    "channel.greeting": _("Greeting of a channel changed"),
    "channel.code_made": _("QR code of a platform made"),
    "channel.stand_in": _("Channel that stands in for another changed"),
    "channel.redirected": _("Customers of a channel sent elsewhere"),
    "channel.redirect_ended": _("Customers of a channel no longer sent elsewhere"),
    "channel.retired": _("Channel retired"),
    "channel.expiring": _("Credentials of a channel end within a week"),
    "entry_point.created": _("Entry point created"),
    "entry_point.changed": _("Entry point changed"),
    "entry_point.archived": _("Entry point archived"),
    "entry_point.restored": _("Entry point restored"),
    "entry_point.identity_secret_rotated": _("Identity secret renewed"),
    "entry_point.identity_secret_forgotten": _("Identity secret removed"),
    "routing.changed": _("Routing changed"),
    "tenant.suspended": _("Business suspended"),
    "tenant.resumed": _("Business resumed"),
    "person.disabled": _("Person disabled"),
    "person.enabled": _("Person enabled"),
    "channel.paused": _("Channel paused by an operator"),
    "channel.unpaused": _("Channel resumed by an operator"),
    "channel.switched_by_operator": _("Channel switched by an operator"),
    "webhooks.replayed": _("Received messages handled again"),
    "deliveries.resent": _("Messages sent again"),
    "held.released": _("Messages held after a restore sent"),
    "held.dropped": _("Messages held after a restore dropped"),
    "support.viewed": _("Support looked at a page"),
}


def words_for(action: str) -> Promise | str:
    """An action of another part of the product shows under its own name until it is listed here."""
    return WORDS.get(action, action)
