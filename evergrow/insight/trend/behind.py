"""The list behind a point of a trend: which accounts or people it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Statement, run
from evergrow.insight.trend import ask, compile
from evergrow.insight.trend.plan import SUBJECT, Plan
from evergrow.insight.trend.question import ACTIVE, NAMES, TrendQuestion
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Workspace

EVERYBODY = 4_000_000_000
WHOLE = Part("whole")


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the chart: the bucket that begins on a day, an hour at a moment (``None``: the whole range), a part of
    the breakdown, and the series by its place in the question.

    ``is_compared`` takes the bucket of the compared days at that place.
    """

    bucket: date | None = None
    part: Part = WHOLE
    is_compared: bool = False
    place: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A subject by number, how often it did it in the bucket, and the last day it did."""

    number: int
    times: int
    last_day: date


@dataclass(frozen=True, slots=True)
class Behind:
    """One page of the list, and how many there are in all."""

    subject: Literal["account", "person"]
    bucket: Bucket
    rows: tuple[Row, ...]
    total: int
    statement: Statement


def parse_point(bucket: str, part: str, compared: str = "", series: str = "") -> Point:
    """Read a point as addresses say it. Raises BadQuestion at ``bucket``, ``part`` or ``series``."""
    try:
        day = _moment(bucket) if bucket else None
    except ValueError:
        raise BadQuestion("bucket", _("Use a day like 2026-03-25.")) from None
    if series and series not in list(NAMES):
        raise BadQuestion("series", _("The question has no such series."))
    try:
        return Point(day, Part.of(part), is_compared=bool(compared), place=NAMES.index(series or "A"))
    except ValueError:
        raise BadQuestion("part", _("The breakdown has no such part.")) from None


def _moment(text: str) -> date:
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("A moment needs its zone.")
    return moment


def behind(
    question: TrendQuestion,
    workspace: Workspace,
    point: Point,
    *,
    visible: QuerySet[Account] | None = None,
    limit: int = EVERYBODY,
    offset: int = 0,
) -> Behind:
    """Who did it in the point's days, most often first. For a question that counts events: which accounts did.

    Events that nobody known did are counted on the chart, and are nobody here.
    Raises BadQuestion when the chart has no such point.
    """
    plans = ask.plans_of(question, workspace, visible)
    if point.place >= len(plans):
        raise BadQuestion("series", _("The question has no such series."))
    planned = plans[point.place]
    bucket = _bucket(planned, point)
    shown = ask.largest_parts(plans[0])
    code = None if point.part.kind == "whole" else point.part.code
    if code is not None and shown is None:
        raise BadQuestion("part", _("The question has no breakdown."))
    statement = compile.subjects(planned, _counted(planned, bucket, point), code, shown, limit=limit, offset=offset)
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(workspace.pk))
    return Behind(
        subject=SUBJECT[planned.asked.measure],
        bucket=_counted(planned, bucket, point),
        rows=tuple(Row(int(number), int(times), last_day) for number, times, last_day, _total in found),
        total=int(found[0][3]) if found else 0,
        statement=statement,
    )


def _bucket(planned: Plan, point: Point) -> Bucket:
    where: Sequence[Bucket] = planned.compared if point.is_compared else planned.buckets
    if point.bucket is None and where:
        return Bucket(where[0].first, where[-1].last)
    for bucket in where:
        if point.bucket == (bucket.at or bucket.first) and not bucket.is_missing:
            return bucket
    raise BadQuestion("bucket", _("The chart has no point that begins on this day."))


def _counted(planned: Plan, bucket: Bucket, point: Point) -> Bucket:
    """The days that the point counts: those before it too, of a window or a running total."""
    if point.bucket is None:
        return bucket
    if planned.asked.measure in ACTIVE:
        return replace(bucket, first=bucket.last - timedelta(days=planned.asked.days - 1))
    if planned.question.is_cumulative:
        start = (planned.compared if point.is_compared else planned.buckets)[0]
        return replace(bucket, first=start.first, at=start.at)
    return bucket
