"""The whole of ``evergrow bench insight``: a tenth of the events, all of them, and all while more arrive."""

import json
import sys
from typing import Any

from evergrow.lib import bench
from evergrow.lib.bench import Result

ARRIVING = 10_000


def measure(events: int, seconds: float) -> dict[str, Any]:
    """Fill a store in two steps, time every case after each, then while 10,000 events a second arrive."""
    from django.core.management import call_command

    from evergrow import warehouse
    from evergrow.insight.bench import arriving, fill, timing

    warehouse.migrate()
    call_command("migrate", verbosity=0)
    member = fill.workspace()
    fill.events(member.workspace, 0, events // 10)
    small = timing.every(member, seconds)
    fill.events(member.workspace, events // 10, events)
    large = timing.every(member, seconds)
    results = [Result("events", events, "events", "higher")]
    for timed in large:
        results += timed.results()
        results += timed.growth(small, f"{events // 10:,} to {events:,}")
    results += arriving.results(member, events, max(seconds * 2, 3.0), ARRIVING)
    return bench.report("insight", warehouse.describe(), results)


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure(int(sys.argv[1]), float(sys.argv[2])), ensure_ascii=False))
