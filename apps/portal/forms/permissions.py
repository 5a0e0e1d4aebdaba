"""Which of the platform's features a business says it has been granted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.platforms.base import Platform
from apps.portal.permission_words import words_for


class PermissionsForm(forms.Form):
    granted = forms.MultipleChoiceField(
        label=_("Granted by the platform"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, platform: Platform, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, words_for(name).title) for name in platform.permissions]
        self.fields["granted"].choices = choices  # type: ignore[attr-defined]
