"""Choosing one of the platform's approved messages and filling it in; sending it is `messages.send`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from apps.console import price_words, templates, wording
from apps.console.customers import customer_of, language_of
from apps.console.drafts import optional_id
from apps.console.views.reach import conversation_seen
from apps.conversations.models import AuthorKind
from apps.conversations.send import Author, decide
from apps.platforms.windows import Price, Takes
from apps.tenants.page import TenantRequest, tenant_page

MAX_QUERY = 100


@never_cache
@require_safe
@tenant_page()
def picker(request: TenantRequest, pk: UUID) -> HttpResponse:
    """The search, or with ?template= one to fill in: a page, and for htmx only what changes."""
    conversation = conversation_seen(request, pk)
    author = Author(kind=AuthorKind.MEMBER, membership=request.membership)
    decision = decide(conversation, author, takes=Takes.TEMPLATE, marketing=True)
    no_marketing = wording.no_marketing(decision, conversation.channel)
    if no_marketing:
        decision = decide(conversation, author, takes=Takes.TEMPLATE)
    context: dict[str, Any] = {
        "slug": request.tenant.slug,
        "pk": conversation.pk,
        "view": request.GET.get("view", "all")[:80],
        "customer": customer_of(conversation.contact),
        "language": language_of(conversation.locale),
    }
    wanted = optional_id(request.GET.get("template", ""))
    if wanted:
        context["form"] = templates.form_of(conversation, wanted, no_marketing=no_marketing)
        if context["form"] is None:
            raise Http404
        if decision.price == Price.BILLED:
            category = context["form"].template.category
            platform = wording.short_name(conversation.channel.platform)
            context["cost"] = price_words.for_template(conversation, category, platform)
    else:
        words = request.GET.get("q", "").strip()[:MAX_QUERY]
        context["found"] = templates.search(conversation, words, no_marketing=no_marketing)
    return render(request, _part(request), context)


def _part(request: TenantRequest) -> str:
    asked = request.headers.get("HX-Target", "") if request.headers.get("HX-Request") else "page"
    parts = {"page": "console/templates_page.html", "template-list": "console/template_list.html"}
    return parts.get(asked, "console/templates.html")
