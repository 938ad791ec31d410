"""The whole of ``evergrow bench insight``: a tenth of the events, all of them, and all while more arrive."""

import json
import sys
from typing import TYPE_CHECKING, Any

from evergrow.lib import bench
from evergrow.lib.bench import Result

if TYPE_CHECKING:
    from evergrow.insight.bench.timing import Timed
    from evergrow.workspaces.models import Member

ARRIVING = 10_000


def measure(events: int, seconds: float) -> dict[str, Any]:
    """Fill a store in two steps, time every case after each, then while 10,000 events a second arrive."""
    from evergrow.insight.bench import fill, timing

    member = _begin()
    fill.events(member.workspace, 0, events // 10)
    fill.watch(member.workspace)
    small = timing.every(member, seconds)
    fill.events(member.workspace, events // 10, events)
    return _report(member, events, seconds, small)


def fill_only(events: int) -> dict[str, Any]:
    """Fill a store that is kept."""
    from evergrow.insight.bench import fill

    fill.events(_begin().workspace, 0, events)
    return {}


def measure_filled(events: int, seconds: float) -> dict[str, Any]:
    """The same as ``measure`` of a store that was filled before, without what it was like when it was smaller."""
    from evergrow import warehouse
    from evergrow.workspaces.models import Member

    warehouse.migrate()
    return _report(Member.objects.get(), events, seconds, [])


def _begin() -> "Member":
    from django.core.management import call_command

    from evergrow import warehouse
    from evergrow.insight.bench import fill

    warehouse.migrate()
    call_command("migrate", verbosity=0)
    return fill.workspace()


def _report(member: "Member", events: int, seconds: float, small: "list[Timed]") -> dict[str, Any]:
    from evergrow import warehouse
    from evergrow.insight.bench import arriving, fill, timing

    results = [Result("events", events, "events", "higher")]
    taken, size = fill.watch(member.workspace)
    results.append(Result("filling a watched property, processors", round(taken, 3), "s", "lower"))
    results.append(Result("a watched property on disk", round(size / 2**20, 3), "MiB", "lower"))
    for timed in timing.every(member, seconds):
        results += timed.results()
        results += timed.growth(small, f"{events // 10:,} to {events:,}")
    results += arriving.results(member, events, max(seconds * 2, 3.0), ARRIVING)
    return bench.report("insight", warehouse.describe(), results)


def _main(events: str, seconds: str, way: str = "") -> dict[str, Any]:
    if way == "fill":
        return fill_only(int(events))
    return (measure_filled if way == "filled" else measure)(int(events), float(seconds))


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_main(*sys.argv[1:]), ensure_ascii=False))
