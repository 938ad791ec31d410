"""The list behind a cell: who began in a cohort, who of them came back in a column, and who did not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.behind import EVERYBODY, Behind, Criteria, Marks, Other, Row, Told
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Between
from evergrow.insight.retention import ask, criteria, parse, plan, subjects, words
from evergrow.insight.retention.plan import Plan
from evergrow.insight.retention.question import RetentionQuestion, Subject
from evergrow.insight.retention.spans import Column
from evergrow.insight.retention.subjects import Spot
from evergrow.insight.statement import run
from evergrow.insight.trend import words as trend
from evergrow.insight.trend.result import Part
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

EVER = Column(0, None)
WHOLE = Part("whole")


class State(StrEnum):
    """``stayed``: came back in the column; ``left``: did not; ``all``: both."""

    STAYED = "stayed"
    LEFT = "left"
    ALL = "all"


HAS_COME = {State.STAYED: True, State.LEFT: False, State.ALL: None}


@dataclass(frozen=True, slots=True)
class Point:
    """A cell: the cohort that begins on a day (None: all whose cell is complete), a column (None: everybody who
    began), a part of the breakdown, and who of those there."""

    cohort: date | None = None
    column: int | None = None
    part: Part = WHOLE
    state: State = State.STAYED


def read(query: QueryDict) -> Point:
    """The point in an address: ``cohort``, ``column``, ``part``, ``state``. Raises BadQuestion at what is none."""
    try:
        cohort = date.fromisoformat(str(query["cohort"])) if query.get("cohort") else None
    except ValueError:
        raise BadQuestion("cohort", _("Use a day like 2026-03-25.")) from None
    try:
        column = int(str(query["column"])) if query.get("column") else None
        part, state = Part.of(query.get("part", "")), State(query.get("state") or State.STAYED)
    except ValueError:
        raise BadQuestion("column", _("The table has no such cell.")) from None
    return Point(cohort, column, part, state if column is not None else State.ALL)


def pairs(point: Point) -> dict[str, str]:
    """The point as ``read`` finds it in an address."""
    column = "" if point.column is None else str(point.column)
    found = {"cohort": point.cohort.isoformat() if point.cohort else "", "column": column, "part": point.part.code}
    return {name: value for name, value in (found | {"state": str(point.state)}).items() if value}


def behind(
    question: RetentionQuestion,
    workspace: Workspace,
    point: Point,
    *,
    visible: QuerySet[Account] | None = None,
    limit: int = EVERYBODY,
    offset: int = 0,
) -> Behind:
    """Who is in a cell, the most active first; the last day is when they last did either event.

    Over all cohorts together one who came back in one of them came back. Raises BadQuestion when there is no such cell.
    """
    planned = _with_subjects(plan.make(question, workspace, now=clock.now(), visible=visible))
    shown = ask.largest_parts(planned)
    if point.part.kind != "whole" and shown is None:
        raise BadQuestion("part", _("The question has no breakdown."))
    spot = Spot(
        cohorts=_cohorts(planned, point),
        column=_column(planned, point),
        part=None if point.part.kind == "whole" else point.part.code,
        shown=shown,
        has_come=HAS_COME[point.state],
    )
    statement = subjects.subjects(planned, spot, limit=limit, offset=offset)
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(workspace.pk))
    return Behind(
        subject="account" if question.subject is Subject.ACCOUNTS else "person",
        days=Between(planned.cohorts[spot.cohorts[0]].first if spot.cohorts else planned.days.first, planned.today),
        rows=tuple(_row(each, point, has_sum=bool(question.sum_of)) for each in found),
        total=int(found[0][4]) if found else 0,
        statement=statement,
        more_heads=(_("Sum of {property}").format(property=question.sum_of),) if question.sum_of else (),
    )


def _row(found: Sequence[Any], point: Point, *, has_sum: bool) -> Row:
    number, times, last_day, total, _count = found
    shown = None if point.column is None or not times else int(times)
    return Row(int(number), shown, last_day, (float(total),) if has_sum else ())


def _with_subjects(planned: Plan) -> Plan:
    """Bitmaps hold who, not how often and when last: the list asks the next table that does."""
    if not plan.is_from_bitmaps(planned):
        return planned
    is_accounts = planned.question.subject is Subject.ACCOUNTS
    return replace(planned, table="account_day" if is_accounts else "events")


def _column(planned: Plan, point: Point) -> Column:
    if point.column is None:
        return EVER
    if not 0 <= point.column < len(planned.columns):
        raise BadQuestion("column", _("The table has no such cell."))
    return planned.columns[point.column]


def _cohorts(planned: Plan, point: Point) -> list[int]:
    """The places of the cohorts that the point is about."""
    every = range(len(planned.cohorts))
    if point.cohort is not None:
        found = [place for place in every if planned.cohorts[place].first == point.cohort]
        column = _column(planned, point)
        if not found or (point.column is not None and not planned.progress.has_begun(found[0], column)):
            raise BadQuestion("cohort", _("The table has no such cell."))
        return found
    if point.column is None:
        return list(every)
    return [place for place in every if planned.progress.is_over(place, _column(planned, point))]


def tell(
    question: RetentionQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """The cohort, the column and who of them; the other two lists of the cell are one click away."""
    planned = plan.make(question, workspace, now=clock.now())
    places = _cohorts(planned, point)
    cohort, column = _("All cohorts"), _column(planned, point)
    if point.cohort is not None:
        bucket = planned.cohorts[places[0]]
        cohort = trend.bucket_words(bucket, question.interval, planned.today, language)
    elif point.column is not None:
        cohort = _("All complete cohorts")
    state = "" if point.column is None else _state(point.state, words.in_column(column, question.interval))
    return Told(
        mark=" · ".join(filter(None, [cohort, state or _("everybody who began")])),
        about=" · ".join(filter(None, [words.title(question, names, language), _part(question, point.part)])),
        notes=_notes(question, names, language),
        is_growing=any(not planned.progress.is_over(place, column) for place in places),
        others=_others(question, point),
    )


def _state(state: State, when: str) -> str:
    sentence = {
        State.STAYED: _("came back {when}"),
        State.LEFT: _("did not come back {when}"),
        State.ALL: _("everybody who began"),
    }
    return sentence[state].format(when=when)


def _part(question: RetentionQuestion, part: Part) -> str:
    if question.split is None or part.kind == "whole":
        return ""
    kinds = {"not_set": pgettext("trend", "(not set)"), "other": pgettext("trend", "Other")}
    shown = kinds.get(part.kind) or trend.value(question.split.by, part.value)
    return f"{trend.topic(question.split.by)}: {shown}"


def _notes(question: RetentionQuestion, names: EventNames, language: str) -> tuple[str, ...]:
    notes = [trend.condition(each) for each in question.filters]
    if question.start.filters:
        notes.append(_("began: {step}").format(step=words.step(question.start, names, language)))
    if question.back.filters:
        notes.append(_("came back: {step}").format(step=words.step(question.back, names, language)))
    if question.minimum > 1:
        notes.append(_("at least {n} times").format(n=question.minimum))
    return tuple(notes)


def _others(question: RetentionQuestion, point: Point) -> tuple[Other, ...]:
    if point.column is None:
        return ()
    labels = {
        State.STAYED: _("Came back"),
        State.LEFT: pgettext("retention", "Did not"),
        State.ALL: pgettext("retention", "Everybody"),
    }
    return tuple(
        Other(label, parse.as_query(question, **pairs(replace(point, state=state))), state is point.state)
        for state, label in labels.items()
    )


def as_criteria(question: RetentionQuestion, workspace: Workspace, point: Point, found: Behind, /) -> Criteria:
    """The start and the return of each cohort as criteria."""
    planned = plan.make(question, workspace, now=clock.now())
    column = None if point.column is None else _column(planned, point)
    has_come = HAS_COME[point.state]
    return criteria.criteria(planned, _cohorts(planned, point), column, point.part, has_come)


MARKS = Marks(ask=parse.from_query, read=read, find=behind, tell=tell, as_criteria=as_criteria)
