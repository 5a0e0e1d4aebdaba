"""The mail that tells a business's owners that a channel's credentials end."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.connections.models import Channel
from apps.connections.said import platform_name
from apps.tenants.models import Membership, Role, Tenant


def compose(channel: Channel) -> list[EmailMessage]:
    """One for each owner of the open scope's business, in their language."""
    tenant = Tenant.objects.get()
    owners = Membership.objects.filter(role=Role.OWNER, active=True, user__is_active=True)
    people = [row.user for row in owners.select_related("user").order_by("user__email")]
    return [_mail(channel, tenant, to=user.email, locale=user.locale or tenant.locale) for user in people]


def send(mails: Iterable[EmailMessage]) -> None:
    """All over one connection. Raises OSError (smtplib's errors are OSErrors too)."""
    get_connection().send_messages(list(mails))


def _mail(channel: Channel, tenant: Tenant, *, to: str, locale: str) -> EmailMessage:
    assert channel.expires_at is not None
    with translation.override(locale):
        facts = {
            "business": tenant.name,
            "channel": channel.name,
            "platform": platform_name(channel.platform),
            "date": date_format(localtime(channel.expires_at), "DATE_FORMAT"),
            "url": f"{settings.BASE_URL}{reverse('portal:channel', args=[tenant.slug, channel.pk])}",
        }
        subject = _("%(business)s: the keys of “%(channel)s” end on %(date)s") % facts
        body = render_to_string("connections/mail/expiring.txt", facts)
    return EmailMessage(" ".join(subject.split()), body, to=[to])
