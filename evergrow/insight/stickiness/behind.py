"""The list behind a mark of a stickiness question: who was there so often, or on the days up to one."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.insight import reading_parts
from evergrow.insight.behind import EVERYBODY, Behind, Criteria, Marks, Told
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Between
from evergrow.insight.presence import listing
from evergrow.insight.stickiness import compile, criteria, parse, plan, words
from evergrow.insight.stickiness.question import StickinessQuestion, View
from evergrow.workspaces.models import Workspace

WIDTHS = (1, compile.WEEK, compile.MONTH)


@dataclass(frozen=True, slots=True)
class Regular:
    """Those there in ``count`` intervals (in at least so many when ``or_more``), or in the window before."""

    count: int
    or_more: bool = False
    is_before: bool = False


@dataclass(frozen=True, slots=True)
class There:
    """Those there in the ``width`` days that end with a day."""

    day: date
    width: int


Point = Regular | There


def read(query: QueryDict, /) -> Point:
    """Read a point as addresses say it. Raises BadQuestion at ``count``, ``day`` or ``width``."""
    if "day" in query:
        width = query.get("width", "")
        if width not in map(str, WIDTHS):
            raise BadQuestion("width", _("The chart counts 1, 7 or 30 days."))
        return There(listing.read_day(query["day"], "day"), int(width))
    count = reading_parts.whole_number(query.get("count", ""), "count", 1, plan.MOST_INTERVALS)
    return Regular(count, or_more=query.get("more") == "1", is_before=query.get("before") == "1")


def find(
    question: StickinessQuestion,
    workspace: Workspace,
    point: Point,
    *,
    visible: QuerySet[Account] | None = None,
    limit: int = EVERYBODY,
    offset: int = 0,
) -> Behind:
    """Who it is, most often there first. Raises BadQuestion when the chart has no such point."""
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    if isinstance(point, There):
        if question.view is not View.RATIO or not planned.days.first <= point.day <= planned.days.last:
            raise BadQuestion("day", _("The chart has no point on this day."))
        days = Between(point.day - timedelta(days=point.width - 1), point.day)
        return listing.ask(planned.source, days, compile.there(planned, days, limit=limit, offset=offset))
    is_drawn = question.view is not View.RATIO and point.count <= len(planned.starts)
    if not is_drawn or (point.is_before and question.view is not View.POWER):
        raise BadQuestion("count", _("The chart has no such point."))
    days = planned.before if point.is_before else planned.days
    statement = compile.regulars(planned, days, point.count, or_more=point.or_more, limit=limit, offset=offset)
    return listing.ask(planned.source, days, statement)


def tell(
    question: StickinessQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """How often, in which days, the event and the filters."""
    days = words.span(found.days.first, found.days.last, workspace.today(), language)
    mark = days
    if isinstance(point, Regular):
        mark = f"{words.so_many(plan.interval_of(question), point.count, or_more=point.or_more)} · {days}"
    return Told(
        mark=mark,
        about=names.shown(question.event, language),
        code=question.event,
        notes=(*words.least_notes(question), *map(words.condition, question.filters)),
    )


def as_criteria(question: StickinessQuestion, workspace: Workspace, point: Point, found: Behind, /) -> Criteria:
    """The days or intervals as criteria."""
    if isinstance(point, There):
        return criteria.of_days(question, found.days)
    planned = plan.make(question, workspace, today=workspace.today())
    starts = planned.starts
    if point.is_before:
        size = planned.days.last - planned.before.last
        starts = tuple(each - size for each in starts)
    return criteria.of_regulars(
        question, found.days, starts, point.count, or_more=point.or_more, is_before=point.is_before
    )


MARKS = Marks(ask=parse.from_query, read=read, find=find, tell=tell, as_criteria=as_criteria)
