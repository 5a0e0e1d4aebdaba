"""The shape of a command for operators and scripts: does one thing, can be repeated, prints its result."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import OperationalError

from apps.tenants import doors


class OperatorCommand(BaseCommand, ABC):
    """`run` returns what happened; `--json` prints it for programs, otherwise one "key: value" per line."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        self.arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self.run(**options)
        except OperationalError as error:
            words = str(error).splitlines()[0]
            raise CommandError(f"{words}\nThe database does not answer: is bin/up running?") from None
        if options["json"]:
            self.stdout.write(json.dumps(result, default=str))
        else:
            self.stdout.write("\n".join(f"{key}: {value}" for key, value in result.items()))

    @abstractmethod
    def arguments(self, parser: CommandParser) -> None:
        """What the command is given besides `--json`."""

    @abstractmethod
    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        """Do it; options by their names. Raises CommandError with words for the person at the terminal."""


def email_address(text: str) -> str:
    """An argument's type: a mistyped address would make a person whom nobody can reach."""
    try:
        validate_email(text)
    except ValidationError:
        raise ArgumentTypeError(f"{text!r} is not an e-mail address") from None
    return text.lower()


def text_up_to(length: int, *, empty: bool = False) -> Callable[[str], str]:
    """An argument's type: words that fit the column they are meant for."""

    def check(text: str) -> str:
        if not (text.strip() or empty):
            raise ArgumentTypeError("this cannot be empty")
        if len(text) > length:
            raise ArgumentTypeError(f"{len(text)} characters are more than the {length} that fit")
        return text.strip()

    return check


def tenant_id_of(slug: str) -> UUID:
    """Raises CommandError for an unknown tenant."""
    tenant_id = doors.tenant_named(slug)
    if tenant_id is None:
        raise CommandError(f"there is no tenant {slug!r}")
    return tenant_id
