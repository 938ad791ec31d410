"""What ``evergrow bench segments`` measures, one function a part."""

import resource
from collections.abc import Callable
from typing import Any

from evergrow.lib import bench
from evergrow.lib.bench import Result

Part = Callable[[Any, int, int], list[Result]]


def measure(people: int, events: int, more: tuple[Part, ...] = ()) -> dict[str, Any]:
    """Make up the crowd, then run every part, and ``more`` of rooms above."""
    from django.core.management import call_command

    from evergrow import warehouse
    from evergrow.customers.bench import crowd, questions, refreshes

    parts: tuple[Part, ...] = (questions.mirror_of_rows, questions.previews, questions.one_subject, refreshes.refreshes)
    warehouse.migrate()
    call_command("migrate", verbosity=0)
    workspace = crowd.make(people, events)
    results = [Result("people", people, "people", "higher"), Result("events", events, "events", "higher")]
    for part in (*parts, *more):
        results += part(workspace, people, events)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    results.append(Result("most memory in use", round(peak, 2), "GiB", "lower", 2.0))
    return bench.report("segments", warehouse.describe(), results)
