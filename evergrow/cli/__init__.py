"""The command line: ``evergrow --help``. Each command is one small module that calls the rooms' actions."""

import argparse
import os
import sys
from importlib import import_module

COMMANDS = [
    *("up", "serve", "sample", "importing", "configuration", "bench", "doctor", "backup", "restore", "search"),
    *("members", "keys"),
]

DESCRIPTION = """Evergrow (长青): running a product through its whole life.

Settings are environment variables, all listed in docs/settings.md. The data folder is EVERGROW_DATA."""


def main(argv: list[str] | None = None) -> None:
    """Run one command; the exit code tells whether it worked."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    argv = sys.argv[1:] if argv is None else argv
    if argv[:1] == ["manage"]:
        return manage(argv)
    start_django()
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Refused as refusal:
        sys.exit(f"evergrow: {refusal}")
    return None


class Refused(Exception):
    """A command cannot do what was asked; the text says why and what to do."""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="evergrow", description=DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"evergrow.cli.{name}").add_to(commands)
    commands.add_parser("manage", help="run a Django management command, for example: evergrow manage shell")
    return top


def start_django() -> None:
    """Read the settings and load the rooms; a bad setting ends the program with its sentence."""
    import django

    from evergrow.lib.env import BadSetting

    try:
        django.setup()
    except BadSetting as bad:
        sys.exit(f"evergrow: {bad}")


def manage(argv: list[str]) -> None:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["evergrow manage", *argv[1:]])
