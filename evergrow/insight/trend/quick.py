"""Different people by the day … year, and those by a fact of accounts, from sets kept in memory.

The rows are those of ``compile.series``, much sooner; what is not as plain is asked in SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.insight import period
from evergrow.insight.funnel.people import People, Persons
from evergrow.insight.memory import Rows
from evergrow.insight.period import Bucket, Interval
from evergrow.insight.sets import accounts, bits, kept
from evergrow.insight.sets.bits import Bits
from evergrow.insight.sets.kept import Found
from evergrow.insight.statement import Statement
from evergrow.insight.trend.parts import Shown, is_single, placed
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import EVERY_EVENT, Measure

Placed = tuple[Sequence[str], Mapping[int, int]]
Parted = dict[tuple[int, int], Bits]  # sets by the place of a bucket and of a part


def is_plain(plan: Plan) -> bool:
    """Whether a plan may be answered without the SQL."""
    return (
        plan.asked.measure is Measure.PEOPLE
        and plan.asked.event != EVERY_EVENT
        and not (plan.question.is_cumulative or plan.is_hourly or plan.accounts)
        and is_single(plan)
        and (plan.table == "person_accounts" or (plan.table == "activity" and not plan.part_of))
    )


def sooner(plan: Plan, buckets: Sequence[Bucket], shown: Shown, statement: Statement) -> Statement:
    """The statement of ``compile.series``, answered from memory where the plan is plain."""
    if not is_plain(plan):
        return statement
    parts = placed(plan, shown) if plan.part_of else None
    return replace(statement, shortcut=lambda: rows(plan, buckets, parts))


def rows(plan: Plan, buckets: Sequence[Bucket], parts: Placed | None) -> Rows | None:
    """What the statement finds; None where it must be asked. ``parts``: the parts as ``placed`` gives them."""
    first, last = buckets[0].first, buckets[-1].last
    found = kept.find(plan.workspace.pk, plan.asked.event, first, last)
    if found is None:
        return None
    place_of = _places(plan, found, first)
    if parts:
        return _by_part(plan, found, place_of, first, last, parts)
    return _together(found, place_of)


def _places(plan: Plan, found: Found, first: date) -> dict[date, int]:
    """The bucket of each day as rows name it."""
    interval, week_start = plan.question.interval, plan.workspace.week_start
    anchor = period.begin(first, interval, week_start)
    return {day: _place(day, anchor, interval) for day in found.days}


def _place(day: date, anchor: date, interval: Interval) -> int:
    if interval in period.MONTHS:
        months = (day.year - anchor.year) * 12 + day.month - anchor.month
        return months // period.MONTHS[interval]
    return (day - anchor).days // (7 if interval is Interval.WEEK else 1)


def _together(found: Found, place_of: Mapping[date, int]) -> Rows:
    """``bucket, part, is every bucket, is every part, value``, without parts."""
    buckets: dict[int, list[Bits]] = {}
    for day, each in found.days.items():
        buckets.setdefault(place_of[day], []).append(each.now)
    sets = {bucket: bits.union(each) for bucket, each in buckets.items()}
    rows = [(bucket, "", 0, 1, bits.size(each)) for bucket, each in sorted(sets.items())]
    return [*rows, (0, "", 1, 1, bits.size(bits.union(sets.values())))] if rows else []


def _by_part(plan: Plan, found: Found, place_of: Mapping[date, int], first: date, last: date, named: Placed) -> Rows:
    """The same by parts, in the order of the statement where that has one."""
    names, part_of = named
    at = accounts.known(plan.workspace.pk)
    places = np.ones(max(part_of, default=0) + 2, dtype=np.uint32)  # the last one is for all accounts after these
    places[list(part_of)] = list(part_of.values())
    part = at.place(places)
    parts = _cut(found, place_of, part)
    if at.at_several:
        _add_several(plan, found.people, parts, first, last, places)
    return _cube(parts, names)


def _cut(found: Found, place_of: Mapping[date, int], part: Persons) -> Parted:
    """Each bucket's people who are at one account, by the part of that; merged ones as the one they became."""
    buckets: dict[int, list[Bits]] = {}
    for day, each in found.days.items():
        buckets.setdefault(place_of[day], []).append(each.did)
    members = {place: bits.packed(part == place) for place in np.flatnonzero(np.bincount(part)).tolist() if place}
    is_numbered = found.people.before < len(part)
    before, now = found.people.before[is_numbered], found.people.now[is_numbered]
    part_before = part.take(before)
    parts: Parted = {}
    for bucket, sets in buckets.items():
        whole = bits.union(sets)
        were = bits.holding(whole, before)
        for place, some in members.items():
            moved = were & (part_before == place)
            parts[bucket, place] = bits.exchanged(bits.both(whole, some), before[moved], now[moved])
    return parts


def _add_several(
    plan: Plan, people: People, parts: Parted, first: date, last: date, places: np.ndarray[Any, Any]
) -> None:
    """Add the people at several accounts, by the accounts of their events."""
    columns = warehouse.columns(
        warehouse.statement("insight", "accounts_of_events"),
        workspace=plan.workspace.pk,
        event=plan.asked.event,
        first=first,
        last=last,
    )
    if not len(columns.get("person", ())):
        return
    anchor = period.begin(first, plan.question.interval, plan.workspace.week_start)
    days = range(int(columns["place"].max()) + 1)
    bucket_of = np.array([_place(first + timedelta(days=day), anchor, plan.question.interval) for day in days])
    buckets = bucket_of[columns["place"]]
    of_account = places.take(np.minimum(columns["account"], len(places) - 1))
    keys = buckets.astype(np.int64) * (int(places.max()) + 1) + of_account
    order = np.argsort(keys, kind="stable")
    keys, person = keys[order], people.joined(columns["person"])[order]
    starts = np.concatenate(([0], np.flatnonzero(keys[1:] != keys[:-1]) + 1))
    for key, some in zip(keys[starts].tolist(), np.split(person, starts[1:]), strict=True):
        where = divmod(key, int(places.max()) + 1)
        parts[where] = bits.union((parts.get(where, bits.NOBODY), bits.of(some)))


def _cube(parts: Parted, names: Sequence[str]) -> Rows:
    """A row for each bucket and part, each bucket, each part, and all of them."""
    buckets: dict[int, list[Bits]] = {}
    of_parts: dict[int, list[Bits]] = {}
    rows: Rows = []
    for (bucket, place), who in sorted(parts.items()):
        buckets.setdefault(bucket, []).append(who)
        of_parts.setdefault(place, []).append(who)
        rows.append((bucket, names[place - 1], 0, 0, bits.size(who)))
    whole = {place: bits.union(each) for place, each in of_parts.items()}
    rows += [(bucket, "", 0, 1, bits.size(bits.union(each))) for bucket, each in sorted(buckets.items())]
    rows += [(0, names[place - 1], 1, 0, bits.size(each)) for place, each in sorted(whole.items())]
    return [*rows, (0, "", 1, 1, bits.size(bits.union(whole.values())))] if rows else []
