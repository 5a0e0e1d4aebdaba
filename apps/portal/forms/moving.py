"""Sending a channel's customers elsewhere, and giving it up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.connections import stand_in
from apps.connections.models import Channel, EntryPoint


class RedirectForm(forms.Form):
    """None chosen means that customers are sent nowhere any more."""

    entry_points = forms.MultipleChoiceField(
        label=gettext_lazy("Where to write instead"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = EntryPoint.objects.filter(active=True).order_by("name").prefetch_related("places")
        self.points = {str(point.pk): point for point in active}
        choices = [(key, _named(point, channel)) for key, point in self.points.items()]
        self.fields["entry_points"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> list[EntryPoint]:
        return [self.points[key] for key in self.cleaned_data["entry_points"]]


class StandInForm(forms.Form):
    """Which channel carries what this one cannot; none chosen: nothing does."""

    stand_in = forms.ChoiceField(label=gettext_lazy("Stands in"), required=False)

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {str(each.pk): each for each in stand_in.candidates(channel)}
        named = [(key, _with_address(each)) for key, each in self.channels.items()]
        field = self.fields["stand_in"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("None")), *named]

    def chosen(self) -> Channel | None:
        return self.channels.get(self.cleaned_data["stand_in"])


class RetireForm(forms.Form):
    """The channel's name, typed: what cannot be meant by a slip of the hand."""

    typed = forms.CharField(
        label=gettext_lazy("Its name"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = " ".join(name.split())

    def clean_typed(self) -> str:
        typed = " ".join(self.cleaned_data["typed"].split())
        if typed != self.expected:
            raise forms.ValidationError(_("That is not its name: %(name)s.") % {"name": self.expected})
        return typed


def _with_address(channel: Channel) -> str:
    return f"{channel.name}, {channel.address}" if channel.address not in ("", channel.name) else channel.name


def _named(point: EntryPoint, channel: Channel) -> str:
    """Its name; said of one that would bring the customer back here."""
    elsewhere = [place for place in point.places.all() if place.channel_id != channel.pk]
    return point.name if elsewhere else _("%(name)s (offers only this channel)") % {"name": point.name}
