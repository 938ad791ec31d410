"""A store that has been at work for a while: ``python -m evergrow.intake.bench.fill EVENTS`` before it is measured.

The events are made by the store itself and go through its rollups like any others: 90 days of 5,000 people at 500
accounts, each with a message id of its own.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
django.setup()

from evergrow import warehouse  # noqa: E402
from evergrow.workspaces.models import Workspace  # noqa: E402

BLOCK = 500_000


def fill(events: int) -> None:
    """Add this many events to the only workspace."""
    warehouse.migrate()
    workspace = Workspace.objects.get()
    for first in range(0, events, BLOCK):
        warehouse.execute(
            warehouse.statement("intake", "bench_fill"),
            workspace_id=workspace.pk,
            first=first,
            size=min(BLOCK, events - first),
            total=events,
        )
    warehouse.close()


if __name__ == "__main__":
    fill(int(sys.argv[1]))
