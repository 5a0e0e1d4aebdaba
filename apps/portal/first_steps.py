"""The way from sign-up to the first answer. Every step looks at what is there; nobody ticks a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.connections.models import Channel, ChannelState, EntryPoint
from apps.conversations.models import AuthorKind, Direction, Message
from apps.tenants.models import Invitation, Membership, User


@dataclass(frozen=True, slots=True)
class Step:
    """`route` is the page where it is done: one of the portal's, "inbox", or "" for elsewhere."""

    key: str
    title: str | Promise
    words: str | Promise
    action: str | Promise
    route: str
    done: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    key: str
    title: Promise
    words: Promise
    action: Promise
    route: str
    is_done: Callable[[User], bool]


def first_steps(user: User) -> list[Step]:
    """The steps of the open scope's tenant, in order, as `user` (who reads the page) stands."""
    return [
        Step(plan.key, plan.title, plan.words, plan.action, plan.route, plan.is_done(user)) for plan in PLANS
    ]


def finished(user: User) -> bool:
    """Whether there is nothing left to do but the daily work."""
    return all(plan.is_done(user) for plan in PLANS)


def _verified(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user_id=user.pk, verified=True).exists())


def _has_channel(user: User) -> bool:
    return Channel.objects.filter(state=ChannelState.LIVE).exists()


def _has_entry_point(user: User) -> bool:
    return EntryPoint.objects.filter(active=True).exists()


def _was_written_to(user: User) -> bool:
    return Message.objects.filter(direction=Direction.IN).exists()


def _has_answered(user: User) -> bool:
    return Message.objects.filter(direction=Direction.OUT, author_kind=AuthorKind.MEMBER).exists()


def _has_company(user: User) -> bool:
    return Membership.objects.filter(active=True).count() > 1 or Invitation.objects.exists()


PLANS = (
    _Plan(
        "email",
        _("Confirm your e-mail address"),
        _("Open the message that we sent you and follow its link."),
        _("Confirm"),
        "",
        _verified,
    ),
    _Plan(
        "channel",
        _("Connect a channel"),
        _("Web chat first: it needs no account anywhere and is ready at once."),
        _("Connect"),
        "channels",
        _has_channel,
    ),
    _Plan(
        "entry_point",
        _("Put up a Message button"),
        _("Choose its tag and the team that it leads to, then paste it on your page."),
        _("Make the button"),
        "entry-point-new",
        _has_entry_point,
    ),
    _Plan(
        "message",
        _("Receive a first message"),
        _("Open your button's link and write something, as a customer would."),
        _("Open the link"),
        "",
        _was_written_to,
    ),
    _Plan(
        "answer",
        _("Answer it"),
        _("Take the conversation in the inbox and write back."),
        _("Go to the inbox"),
        "inbox",
        _has_answered,
    ),
    _Plan(
        "team",
        _("Invite your team"),
        _("They get an e-mail with a link that works once."),
        _("Invite"),
        "team",
        _has_company,
    ),
)
