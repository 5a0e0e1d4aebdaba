"""Forms of a person's own account, outside any tenant."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from apps.tenants.models import User


class ProfileForm(forms.ModelForm[User]):
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("system", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    single_keys = forms.BooleanField(
        label=_("Single-letter shortcuts in the console"),
        help_text=_("Switch off if you dictate or use a screen reader that sends letters."),
        required=False,
    )

    class Meta:
        model = User
        fields = ["name", "locale", "theme", "single_keys"]
        labels = {"name": _("Name")}
        help_texts = {"name": _("As your colleagues see it.")}


class BusinessForm(forms.Form):
    business = forms.CharField(label=_("Business name"), max_length=120)


class JoinForm(forms.Form):
    """A new person who accepts an invitation; the address is the invitation's."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html(),
    )

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email = email

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        person = User(email=self.email, name=values.get("name", ""))
        if "password" in values:
            try:
                password_validation.validate_password(values["password"], person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return values
