"""How a channel is doing, in the words and colours of a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.connections import expiry
from apps.connections.models import Channel, ChannelState, Health
from apps.connections.said import translated


@dataclass(frozen=True, slots=True)
class Standing:
    """`tone` is ok, warn, bad or line (as in the pill's class); `words` say what happened, in the platform's
    own words where it said any, `advice` what to do; `renew`: connecting it again is what helps."""

    tone: str
    icon: str
    label: str
    words: str = ""
    advice: str = ""
    renew: bool = False

    @property
    def sentence(self) -> str:
        """The words with a full stop, so that others can follow them."""
        return self.words if self.words.endswith((".", "!", "?", "…")) or not self.words else f"{self.words}."


def standing(channel: Channel) -> Standing:
    """The one thing to know about the channel now, worst first."""
    if channel.state == ChannelState.DRAFT:
        return Standing("line", "edit", _("Not finished"), _("Nothing comes in yet."))
    if channel.state == ChannelState.DISABLED:
        return Standing("line", "minus", _("Paused"), _("Messages are still received; nothing is sent."))
    if channel.state == ChannelState.RETIRED:
        return Standing("line", "minus", _("Retired"), _("Nothing is sent any more; its history stays."))
    if channel.health == Health.BROKEN:
        words = translated(channel.health_words) or _("The platform no longer accepts the credentials.")
        advice = _("Replies wait, none is lost. Renew the keys, and they go out.")
        return Standing("bad", "alert", _("Stopped"), words, advice, renew=True)
    if channel.paused_until is not None and channel.paused_until > timezone.now():
        until = date_format(timezone.localtime(channel.paused_until), "TIME_FORMAT")
        return Standing("warn", "clock", _("Waiting"), _("Sending goes on at %(time)s.") % {"time": until})
    if channel.health == Health.TROUBLED:
        words = translated(channel.health_words) or _("The last calls failed.")
        return Standing("warn", "alert", _("Troubled"), words, _("We keep trying. “Test” asks again now."))
    if channel.expires_at is not None and expiry.ends_soon(channel):
        ends = date_format(timezone.localtime(channel.expires_at), "DATE_FORMAT")
        words = _("The keys end on %(date)s.") % {"date": ends}
        advice = _("Renew them before: the channel's history stays.")
        return Standing("warn", "clock", _("Ends soon"), words, advice, renew=True)
    return _sound(channel)


def _sound(channel: Channel) -> Standing:
    if channel.last_received_at is None:
        return Standing("line", "queued", _("Waiting for a first message"), _("No message yet"))
    since = date_format(timezone.localtime(channel.created_at), "DATE_FORMAT")
    return Standing("ok", "check", _("Healthy"), _("Connected on %(date)s") % {"date": since})
