"""The list behind a point of a trend: which accounts or people it counts, and how that is said."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.account_filter import list_query
from evergrow.insight.behind import EVERYBODY, Behind, Marks, Row, Told
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Between, Bucket
from evergrow.insight.statement import run
from evergrow.insight.trend import ask, compile, parse, plan, words
from evergrow.insight.trend.criteria import as_criteria
from evergrow.insight.trend.plan import SUBJECT
from evergrow.insight.trend.point import WHOLE, Point
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Workspace

__all__ = ["MARKS", "WHOLE", "Behind", "Point", "Row", "behind", "parse_point", "read", "tell"]


def read(query: QueryDict) -> Point:
    """The point in an address: ``bucket``, ``part``, ``compared``. Errors as in ``parse_point``."""
    return parse_point(query.get("bucket", ""), query.get("part", ""), query.get("compared", ""))


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
        days=Between(bucket.first, bucket.last),
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


def tell(
    question: TrendQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """The days, the event, the part of the breakdown and the filters."""
    today = workspace.today()
    part = _part(question, point.part)
    return Told(
        mark=words.span(found.days.first, found.days.last, today, language),
        about=names.shown(question.event, language) + (f" · {part}" if part else ""),
        code=question.event,
        notes=tuple(words.condition(condition) for condition in question.filters),
        is_growing=found.days.last >= today,
    )


def _part(question: TrendQuestion, part: Part) -> str:
    if question.split is None or part.kind == "whole":
        return ""
    kinds = {"not_set": pgettext("trend", "(not set)"), "other": pgettext("trend", "Other")}
    shown = kinds.get(part.kind) or words.value(question.split.by, part.value)
    return f"{words.topic(question.split.by)}: {shown}"


def _as_list(question: TrendQuestion, point: Point, found: Behind, /) -> str:
    if found.is_people:
        return ""
    return list_query(question, Bucket(found.days.first, found.days.last), point.part)


MARKS = Marks(ask=parse.from_query, read=read, find=behind, tell=tell, as_criteria=as_criteria, as_list=_as_list)
