"""Run a funnel: plan, compile, ask the store, put the answer together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.funnel import bins, compile, groups, plan, quick, window
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import FunnelQuestion, Group
from evergrow.insight.funnel.result import WHOLE, Branch, FunnelResult, Period, Spread, Waits
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Run
from evergrow.insight.trend.result import Part
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def ask(question: FunnelQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None) -> FunnelResult:
    """Answer a funnel as of now, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range cannot be used, ``warehouse.StoreUnavailable`` when nobody can answer now.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    running = Run(warehouse.version(workspace.pk))
    whole, parts, found = _branches(planned, running)
    as_of = clock.now()
    return FunnelResult(
        question=question,
        days=planned.days,
        whole=whole,
        parts=parts,
        parts_found=found,
        against=_against(planned, running),
        versus=_versus(planned, parts, running),
        spreads=whole.spreads,
        periods=_periods(planned, running, as_of) if question.over else (),
        is_open=_is_open(planned, Bucket(planned.days.first, planned.days.last), as_of),
        today=planned.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=as_of,
        version=running.version,
        table="events",
        statements=tuple(running.asked),
    )


def largest_parts(planned: Plan) -> list[str]:
    """The codes of the parts that a breakdown shows by name."""
    running = Run(warehouse.version(planned.workspace.pk))
    return [branch.part.code for branch in _branches(planned, running)[1] if branch.part.kind != "other"]


def _branches(planned: Plan, running: Run) -> tuple[Branch, tuple[Branch, ...], int]:
    """Everybody, the largest parts (and the others together, where subjects have one part each), how many there are."""
    split, size = planned.question.split, len(planned.steps)
    if split is None:
        return _everybody(planned, running), (), 0
    rows = running.rows(compile.branches(planned, name="parts", top=split.top))
    parts = tuple(_branch(Part.of(str(row[0])), row, size) for row in rows if not row[1])
    found = int(rows[0][2]) if rows else 0
    if plan.is_by_value(planned.question):
        return _everybody(plan.unsplit(planned), running), parts, found
    whole = _whole([row for row in rows if row[1]], size)
    return whole, (*parts, *_others(whole, parts)), found


def _everybody(planned: Plan, running: Run, name: str = "funnel") -> Branch:
    """The funnel without a breakdown."""
    asked = quick.sooner(planned, compile.branches(planned, name=name))
    return _whole(running.rows(asked), len(planned.steps))


def _whole(rows: Sequence[tuple[Any, ...]], size: int) -> Branch:
    return _branch(WHOLE, rows[0], size) if rows and rows[0][3] else Branch(WHOLE, (0,) * size, (None,) * size)


def _branch(part: Part, row: tuple[Any, ...], size: int) -> Branch:
    waits = [_waits(each) for each in row[4 : 4 + size]]
    spreads = tuple(
        _spread(place, each, counts)
        for place, (each, counts) in enumerate(zip(waits, row[4 + size :], strict=True), 1)
        if each
    )
    return Branch(part, tuple(int(count) for count in row[3]), (None, *waits[:-1]), waits[-1], spreads)


def _spread(place: int, waits: Waits, counts: Sequence[int]) -> Spread:
    cut = bins.cut(waits)
    return Spread(place, cut.begin, cut.width, tuple(int(count) for count in counts))


def _waits(found: Sequence[float]) -> Waits | None:
    count, *seconds = found
    if not count:
        return None
    shortest, median, p90, longest = (each / 1000 for each in seconds)
    return Waits(int(count), shortest, median, p90, longest)


def _others(whole: Branch, parts: Sequence[Branch]) -> Sequence[Branch]:
    shown = [sum(counts) for counts in zip(*(part.counts for part in parts), strict=True)] or [0] * len(whole.counts)
    counts = tuple(all_of - named for all_of, named in zip(whole.counts, shown, strict=True))
    return [Branch(Part("other"), counts)] if counts[0] else []


def _against(planned: Plan, running: Run) -> Branch | None:
    question = planned.question
    if question.against is None:
        return None
    other = replace(question, filters=question.against, against=None, split=None, over=None)
    others = plan.make(other, planned.workspace, today=planned.today, visible=planned.visible)
    return _everybody(others, running, "against")


def _versus(planned: Plan, parts: Sequence[Branch], running: Run) -> groups.Versus | None:
    asked = planned.question.versus
    if asked is None:
        return None
    one, other = (_compared(planned, group, parts, running) for group in asked)
    return groups.Versus(one, other)


def _compared(planned: Plan, group: Group, parts: Sequence[Branch], running: Run) -> groups.Compared:
    """A part of the breakdown as it was found (nobody, where it is none that is shown), or a segment asked anew."""
    if group.kind == groups.GroupKind.PART:
        nobody = Branch(Part.of(group.key), (0,) * len(planned.steps))
        found = next((branch for branch in parts if branch.part.code == group.key), nobody)
        return groups.Compared(group, found)
    narrowed, segment, members = groups.narrowed(planned, group)
    branch = _everybody(narrowed, running, "group")
    return groups.Compared(group, branch, segment.names, members)


def _periods(planned: Plan, running: Run, now: datetime) -> tuple[Period, ...]:
    rows = running.rows(compile.over_time(plan.unsplit(planned)))
    counts = {int(place): tuple(int(count) for count in found) for place, found in rows}
    nobody = (0,) * len(planned.steps)
    return tuple(
        Period(bucket, counts.get(place, nobody), _is_open(planned, bucket, now))
        for place, bucket in enumerate(planned.periods)
    )


def _is_open(planned: Plan, bucket: Bucket, now: datetime) -> bool:
    zone = planned.workspace.tz
    ends = datetime.fromtimestamp(window.midnight(bucket.last + timedelta(days=1), zone) / 1000, UTC)
    return not window.passed(planned.question.window, ends, now, zone)
