"""One part of ``evergrow bench work`` in a process of its own: ``python -m evergrow.success.bench.process PART``."""

import os
import sys
from importlib import import_module


def main(part: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from evergrow.success.bench import PARTS, as_rows

    call_command("migrate", verbosity=0)
    print(as_rows(import_module(PARTS[part]).measure()))


if __name__ == "__main__":
    main(sys.argv[1])
