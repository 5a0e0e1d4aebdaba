"""How people sign up and in: the form's own field, and what allauth asks us."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from apps.core import tenancy
from apps.portal.preferences import apply_preferences
from apps.tenants import access_changed, audit, doors
from apps.tenants.models import User
from apps.tenants.register import register_tenant


class SignUpForm(forms.Form):
    """Asks for the business's name beside what allauth asks for."""

    business = forms.CharField(
        label=_("Business name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth requires it; the business is made by `AccountAdapter.save_user`, with the person."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The person and their business in one transaction: neither exists without the other.

        Of two sign-ups with one address at the same time the later gets the answer that a known address
        gets, which tells nothing.
        """
        user.locale = get_language() or ""
        try:
            with transaction.atomic():
                super().save_user(request, user, form, commit=True)
                register_tenant(user, form.cleaned_data["business"], locale=user.locale or "en")
        except IntegrityError as error:
            raise ImmediateHttpResponse(self.respond_email_verification_sent(request, None)) from error
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of whoever reads it, who need not be the one who asked for it."""
        user = context.get("user")
        with translation.override(getattr(user, "locale", "") or get_language()):
            super().send_mail(template_prefix, email, context)

    def send_account_already_exists_mail(self, email: str) -> None:
        """Takes the time that a new password takes, so that the answer's time tells nothing either."""
        make_password("a known address")
        super().send_account_already_exists_mail(email)

    def set_password(self, user: User, password: str) -> None:
        """Changed or reset: every session and socket of the person ends."""
        with transaction.atomic():
            super().set_password(user, password)
            access_changed.publish(user.pk, sign_out=True)

    def post_login(self, request: HttpRequest, user: User, **options: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().post_login(request, user, **options)
        for place in doors.places_of(user.pk):
            with tenancy.scope(place.tenant_id):
                audit.record("person.signed_in", actor=user.email, subject=user.email)
        return apply_preferences(response, user)
