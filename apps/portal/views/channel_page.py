"""What the page of a channel shows; a form that was refused takes the place of a fresh one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language

from apps.connections import greet, permissions, stand_in, vault
from apps.connections.addresses import webhook_url
from apps.connections.credentials import asked_for
from apps.connections.models import (
    Channel,
    ChannelState,
    EntryPoint,
    PlatformCall,
    ReceivedWebhook,
    WebhookState,
)
from apps.connections.said import platform_name
from apps.conversations import redirecting
from apps.platforms import registry
from apps.platforms.base import Platform
from apps.portal import activity
from apps.portal.forms import greeting
from apps.portal.forms.channel import NameForm
from apps.portal.forms.moving import RedirectForm, RetireForm, StandInForm
from apps.portal.forms.permissions import PermissionsForm
from apps.portal.permission_words import words_for
from apps.portal.standing import standing
from apps.tenants.page import TenantRequest

RECENT_CALLS = 10


def show(request: TenantRequest, channel: Channel, *, status: int = 200, **given: forms.Form) -> HttpResponse:
    """The page. `given` forms by name: name_form, greeting_form, redirect_form, retire_form and the like."""
    context = {**_context(channel), **_forms(channel), **given}
    context["previews"] = _previews(context["redirect_form"])
    return TemplateResponse(request, "portal/channel.html", context, status=status)


def _context(channel: Channel) -> dict[str, Any]:
    platform = registry.get(channel.platform)
    hints = vault.hints(channel)
    facts = [
        (item, channel.settings.get(item.name, ""), hints.get(item.name))
        for item in asked_for(platform)
        if channel.settings.get(item.name) or item.name in hints
    ]
    return {
        "section": "channels",
        "channel": channel,
        "platform": platform,
        "platform_name": platform_name(channel.platform),
        "standing": standing(channel),
        "waiting": activity.waiting().get(channel.pk, 0),
        "usable": channel.state in (ChannelState.LIVE, ChannelState.DISABLED),
        "webhook": webhook_url(channel) if asked_for(platform) else "",
        "facts": facts,
        "points": EntryPoint.objects.filter(places__channel=channel, active=True).order_by("name"),
        "missing": _missing(channel, platform),
        "unread": _unread(channel),
        "calls": PlatformCall.objects.filter(channel=channel).order_by("-at")[:RECENT_CALLS],
    }


def _forms(channel: Channel) -> dict[str, forms.Form]:
    platform = registry.get(channel.platform)
    fresh: dict[str, forms.Form] = {
        "name_form": NameForm(initial={"name": channel.name}),
        "redirect_form": RedirectForm(channel=channel, initial={"entry_points": channel.redirect_to or []}),
        "retire_form": RetireForm(name=channel.name),
        "permissions_form": PermissionsForm(
            platform=platform, initial={"granted": sorted(permissions.granted(channel))}
        ),
    }
    if stand_in.may_have_one(channel):
        fresh["stand_in_form"] = StandInForm(channel=channel, initial={"stand_in": channel.stand_in_id or ""})
    if platform.greets:
        initial = greeting.initial_of(greet.shown(channel))
        fresh["greeting_form"] = greeting.GreetingForm(platform=platform, initial=initial)
    return fresh


def _missing(channel: Channel, platform: Platform) -> list[Any]:
    """Words of the permissions that the business has not been granted."""
    granted = permissions.granted(channel)
    return [words_for(name) for name in platform.permissions if name not in granted]


def _previews(form: RedirectForm) -> list[tuple[str, str, str]]:
    """Each language, its name, and what its customers would read as the form stands; nothing when nothing is
    chosen."""
    chosen: Sequence[str] = form["entry_points"].value() or []
    points = [form.points[key] for key in chosen if key in form.points]
    names = Locale.parse((get_language() or "en").replace("-", "_")).languages
    return [
        (code, names[code], redirecting.words(points, code)) for code, _name in settings.LANGUAGES if points
    ]


def _unread(channel: Channel) -> QuerySet[ReceivedWebhook]:
    """What the platform sent and nobody could read; kept, and an operator can have it handled again."""
    dead = ReceivedWebhook.objects.filter(channel=channel, state=WebhookState.DEAD)
    return dead.only("received_at", "error").order_by("-received_at")[:RECENT_CALLS]
