#!/usr/bin/env python
"""Command line of GroupCare."""

import os
import sys


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupcare.settings")
    if sys.argv[1:] == ["run"]:
        # Loads no app, so that a warm start is quick.
        from groupcare.runtime.main import main as run

        sys.exit(run())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
