"""`manage.py platforms_table --write`: bring docs/platforms.md up to date."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from apps.connections.platforms_table import document

PAGE = Path(settings.BASE_DIR) / "docs" / "platforms.md"


class Command(BaseCommand):
    help = "Print what every platform can do; with --write into docs/platforms.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true")

    def handle(self, *args: object, write: bool, **options: object) -> None:
        if write:
            PAGE.write_text(document(), "utf-8")
            self.stdout.write(f"wrote {PAGE}")
        else:
            self.stdout.write(document())
