"""When people were seen first and last, learnt from events that arrived, at most once a minute.

The relational store says the same, but noting every change there would weigh on the capture.
"""

import time
from datetime import datetime, timedelta

from evergrow import warehouse
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

GAP = 60.0
LOOK_BACK = timedelta(hours=1)
_done: dict[int, tuple[float, datetime, str]] = {}


def refresh(workspace: Workspace) -> None:
    """Write the moments that events since the last look have moved."""
    before = _done.get(workspace.pk)
    if before and time.monotonic() - before[0] < GAP:
        return
    version = warehouse.version(workspace.pk)
    now = clock.now()
    if before is None or before[2] != version:
        since = (before[1] if before else now) - LOOK_BACK
        warehouse.execute(
            warehouse.statement("customers", "seen"), workspace=workspace.pk, since=since, version=time.time_ns()
        )
    _done[workspace.pk] = (time.monotonic(), now, version)
