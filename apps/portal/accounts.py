"""How people sign up: the form and what allauth asks us."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    pass


class SignUpForm(forms.Form):
    """Asks for the business's name beside what allauth asks for."""

    business = forms.CharField(label=_("Business name"), max_length=120)

    def signup(self, request: HttpRequest, user: Any) -> None:
        return None
