"""A person's own profile, and the one-time link that signs them in."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from apps.portal.forms.account import ProfileForm
from apps.portal.preferences import apply_preferences
from apps.portal.signed_in import SignedInRequest
from apps.tenants import sign_in_link


@login_required
def profile(request: SignedInRequest) -> HttpResponse:
    initial = {"locale": request.user.locale or translation.get_language()}
    form = ProfileForm(request.POST or None, instance=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        with translation.override(user.locale):
            messages.success(request, _("Your profile is saved."))
        return apply_preferences(redirect("site:profile"), user)
    return render(request, "portal/profile.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """A page with one button: programs that look at links in mails do not press it. Used, expired and
    invented links get the same answer."""
    if request.method != "POST":
        good = sign_in_link.is_good(token)
        return render(request, "portal/sign_in_link.html", {"good": good}, status=200 if good else 404)
    used = sign_in_link.use(token)
    if used is None:
        return render(request, "portal/sign_in_link.html", {"good": False}, status=404)
    user, path = used
    response: HttpResponseBase = perform_login(request, user, redirect_url=path or None)
    return response
