"""Every act, by slug."""

from __future__ import annotations

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.backoffice.acts import businesses, channels, grants, held, people, replay
from apps.backoffice.acts.act import Act
from apps.connections.models import Channel, ReceivedWebhook
from apps.conversations.models import Delivery
from apps.tenants.models import SupportGrant, Tenant, User

_ALL = [
    Act(
        slug="suspend",
        model=Tenant,
        title=_("Suspend"),
        meaning=_("Messages are still received and stored. Nothing is sent until the business is resumed."),
        perform=businesses.suspend,
    ),
    Act(
        slug="resume",
        model=Tenant,
        title=_("Resume"),
        meaning=_("What is queued goes out."),
        perform=businesses.resume,
    ),
    Act(
        slug="release-held",
        model=Tenant,
        title=_("Send what a restore held back"),
        meaning=_("It may have been sent before the restore: customers may get it a second time."),
        perform=held.release,
    ),
    Act(
        slug="drop-held",
        model=Tenant,
        title=_("Drop what a restore held back"),
        meaning=_("It is never sent by itself. Businesses still see that it may not have arrived."),
        perform=held.drop,
    ),
    Act(
        slug="disable-people",
        model=User,
        title=_("Disable"),
        meaning=_("They are signed out everywhere and cannot sign in. Operators are left as they are."),
        perform=people.disable,
    ),
    Act(
        slug="enable-people",
        model=User,
        title=_("Enable"),
        meaning=_("They can sign in again."),
        perform=people.enable,
    ),
    Act(
        slug="pause-channels",
        model=Channel,
        title=_("Pause for an hour"),
        meaning=_("Nothing is sent on the channel for an hour. Messages are still received."),
        perform=channels.pause,
    ),
    Act(
        slug="unpause-channels",
        model=Channel,
        title=_("End the pause"),
        meaning=_("What is queued goes out, even if the platform had asked to wait."),
        perform=channels.unpause,
    ),
    Act(
        slug="disable-channels",
        model=Channel,
        title=_("Switch off"),
        meaning=_("Messages are still received and stored. Nothing is sent."),
        perform=channels.disable,
    ),
    Act(
        slug="enable-channels",
        model=Channel,
        title=_("Switch on"),
        meaning=_("What is queued goes out."),
        perform=channels.enable,
    ),
    Act(
        slug="replay-webhooks",
        model=ReceivedWebhook,
        title=_("Replay dead webhooks"),
        meaning=_("They are handled once more. What they already did is not done twice."),
        perform=replay.webhooks,
    ),
    Act(
        slug="resend-deliveries",
        model=Delivery,
        title=_("Send failed ones again"),
        meaning=_(
            "Only where the customer may still be written to. Unknown ones may have arrived: left alone."
        ),
        perform=replay.deliveries,
    ),
    Act(
        slug="end-grants",
        model=SupportGrant,
        title=_("End now"),
        meaning=_("The operator cannot open another page of the business."),
        perform=grants.end,
    ),
]
ACTS = {act.slug: act for act in _ALL}


def acts_on(model: type[Model]) -> list[Act]:
    return [act for act in _ALL if act.model is model]
