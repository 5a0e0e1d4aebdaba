"""The page with the phones: choose a customer, see both of their conversations, make things hard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.connections.connect import connect_channel
from apps.connections.credentials import FieldError
from apps.connections.said import platform_name
from apps.sandbox import accounts, choosing, delivery, faults, phones, screen, simulators, wire
from apps.sandbox.models import FaultKind, SandboxAccount, SandboxPhone
from apps.tenants.page import TenantRequest, tenant_page

FAULT_WORDS = {
    FaultKind.DUPLICATE: gettext_lazy("Deliver every webhook twice"),
    FaultKind.REORDER: gettext_lazy("Shuffle the order of webhooks"),
    FaultKind.SLOW: gettext_lazy("Answer after five seconds"),
    FaultKind.THROTTLE: gettext_lazy("Answer 429 for 30 s"),
    FaultKind.ERROR: gettext_lazy("Answer 500"),
    FaultKind.LOST: gettext_lazy("Lose the answer after accepting"),
    FaultKind.FORBIDDEN: gettext_lazy("Answer 403"),
    FaultKind.LARGE: gettext_lazy("Send picked answers by reference"),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What can be made hard at an account: (kind, words, whether it is)."""

    account: SandboxAccount
    name: str
    kinds: Sequence[tuple[str, object, bool]]

    @property
    def any(self) -> bool:
        return any(on for _, _, on in self.kinds)


@require_safe
@tenant_page("agent")
def phone(request: TenantRequest, pk: UUID | None = None) -> HttpResponse:
    """One customer's phones; the newest customer's without `pk`. ?on= chooses the network."""
    delivery.wake()
    chosen = SandboxPhone.objects.filter(pk=pk).first() if pk else SandboxPhone.objects.last()
    if pk and chosen is None:
        raise Http404
    if chosen is None:
        return render(request, "sandbox/empty.html", {"section": "sandbox"})
    picking = request.GET.get("pick", "")
    threads = phones.threads_of(chosen)
    on = choosing.shown(threads, request.GET.get("on", ""))
    wanted = [thread for thread in threads if on in (choosing.ALL, thread.account.platform)]
    found = [screen.of(thread, picking=picking) for thread in wanted]
    context = {
        "section": "sandbox",
        "phone": chosen,
        "phones": list(SandboxPhone.objects.order_by("-created_at")[:12]),
        "screens": found,
        "shown": on,
        "shows_messages_app": any(each.account.platform == "apple_messages" for each in wanted),
        "networks": [(each.account.platform, platform_name(each.account.platform)) for each in threads],
        "troubles": [_troubles(seen.thread.account) for seen in found],
        "locales": phones.LOCALES,
        "capabilities": [(name, name in chosen.capabilities) for name in phones.CAPABILITIES],
        "lines": wire.recent(),
        "may_connect": request.membership.may("admin"),
        "more": _more(),
    }
    return render(request, "sandbox/phone.html", context)


@require_POST
@tenant_page("agent")
def new(request: TenantRequest) -> HttpResponse:
    """Another customer; the first one comes with the accounts of the simulated platforms."""
    if SandboxPhone.objects.exists():
        made = phones.new_phone(locale=_locale(request))
    else:
        made = phones.ensure_phone()
    return _to(request, made)


@require_POST
@tenant_page("agent")
def add(request: TenantRequest, platform: str) -> HttpResponse:
    """An account of this business with one more simulated platform; idempotent."""
    if platform not in simulators.SLUGS:
        raise Http404
    accounts.ensure_account(platform)
    wanted = _uuid(request.POST.get("phone", ""))
    return _to(request, phones.find(wanted) if wanted else None, on=platform)


@require_POST
@tenant_page("agent")
def device(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Change what the phone is: its language, what it can show, whether it has a network."""
    chosen = phones.find(pk)
    if chosen is None:
        raise Http404
    try:
        if "locale" in request.POST:
            phones.set_locale(chosen, request.POST["locale"])
        if "capability" in request.POST:
            phones.set_capability(chosen, request.POST["capability"], on=_on(request))
        if "network" in request.POST:
            phones.set_offline(chosen, on=_on(request))
    except ValueError:
        raise Http404 from None
    return _to(request, chosen)


@require_POST
@tenant_page("agent")
def fault(request: TenantRequest, pk: UUID, kind: str) -> HttpResponse:
    account = _account(pk)
    if kind not in FaultKind.values:
        raise Http404
    faults.switch(account, FaultKind(kind), on=_on(request))
    wanted = _uuid(request.POST.get("phone", ""))
    return _to(request, phones.find(wanted) if wanted else None)


@require_POST
@tenant_page("admin")
def connect(request: TenantRequest, pk: UUID) -> HttpResponse:
    """Make a channel of the account, exactly as the form in the portal does."""
    account = _account(pk)
    actor = request.membership.user.email
    try:
        connect_channel(account.platform, name="", credentials=accounts.credentials(account), actor=actor)
    except FieldError as error:
        messages.error(request, _("Not connected: %(words)s") % {"words": error.words})
    return _to(request, None)


@require_safe
@tenant_page("agent")
def lines(request: TenantRequest) -> HttpResponse:
    """What crossed the wire lately."""
    return render(request, "sandbox/wire.html", {"lines": wire.recent()})


def _account(pk: UUID) -> SandboxAccount:
    found = SandboxAccount.objects.filter(pk=pk, platform__in=simulators.SLUGS).first()
    if found is None:
        raise Http404
    return found


def _more() -> list[tuple[str, str]]:
    """Platforms on which this business has no account yet."""
    have = set(SandboxAccount.objects.values_list("platform", flat=True))
    return [(slug, platform_name(slug)) for slug in simulators.SLUGS if slug not in have]


def _troubles(account: SandboxAccount) -> Trouble:
    on = faults.active(account)
    kinds = [kind for kind in FAULT_WORDS if kind in simulators.of(account).faults]
    rows = [(kind.value, FAULT_WORDS[kind], kind in on) for kind in kinds]
    return Trouble(account, platform_name(account.platform), rows)


def _locale(request: HttpRequest) -> str:
    given = request.POST.get("locale", "")
    return given if given in phones.LOCALES else phones.LOCALES[0]


def _on(request: HttpRequest) -> bool:
    return request.POST.get("on") == "on"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _to(request: TenantRequest, chosen: SandboxPhone | None, *, on: str = "") -> HttpResponse:
    """The page again, with the network that it showed."""
    slug = request.tenant.slug
    arguments = [slug, chosen.pk] if chosen else [slug]
    address = reverse("phone:customer" if chosen else "phone:phone", args=arguments)
    on = on or request.POST.get("shown", "")
    return HttpResponseRedirect(f"{address}?{urlencode({'on': on})}" if on else address)
