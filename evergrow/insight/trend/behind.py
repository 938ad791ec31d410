"""The list behind a point of a trend: which accounts or people it counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Statement, run
from evergrow.insight.trend import ask, compile, plan
from evergrow.insight.trend.plan import SUBJECT
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Workspace

EVERYBODY = 4_000_000_000
WHOLE = Part("whole")


@dataclass(frozen=True, slots=True)
class Point:
    """A place on the chart: the bucket that begins on a day (``None``: the whole range), and a part of the breakdown.

    ``is_compared`` takes the bucket of the compared days at that place.
    """

    bucket: date | None = None
    part: Part = WHOLE
    is_compared: bool = False


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


def parse_point(bucket: str, part: str, compared: str = "") -> Point:
    """Read a point as addresses say it. Raises BadQuestion at ``bucket`` or ``part``."""
    try:
        day = date.fromisoformat(bucket) if bucket else None
    except ValueError:
        raise BadQuestion("bucket", _("Use a day like 2026-03-25.")) from None
    try:
        return Point(day, Part.of(part), is_compared=bool(compared))
    except ValueError:
        raise BadQuestion("part", _("The breakdown has no such part.")) from None


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
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    bucket = _bucket(planned.buckets, planned.compared, point)
    shown = ask.largest_parts(planned)
    code = None if point.part.kind == "whole" else point.part.code
    if code is not None and shown is None:
        raise BadQuestion("part", _("The question has no breakdown."))
    statement = compile.subjects(planned, bucket, code, shown, limit=limit, offset=offset)
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(workspace.pk))
    return Behind(
        subject=SUBJECT[question.measure],
        bucket=bucket,
        rows=tuple(Row(int(number), int(times), last_day) for number, times, last_day, _total in found),
        total=int(found[0][3]) if found else 0,
        statement=statement,
    )


def _bucket(buckets: Sequence[Bucket], compared: Sequence[Bucket], point: Point) -> Bucket:
    where = compared if point.is_compared else buckets
    if point.bucket is None and where:
        return Bucket(where[0].first, where[-1].last)
    for bucket in where:
        if bucket.first == point.bucket:
            return bucket
    raise BadQuestion("bucket", _("The chart has no point that begins on this day."))
