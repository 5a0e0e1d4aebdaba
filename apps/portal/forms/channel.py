"""The form with which a business connects a channel, built from what the platform asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.connections.credentials import asked_for
from apps.connections.vault import Hint
from apps.platforms.base import Credential, Platform


class ChannelForm(forms.Form):
    """Secrets are never filled in: one that is `stored` may stay empty to be kept."""

    name = forms.CharField(
        label=_("Name"), max_length=80, required=False, help_text=_("How your team will call it.")
    )

    def __init__(self, *args: Any, platform: Platform, stored: Mapping[str, Hint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = stored
        self.needed = {credential.name for credential in asked_for(platform) if credential.required}
        for credential in asked_for(platform):
            self.fields[credential.name] = _field(credential, is_stored=credential.name in stored)

    def credentials(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "name"}

    def rows(self) -> list[tuple[forms.BoundField, Hint | None, bool]]:
        """Every field with what is stored of it, and whether it may be left empty."""
        return [(bound, self.stored.get(bound.name), bound.name not in self.needed) for bound in self]


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)


def _field(credential: Credential, *, is_stored: bool) -> forms.Field:
    """Never required here: what is missing is said by `connect_channel`, for pages and commands alike."""
    if credential.choices:
        return _choice(credential)
    plain = {"class": "mono", "autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
    widget: forms.Widget = forms.TextInput(attrs=plain)
    if credential.secret:
        widget = forms.PasswordInput(attrs=plain, render_value=False)
    return forms.CharField(required=False, max_length=4000, widget=widget, **_words(credential))


def _choice(credential: Credential) -> forms.ChoiceField:
    choices = [(value, gettext(words)) for value, words in credential.choices]
    return forms.ChoiceField(required=False, choices=choices, **_words(credential))


def _words(credential: Credential) -> dict[str, Any]:
    return {
        "label": gettext(credential.label),
        "help_text": gettext(credential.help) if credential.help else "",
    }
