from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from apps.tenants.management.operator_command import OperatorCommand
from apps.tenants.models import User
from apps.tenants.sign_in_link import make_link


class Command(OperatorCommand):
    help = "Print a link that signs a person in, once, within 24 hours."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--next", default="", metavar="PATH", help="where to go after signing in")

    def run(self, *, email: str, next: str, **_: Any) -> dict[str, Any]:
        user = User.objects.filter(email=email.lower(), is_active=True).first()
        if user is None:
            raise CommandError(f"nobody here has the address {email!r}")
        try:
            return {"url": make_link(user, next=next)}
        except ValueError as error:
            raise CommandError(str(error)) from error
