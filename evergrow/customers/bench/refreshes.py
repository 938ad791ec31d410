"""Refreshes of segments, as ``evergrow bench segments`` measures them."""

from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.bench import crowd
from evergrow.customers.models import Segment, SegmentVersion
from evergrow.customers.segments import membership, overlap, refresh
from evergrow.customers.segments.canon import Numbers
from evergrow.lib import bench
from evergrow.lib.bench import Result
from evergrow.workspaces.models import Workspace

SEGMENTS, ARRIVED = 200, 100_000
FULL: dict[str, Any] = {
    "all": [
        {"trait": "plan", "is": ["Pro", "Business"]},
        {"did": "event_0", "times": {"at_least": 2}, "within": {"days": 30}},
    ]
}


def refreshes(workspace: Workspace, people: int, events: int) -> list[Result]:
    """A first filling, a refresh with comings and goings, then 200 segments after 100,000 new events."""
    one = _segment(workspace, "full", FULL)
    (first,) = bench.durations(lambda: refresh.refresh(workspace, [one]), repeats=1)
    _shake(workspace, one, people)
    counted: list[refresh.Done] = []
    (again,) = bench.durations(lambda: counted.append(refresh.refresh(workspace, [one])), repeats=1)
    some = [_segment(workspace, f"s{place}", _criteria(place)) for place in range(SEGMENTS)]
    refresh.refresh(workspace, some)
    _arrive(workspace, people)
    (many,) = bench.durations(lambda: counted.append(refresh.refresh_due(workspace)), repeats=1)
    (eight,) = bench.durations(lambda: overlap.overlap(workspace, some[:8]), repeats=1)
    done, touched = counted[0], len(counted[1].refreshed)
    return [
        Result("refresh: first filling", round(first, 3), "s", "lower", 10.0),
        Result(f"refresh: {done.entered:,} came, {done.left:,} left", round(again, 3), "s", "lower", 10.0),
        Result(f"refresh: {touched} segments after {ARRIVED:,} events", round(many, 2), "s", "lower", 20.0),
        Result("overlap of eight", round(eight, 3), "s", "lower"),
    ]


def _segment(workspace: Workspace, key: str, data: Any) -> Segment:
    from evergrow.customers.actions.segments import needs_of

    made = Segment.objects.create(workspace=workspace, key=key, name=key, kind="person")
    asked = criteria.parse(data, "person", workspace)
    SegmentVersion.objects.create(
        segment=made, number=1, state="published", criteria=criteria.as_data(asked), needs=needs_of(asked)
    )
    return made


def _criteria(place: int) -> Any:
    """Two hundred different ones: a trait and an event in a window, some with a second event or a measure."""
    name, days = f"event_{place % crowd.NAMES}", (7, 14, 30, 60, 90)[place % 5]
    parts: list[Any] = [
        {"trait": "score", "over": place % 90},
        {"did": name, "times": {"at_least": 1 + place % 3}, "within": {"days": days}},
    ]
    if place % 4 == 1:
        parts.append({"did_not": f"event_{(place + 7) % crowd.NAMES}", "within": {"days": days}})
    if place % 10 == 2:
        parts[1] = {"did": name, "measure": {"sum": "amount"}, "at_least": 300, "within": {"days": days}}
    return {"all": parts}


def _shake(workspace: Workspace, one: Segment, people: int) -> None:
    """Let the stored members differ from the true ones: every fifth is another person."""
    now: Numbers = membership.stored(one)
    others = np.random.default_rng(crowd.SEED).integers(1, people + 1, len(now) // 5).astype(np.uint32)
    shaken = np.union1d(now[np.arange(len(now)) % 5 > 0], others)
    one.refresh_from_db()
    assert one.as_of is not None
    part = membership.Written(one, one.as_of, 1, shaken, shaken[:0], shaken[:0], "")
    warehouse.execute("delete from segment_versions where segment = {segment:UInt32}", segment=one.pk)
    membership.write_members([part], [workspace.today()])


def _arrive(workspace: Workspace, people: int) -> None:
    """New events of the last day, of all names."""
    last = ARRIVED * (crowd.DAYS - 1)
    crowd._events(workspace, people, last, ARRIVED, ARRIVED * crowd.DAYS, np.random.default_rng(1))
