from __future__ import annotations

from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.backoffice.pages.base import MOST


class ReasonForm(forms.Form):
    """Why; the business reads it in its audit log."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The business can read this in its audit log."),
    )


class ActForm(ReasonForm):
    ids = forms.CharField(widget=forms.HiddenInput)

    def clean_ids(self) -> list[UUID]:
        try:
            ids = [UUID(item) for item in self.cleaned_data["ids"].split(",")]
        except ValueError:
            raise forms.ValidationError(_("Choose the rows again.")) from None
        if len(ids) > MOST:
            raise forms.ValidationError(_("At most 1,000 rows at once. Narrow the list."))
        return ids


class SupportForm(ReasonForm):
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=60,
        initial=15,
        help_text=_("1 to 60. It ends by itself."),
    )
