"""The form of an entry point. Channels and their order travel as hidden fields moved by buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from apps.connections.entry_points import Wanted, channels_of
from apps.connections.models import Channel, ChannelState, EntryPoint
from apps.connections.snippet import Size, Theme
from apps.routing import rules, tags
from apps.tenants.models import Team

MONO = {"class": "mono", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}

NOT_OFFERED = (ChannelState.DRAFT, ChannelState.RETIRED)


class EntryPointForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)
    button_text = forms.CharField(
        label=_("Button text"), max_length=60, required=False, help_text=_("“Message us” when left empty.")
    )
    tag = forms.CharField(
        label=_("Routing tag"),
        max_length=tags.MAX_LENGTH,
        help_text=_("Letters, digits, - and _. Apple refuses & # [ ] ( ) { } / so we do too."),
        widget=forms.TextInput(attrs=MONO),
    )
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        label=_("Team that answers"), queryset=None, required=False, empty_label=_("The default team")
    )
    prefilled_text = forms.CharField(
        label=_("First message, written for the customer"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("They can change it. Apple Messages fills it in; not every platform can."),
    )
    group = forms.CharField(
        label=_("Group"),
        max_length=tags.MAX_LENGTH,
        required=False,
        widget=forms.TextInput(attrs=MONO),
        help_text=_("Apple carries it beside the tag, for example a shop or a department."),
    )
    locale = forms.ChoiceField(label=_("Language of the entry page"), required=False)
    allowed_origins = forms.CharField(
        label=_("Sites that may show the web-chat panel"),
        required=False,
        widget=forms.Textarea(attrs={**MONO, "rows": 2}),
        help_text=_("One per line, like https://shop.example. Any site when left empty."),
    )
    channels = forms.MultipleChoiceField(
        widget=forms.MultipleHiddenInput, error_messages={"required": _("Choose at least one channel.")}
    )
    size = forms.ChoiceField(
        choices=[(size, size) for size in Size], required=False, widget=forms.HiddenInput
    )
    theme = forms.ChoiceField(
        choices=[(theme, theme) for theme in Theme], required=False, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, usable: Sequence[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usable = {str(channel.pk): channel for channel in usable}
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]
        languages = [("", _("As the customer's browser says")), *settings.LANGUAGES]
        self.fields["locale"].choices = languages  # type: ignore[attr-defined]
        self.fields["channels"].choices = [  # type: ignore[attr-defined]
            (key, channel.name) for key, channel in self.usable.items()
        ]

    def clean_tag(self) -> str:
        return tags.check(self.cleaned_data["tag"])

    def wanted(self) -> Wanted:
        values = self.cleaned_data
        return Wanted(
            name=values["name"],
            tag=values["tag"],
            channels=[self.usable[key] for key in values["channels"]],
            group=values["group"],
            button_text=values["button_text"],
            prefilled_text=values["prefilled_text"],
            locale=values["locale"],
            allowed_origins=values["allowed_origins"].split(),
            team=values["team"],
        )

    def take(self, error: ValidationError) -> None:
        """Show the domain's refusals beside the fields that they are about."""
        for field, words in error.message_dict.items():
            self.add_error(field if field in self.fields else None, words)


def usable_channels() -> list[Channel]:
    """What an entry point may offer: every channel that was live at some time."""
    return list(Channel.objects.exclude(state__in=NOT_OFFERED).order_by("created_at"))


def initial_of(point: EntryPoint) -> dict[str, Any]:
    return {
        "name": point.name,
        "button_text": point.button_text,
        "tag": point.tag,
        "team": rules.team_by_tag().get(point.tag),
        "prefilled_text": point.prefilled_text,
        "group": point.group,
        "locale": point.locale,
        "allowed_origins": "\n".join(point.allowed_origins),
        "channels": [str(channel.pk) for channel in channels_of(point)],
        "size": Size.MEDIUM,
        "theme": Theme.GREEN,
    }


def initial_of_new(usable: Sequence[Channel]) -> dict[str, Any]:
    """Offers every live channel, in the order in which they were connected."""
    live = [str(channel.pk) for channel in usable if channel.state == ChannelState.LIVE]
    return {"channels": live, "size": Size.MEDIUM, "theme": Theme.GREEN}


def rearranged(channels: Sequence[str], command: str, channel: str) -> list[str]:
    """The order after one press of a button: up, down, remove or add. Nonsense changes nothing."""
    order = list(dict.fromkeys(channels))
    if command == "add" and channel not in order:
        return [*order, channel]
    if channel not in order:
        return order
    at = order.index(channel)
    if command == "remove":
        return [key for key in order if key != channel]
    other = at + {"up": -1, "down": 1}.get(command, 0)
    if 0 <= other < len(order):
        order[at], order[other] = order[other], order[at]
    return order


def retyped(data: Any) -> Mapping[str, Any]:
    """What stands in a form that was sent without being saved, to show it again unjudged."""
    return {**{name: data[name] for name in data}, "channels": data.getlist("channels")}
