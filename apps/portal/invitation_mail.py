"""The mail that carries an invitation's link, and what the inviter is told about it."""

from __future__ import annotations

import logging
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from apps.tenants.models import Invitation, Role
from apps.tenants.page import TenantRequest

log = logging.getLogger(__name__)


def mail_invitation(request: TenantRequest, invitation: Invitation, token: str) -> None:
    """Send the link once the invitation is durable; a mail server that is away is told, not raised."""
    with translation.override(request.tenant.locale):
        mail = _compose(request, invitation, token)
    transaction.on_commit(partial(_send, request, mail))


def _compose(request: TenantRequest, invitation: Invitation, token: str) -> EmailMessage:
    facts = {
        "business": request.tenant.name,
        "inviter": request.membership.user.display_name,
        "role": Role(invitation.role).label,
        "url": f"{settings.BASE_URL}{reverse('site:join', args=[token])}",
    }
    subject = _("%(inviter)s invites you to %(business)s") % facts
    body = render_to_string("portal/mail/invitation.txt", facts)
    return EmailMessage(" ".join(subject.split()), body, to=[invitation.email])


def _send(request: HttpRequest, mail: EmailMessage) -> None:
    try:
        mail.send()
    except OSError as error:  # smtplib's errors are OSErrors too
        log.warning("invitation not mailed: %s", type(error).__name__)
        messages.error(request, _("The invitation is kept, but its mail could not be sent. Try “Resend”."))
    else:
        messages.success(request, _("Invitation sent to %(email)s.") % {"email": mail.to[0]})
