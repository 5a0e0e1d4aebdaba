from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.portal.role_words import role_choices
from apps.tenants.models import Membership


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("What will use it, so that you know what to revoke.")
    )
    days = forms.TypedChoiceField(
        label=_("Good for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("A year"))],
        initial=90,
    )

    def __init__(self, *args: Any, issuer: Membership, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = role_choices(issuer)
        self.fields["role"] = forms.ChoiceField(label=_("Role"), choices=choices, initial="agent")
        self.order_fields(["name", "role", "days"])
