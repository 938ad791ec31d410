"""The list behind a point of a trend: which accounts or people it counts, and how that is said."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.account_filter import list_query
from evergrow.insight.behind import EVERYBODY, Behind, Marks, Row, Told
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.narrowing import AccountsOnly
from evergrow.insight.period import Between, Bucket
from evergrow.insight.sessions import read as read_session
from evergrow.insight.statement import Statement, run
from evergrow.insight.trend import ask, compile, parse, sessions, words
from evergrow.insight.trend.criteria import as_criteria
from evergrow.insight.trend.plan import SUBJECT, Plan
from evergrow.insight.trend.point import WHOLE, Point
from evergrow.insight.trend.question import ACTIVE, NAMES, OF_ACCOUNTS, OF_SESSIONS, TrendQuestion
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Workspace

__all__ = ["MARKS", "WHOLE", "Behind", "Point", "Row", "behind", "parse_point", "read", "tell"]


def read(query: QueryDict) -> Point:
    """The point in an address: ``bucket``, ``part``, ``compared``, ``series``. Errors as in ``parse_point``."""
    return parse_point(*(query.get(name, "") for name in ("bucket", "part", "compared", "series")))


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
    """Who did it in the point's days, most often first. For a question that counts events: which accounts did; for one
    of sessions: the sessions, the latest first.

    Events that nobody known did are counted on the chart, and are nobody here.
    Raises BadQuestion when the chart has no such point.
    """
    plans = ask.plans_of(question, workspace, visible)
    if point.place >= len(plans):
        raise BadQuestion("series", _("The question has no such series."))
    planned = _of_nobody_gone(plans[point.place])
    bucket = _bucket(planned, point)
    shown = ask.largest_parts(plans[0])
    code = None if point.part.kind == "whole" else point.part.code
    if code is not None and shown is None:
        raise BadQuestion("part", _("The question has no breakdown."))
    counted = _counted(planned, bucket, point)
    if planned.asked.measure in OF_SESSIONS:
        return _sessions(planned, counted, sessions.listed(planned, counted, code, shown, limit=limit, offset=offset))
    statement = compile.subjects(planned, counted, code, shown, limit=limit, offset=offset)
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(workspace.pk))
    return Behind(
        subject=SUBJECT[planned.asked.measure],
        days=Between(counted.first, counted.last),
        rows=tuple(Row(int(number), int(times), last_day) for number, times, last_day, _total in found),
        total=int(found[0][3]) if found else 0,
        statement=statement,
    )


def _sessions(planned: Plan, counted: Bucket, statement: Statement) -> Behind:
    """A row for each session, the latest first."""
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(planned.workspace.pk))
    return Behind(
        subject="session",
        days=Between(counted.first, counted.last),
        rows=tuple(Row(int(person), session=read_session(facts)) for person, *facts, _count in found),
        total=int(found[0][-1]) if found else 0,
        statement=statement,
    )


def _of_nobody_gone(planned: Plan) -> Plan:
    """Events count whoever's they are; a list of accounts names none that lie in the trash."""
    names_accounts = SUBJECT[planned.asked.measure] == "account" and planned.asked.measure not in OF_ACCOUNTS
    if not names_accounts or planned.visible is not None:
        return planned
    limits = AccountsOnly.limits(planned.workspace, None, are_counted=True)
    return replace(planned, accounts=(*planned.accounts, *limits))


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


def tell(
    question: TrendQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """The days (of an hour what the clock showed too), the event, the part of the breakdown and the filters."""
    today, asked = workspace.today(), question.series[point.place]
    days = words.span(found.days.first, found.days.last, today, language)
    if isinstance(point.bucket, datetime):
        days = f"{days} {point.bucket.astimezone(workspace.tz):%H:%M}"
    part = ""
    if question.split is not None and point.part.kind != "whole":
        part = f"{words.topics(question)}: {words.part_value(question, point.part)}"
    return Told(
        mark=days,
        about=" · ".join(filter(None, [names.shown(asked.event, language), part])),
        code=asked.event,
        notes=tuple(words.condition(condition) for condition in (*question.filters, *asked.filters)),
        is_growing=found.days.last >= today,
    )


def _as_list(question: TrendQuestion, point: Point, found: Behind, /) -> str:
    if found.subject != "account" or isinstance(point.bucket, datetime):
        return ""
    return list_query(question, Bucket(found.days.first, found.days.last), point.part, point.place)


MARKS = Marks(ask=parse.from_query, read=read, find=behind, tell=tell, as_criteria=as_criteria, as_list=_as_list)
