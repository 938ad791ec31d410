"""One part of ``evergrow bench work`` in a process of its own: ``python -m evergrow.success.bench.process PART``.

It looks for garbage as seldom as the server does.
"""

import os
import sys
from importlib import import_module


def main(part: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from evergrow.lib import pauses
    from evergrow.success.bench import PARTS, as_rows

    call_command("migrate", verbosity=0)
    measured = import_module(PARTS[part])
    pauses.keep_short()
    print(as_rows(measured.measure()))


if __name__ == "__main__":
    main(sys.argv[1])
