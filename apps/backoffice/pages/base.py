"""A list that operators read: nothing is edited in place, every change is an act with a reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from apps.backoffice.acts.act import Act
from apps.backoffice.acts.catalogue import acts_on

MOST = 1000  # rows that one act may change
NAMED = 20  # of which so many are named before it is confirmed


class OperatorPage(ModelAdmin):  # type: ignore[misc]
    """`only` names the columns that the operator's role may read; others are never asked for."""

    only: ClassVar[Sequence[str]] = ()
    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True
    actions_on_top = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.only(*self.only) if self.only else rows

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self.fields or ()

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {act.slug: (_offer(act), act.slug, act.title) for act in acts_on(self.model)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _offer(act: Act) -> Callable[..., HttpResponseBase | None]:
    """The action in the list: asks for confirmation and a reason; `views.act_page` does it."""

    def ask(page: OperatorPage, request: HttpRequest, rows: QuerySet[Model]) -> HttpResponseBase | None:
        ids = [str(pk) for pk in rows.order_by().values_list("pk", flat=True)[: MOST + 1]]
        if len(ids) > MOST:
            page.message_user(request, _("At most 1,000 rows at once. Narrow the list."), messages.ERROR)
            return None
        context = {**page.admin_site.each_context(request), "act": act, "ids": ids, "title": act.title}
        context["names"] = [str(row) for row in rows[:NAMED]] if act.named else []
        return TemplateResponse(request, "admin/act.html", context)

    return ask
