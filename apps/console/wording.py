"""What the console says of a delivery and of a locked composer: only what is known (UX, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.connections.models import Channel, Health
from apps.connections.said import platform_name, translated
from apps.console.times import clock
from apps.conversations.models import Delivery, DeliveryStatus, Message
from apps.conversations.policy import Decision
from apps.platforms import base, registry

# Who answers for a platform in a sentence: "Accepted by Apple", not "by Apple Messages for Business".
_SHORT = {"apple_messages": "Apple"}

_PROBLEMS = (DeliveryStatus.FAILED, DeliveryStatus.UNKNOWN, DeliveryStatus.PARKED)
_PROGRESS = [
    DeliveryStatus.QUEUED,
    DeliveryStatus.SENDING,
    DeliveryStatus.SENT,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.READ,
]

# What to do about a refusal whose code says what is wrong.
_FIXES: dict[str, str | Promise] = {
    "too_large": gettext_lazy("Send a smaller file, or a link to it."),
    "not_rcs": gettext_lazy("An SMS channel can stand in: an admin chooses it in the settings."),
    "no_stand_in": gettext_lazy("The channel that stands in may not write to this customer either."),
    "egress": gettext_lazy("This server may not call that address: ask whoever runs it."),
}


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One line under a message. `delivery` is set when a person may do something about it."""

    tone: str  # "" | "read" | "bad" | "warn"
    icon: str
    strong: str
    words: str | SafeString
    delivery: UUID | None = None
    resend: bool = False


@dataclass(frozen=True, slots=True)
class Lock:
    """Why nobody, or not this person, may write now. `action` is "", "take", "thread", "reopen" or
    "template"."""

    tone: str  # "" | "warn" | "brand"
    icon: str
    title: str
    words: str
    action: str = ""


def short_name(platform: str) -> str:
    """The platform's name in a sentence."""
    return _SHORT.get(platform) or platform_name(platform)


def status_lines(
    deliveries: Sequence[Delivery], channel: Channel, *, files: Sequence[str] = ()
) -> list[StatusLine]:
    """What became of one message: every trouble on its own line, else how far its last part has come.

    `files` are the names of the message's files, to say which of several parts is meant.
    """
    live = [d for d in deliveries if not d.settled_by]
    troubles = [d for d in live if d.state in _PROBLEMS]
    if troubles:
        several = len(deliveries) > 1
        return [
            _trouble(delivery, _by(delivery, channel), part=_part_name(delivery, files) if several else "")
            for delivery in troubles
        ]
    if live:
        last = min(live, key=lambda d: _PROGRESS.index(DeliveryStatus(d.state)))
        return [_progress(last, _by(last, channel))]
    return [_settled(deliveries[-1])] if deliveries else []


def way_line(message: Message, deliveries: Sequence[Delivery]) -> list[StatusLine]:
    """That a message came or went by a channel which stands in for the conversation's, and as how many the
    network counts it."""
    home = message.conversation.channel_id
    others = [d for d in deliveries if d.channel_id != home and not d.settled_by]
    if not others and message.channel_id == home:
        return _count_line(message.channel, [d for d in deliveries if not d.settled_by])
    channel = _by(others[0], message.channel) if others else message.channel
    counted = _counted(channel, others)
    words = _("By %(platform)s") % {"platform": short_name(channel.platform)}
    if counted > 1:
        words = ngettext(
            "%(words)s, counted as %(number)d message", "%(words)s, counted as %(number)d messages", counted
        ) % {"words": words, "number": counted}
    return [StatusLine("", "transfer", "", words)]


def _count_line(channel: Channel, deliveries: Sequence[Delivery]) -> list[StatusLine]:
    """As how many messages the network counts what is more than it looks."""
    counted = _counted(channel, deliveries)
    if counted <= len(deliveries):
        return []
    words = ngettext("Counted as %(number)d message", "Counted as %(number)d messages", counted)
    return [StatusLine("", "note", "", words % {"number": counted})]


def _counted(channel: Channel, deliveries: Sequence[Delivery]) -> int:
    platform = registry.get(channel.platform)
    return sum(platform.counted(base.part_from_json(each.part)) for each in deliveries)


def lock_for(decision: Decision, *, channel: Channel, holder: str, closed: bool) -> Lock | None:
    """Why the composer is shut; None when it is open. `holder` is the colleague who answers, "" for none."""
    if closed:
        return _closed(decision)
    if decision.allow:
        return None
    if decision.rule == "someone_else_holds":
        words = _("Two answers would confuse the customer. You can leave a note.")
        return Lock("brand", "lock", _("%(name)s is answering") % {"name": holder}, words, "take")
    lock = _LOCKS.get(decision.rule, _locked_by_platform)(decision.rule, short_name(channel.platform))
    if lock.action == "thread" and registry.get(channel.platform).capabilities.takes_threads:
        return replace(lock, words=_("Take over, or wait until it hands the conversation back."))
    return lock


def no_marketing(decision: Decision, channel: Channel) -> str:
    """Words where the customer wants no marketing messages; "" where that is not what refuses."""
    if decision.rule != "marketing_stopped":
        return ""
    return _marketing_stopped(decision.rule, short_name(channel.platform)).title


def _by(delivery: Delivery, channel: Channel) -> Channel:
    """The channel of a delivery; that of its message nearly always."""
    return channel if delivery.channel_id == channel.pk else delivery.channel


def _trouble(delivery: Delivery, channel: Channel, *, part: str) -> StatusLine:
    platform = short_name(channel.platform)
    if delivery.state == DeliveryStatus.PARKED:
        words = _("Parked: the customer left. It is not sent.")
        return StatusLine("", "lock", part, words, delivery.pk, resend=True)
    if delivery.state == DeliveryStatus.UNKNOWN:
        words = _("%(platform)s did not confirm it.") % {"platform": platform}
        strong = _("May not have been delivered.")
        return StatusLine("warn", "help", f"{part} {strong}".strip(), words, delivery.pk, resend=True)
    strong = f"{part} {_('Not sent.')}".strip()
    return StatusLine("bad", "alert", strong, _reason(delivery, platform), delivery.pk, resend=True)


def _part_name(delivery: Delivery, files: Sequence[str]) -> str:
    """Which part of a message of several: its file, or its text."""
    place = delivery.part.get("media")
    if isinstance(place, int) and place < len(files):
        return f"{files[place]}:"
    return _("Text:") if delivery.part.get("kind") == "text" else ""


def _reason(delivery: Delivery, platform: str) -> str:
    said = delivery.words or delivery.code
    reason = _("%(platform)s answered: “%(words)s”.") if said else _("%(platform)s refused it.")
    fix = _FIXES.get(delivery.code, "")
    return " ".join(
        filter(None, [reason % {"platform": platform, "words": translated(said).rstrip(".")}, str(fix)])
    )


def _progress(delivery: Delivery, channel: Channel) -> StatusLine:
    platform = {"platform": short_name(channel.platform)}
    match delivery.state:
        case DeliveryStatus.QUEUED:
            return StatusLine("", "queued", "", _queued(delivery, channel))
        case DeliveryStatus.SENDING:
            return StatusLine("", "arrow", "", _("Being handed to %(platform)s") % platform)
        case DeliveryStatus.SENT:
            return StatusLine("", "check", "", _accepted(channel) % platform)
        case DeliveryStatus.DELIVERED:
            return StatusLine("", "checks", "", _at(_("Delivered %(time)s"), delivery))
        case _:
            return StatusLine("read", "checks", "", _at(_("Read %(time)s"), delivery))


def _queued(delivery: Delivery, channel: Channel) -> str:
    platform = {"platform": short_name(channel.platform)}
    if channel.health == Health.BROKEN:
        return (
            _("Held back: %(platform)s refuses the channel’s credentials. An admin can renew them.")
            % platform
        )
    if delivery.attempt or delivery.code:  # a try that was throttled does not count as one
        return _("%(platform)s could not take it yet. It is tried again by itself.") % platform
    return _("Queued")


def _accepted(channel: Channel) -> str:
    able = registry.get(channel.platform).capabilities
    if able.read_receipts:
        return _("Accepted by %(platform)s")
    if able.delivery_receipts:
        return _("Accepted by %(platform)s. It does not say when it is read.")
    return _("Accepted by %(platform)s. %(platform)s does not say when it is read.")


def _at(pattern: str, delivery: Delivery) -> SafeString:
    return format_html(pattern.replace("%(time)s", "{}"), clock(delivery.updated_at))


def _settled(delivery: Delivery) -> StatusLine:
    if delivery.state == DeliveryStatus.UNKNOWN:
        return StatusLine("", "help", "", _("May not have been delivered. Left as it is."))
    return StatusLine("", "x", "", _("Not sent. Left as it is."))


def _closed(decision: Decision) -> Lock:
    words = _("If the customer writes within a day, it opens again by itself.")
    return Lock("", "circle-check", _("This conversation is closed"), words, "reopen")


def _left(rule: str, platform: str) -> Lock:
    titles = {
        "customer_blocked": _("This customer blocked you on %(platform)s"),
        "customer_opted_out": _("This customer asked for no more messages"),
    }
    title = titles.get(rule, _("This customer ended the conversation")) % {"platform": platform}
    return Lock("", "out", title, _("You can answer as soon as they write again."))


def _suspended(rule: str, platform: str) -> Lock:
    words = _("Messages still arrive and are kept. Nothing is sent until the service is restored.")
    return Lock("warn", "shield", _("This business is suspended"), words)


def _disabled(rule: str, platform: str) -> Lock:
    words = _("Messages still arrive and are kept. An admin can resume it in the settings.")
    return Lock("warn", "offline", _("This %(platform)s channel is paused") % {"platform": platform}, words)


def _never_wrote(rule: str, platform: str) -> Lock:
    return Lock("", "out", _("This customer has not written yet"), _("The customer always starts."))


def _window_over(rule: str, platform: str) -> Lock:
    title = _("%(platform)s’s time for answering is over") % {"platform": platform}
    return Lock("warn", "clock", title, _("You can answer as soon as they write again."))


def _template_only(rule: str, platform: str) -> Lock:
    title = _("%(platform)s’s time for free words is over") % {"platform": platform}
    words = _("Send one of its approved templates, or wait for them to write.")
    return Lock("warn", "clock", title, words, "template")


def _quota_used(rule: str, platform: str) -> Lock:
    title = _("%(platform)s takes no more answers for now") % {"platform": platform}
    return Lock("warn", "lock", title, _("You can answer as soon as they write again."))


def _people_only(rule: str, platform: str) -> Lock:
    title = _("%(platform)s lets only people answer now") % {"platform": platform}
    return Lock("warn", "user", title, _("Programs and bots can answer as soon as they write again."))


def _thread_elsewhere(rule: str, platform: str) -> Lock:
    title = _("Another program answers this customer on %(platform)s") % {"platform": platform}
    words = _("You can answer when it hands the conversation back.")
    return Lock("warn", "transfer", title, words, "thread")


def _marketing_stopped(rule: str, platform: str) -> Lock:
    title = _("This customer stopped marketing messages on %(platform)s") % {"platform": platform}
    return Lock("", "slash", title, _("Answers and other templates can still be sent."))


def _locked_by_platform(rule: str, platform: str) -> Lock:
    return Lock("warn", "lock", _("Nothing can be sent now"), _("Rule: %(rule)s.") % {"rule": rule})


def _closed_meanwhile(rule: str, platform: str) -> Lock:
    return Lock("", "lock", _("This conversation is closed"), _("Reopen it to answer."))


_LOCKS = {
    "tenant_suspended": _suspended,
    "channel_disabled": _disabled,
    "never_wrote": _never_wrote,
    "customer_deleted": _left,
    "customer_blocked": _left,
    "customer_opted_out": _left,
    "customer_left": _left,
    "window_over": _window_over,
    "template_only": _template_only,
    "quota_used": _quota_used,
    "people_only": _people_only,
    "thread_elsewhere": _thread_elsewhere,
    "marketing_stopped": _marketing_stopped,
    "conversation_closed": _closed_meanwhile,
}
