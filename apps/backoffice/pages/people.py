from __future__ import annotations

from django.contrib.admin import register
from django.utils.translation import gettext_lazy as _

from apps.backoffice.pages.base import OperatorPage
from apps.backoffice.pages.shown import shown
from apps.backoffice.site import site
from apps.tenants.models import Membership, User


@register(User, site=site)
class UserPage(OperatorPage):
    """People without their passwords."""

    only = ("email", "name", "locale", "is_active", "is_staff", "date_joined", "last_login")
    list_display = ("email", "name", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("email", "name", "locale", "is_active", "is_staff", "date_joined", "last_login")


@register(Membership, site=site)
class MembershipPage(OperatorPage):
    list_display = ("person", "tenant", "role", "active", "created_at")
    list_filter = ("role", "active")
    list_select_related = ("tenant", "user")
    search_fields = ("user__email", "tenant__slug", "tenant__name")
    ordering = ("-created_at",)
    fields = ("user", "tenant", "role", "active", "created_at")

    @shown(_("Person"), ordering="user__email")
    def person(self, membership: Membership) -> str:
        return membership.user.email
