"""Accepting an invitation: who holds the link owns the address it was mailed to."""

from __future__ import annotations

from allauth.account.utils import perform_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from apps.portal.forms.account import JoinForm
from apps.portal.inbox_address import inbox_of
from apps.tenants import invite
from apps.tenants.invite import NotGood, Offer
from apps.tenants.models import Role, User
from apps.tenants.person import owner_of, owns


@never_cache
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """Used, expired, revoked and invented links get the same 404."""
    offer = invite.find(token)
    if offer is None:
        return _not_good(request)
    try:
        if request.user.is_authenticated:
            return _as_signed_in(request, offer, request.user)
        if owner_of(offer.email) is not None:
            return _show(request, offer, "sign_in")
        return _as_new(request, offer)
    except NotGood:
        return _not_good(request)


def _as_signed_in(request: HttpRequest, offer: Offer, user: User) -> HttpResponseBase:
    if not owns(user, offer.email):
        return _show(request, offer, "other_person")
    if request.method != "POST":
        return _show(request, offer, "accept")
    invite.accept(offer, user)
    return redirect(inbox_of(offer.tenant_slug))


def _as_new(request: HttpRequest, offer: Offer) -> HttpResponseBase:
    form = JoinForm(request.POST or None, email=offer.email)
    if request.method != "POST" or not form.is_valid():
        return _show(request, offer, "new", form=form)
    values = form.cleaned_data
    membership = invite.accept_as_new(offer, name=values["name"], password=values["password"])
    response: HttpResponseBase = perform_login(
        request, membership.user, redirect_url=inbox_of(offer.tenant_slug)
    )
    return response


def _show(request: HttpRequest, offer: Offer, way: str, **more: object) -> HttpResponse:
    login = f"{reverse('account_login')}?{urlencode({'next': request.path})}"
    facts = {"offer": offer, "role": Role(offer.role).label, "way": way, "login_url": login, **more}
    form = more.get("form")
    bad = isinstance(form, JoinForm) and bool(form.errors)
    return render(request, "portal/join.html", facts, status=422 if bad else 200)


def _not_good(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/join_not_good.html", status=404)
