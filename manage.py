#!/usr/bin/env python
"""Commands for operators. In a checkout where `bin/up` ran they find its database and keys by themselves."""

import os
import sys
from pathlib import Path

from apps.core.running.environment import known


def main() -> None:
    os.environ.update(known(Path(__file__).resolve().parent, os.environ))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
