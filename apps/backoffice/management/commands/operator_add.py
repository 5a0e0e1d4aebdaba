from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.urls import reverse

from apps.tenants import access_changed
from apps.tenants.management.operator_command import OperatorCommand, email_address, text_up_to
from apps.tenants.person import ensure_person
from apps.tenants.sign_in_link import make_link


class Command(OperatorCommand):
    help = (
        "Make a person an operator of this service, or (--remove) no longer one. Repeating changes nothing."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", type=email_address)
        parser.add_argument("--name", default="", type=text_up_to(120, empty=True))
        parser.add_argument(
            "--remove", action="store_true", help="take the right away and end their sessions"
        )

    def run(self, *, email: str, name: str, remove: bool, **_: Any) -> dict[str, Any]:
        user, _new = ensure_person(email, name=name)
        changed = user.is_staff is remove
        if changed:
            user.is_staff = not remove
            user.save(update_fields=["is_staff"])
            access_changed.publish(user.pk, sign_out=remove)
        result = {"email": user.email, "operator": user.is_staff, "changed": changed}
        return result if remove else {**result, "link": make_link(user, next=reverse("admin:index"))}
