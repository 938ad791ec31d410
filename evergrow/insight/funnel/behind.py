"""The list behind a mark of a funnel: who reached a step, who was lost before it, and how that is said."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.behind import EVERYBODY, Behind, Marks, Other, Row, Told
from evergrow.insight.behind import Subject as Whom
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import address, ask, compile, groups, plan, sessions, words
from evergrow.insight.funnel.criteria import as_criteria
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.point import GROUPS, Point, read
from evergrow.insight.funnel.question import Counting, FunnelQuestion, Subject
from evergrow.insight.funnel.result import WHOLE
from evergrow.insight.period import Between
from evergrow.insight.sessions import at, by_person
from evergrow.insight.statement import run
from evergrow.insight.trend import words as trend
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Workspace

BEHIND: dict[Subject, Whom] = {Subject.ACCOUNTS: "account", Subject.PEOPLE: "person", Subject.SESSIONS: "session"}


def behind(
    question: FunnelQuestion,
    workspace: Workspace,
    point: Point,
    *,
    visible: QuerySet[Account] | None = None,
    limit: int = EVERYBODY,
    offset: int = 0,
) -> Behind:
    """Who is behind the point, those who came there last first. For sessions: each one; tries: who tried.

    Raises BadQuestion when the funnel has no such point.
    """
    asked = _narrowed(question, point)
    planned = plan.make(asked, workspace, today=workspace.today(), visible=visible)
    planned = _of_group(_in_period(planned, point), question, point)
    if not 1 <= point.step <= len(asked.steps) or (point.is_lost and point.step == 1):
        raise BadQuestion("at", _("The funnel has no such step."))
    code, shown = _part(planned, point)
    reached, missed = point.step - 1, None
    if point.is_lost:
        missed = reached
        reached = max(each for each in range(reached) if not asked.steps[each].is_optional)
    statement = compile.subjects(
        planned, reached=reached, not_reached=missed, part=code, shown=shown, limit=limit, offset=offset
    )
    found: list[tuple[Any, ...]] = run(statement, warehouse.version(workspace.pk))
    rows = tuple(_row(row, asked, workspace) for row in found)
    return Behind(
        subject=BEHIND[asked.subject],
        days=Between(planned.days.first, planned.days.last),
        rows=_with_sessions(planned, rows) if asked.subject is Subject.SESSIONS else rows,
        total=int(found[0][5]) if found else 0,
        statement=statement,
        more_heads=(_("Entered at"), _("Last step at"), _("Steps reached")),
    )


def _with_sessions(planned: Plan, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The session that each row entered in."""
    if not rows:
        return rows
    people = sorted({row.number for row in rows})
    found: list[tuple[Any, ...]] = run(sessions.of_people(planned, people), warehouse.version(planned.workspace.pk))
    of = by_person(found)
    return tuple(
        replace(row, times=None, last_day=None, session=at(of.get(row.number, ()), row.more[0])) for row in rows
    )


def _narrowed(question: FunnelQuestion, point: Point) -> FunnelQuestion:
    if not point.is_other:
        return question
    if question.against is None:
        raise BadQuestion("other", _("The question compares with no other group."))
    return replace(question, filters=question.against, against=None, split=None)


def _in_period(planned: Plan, point: Point) -> Plan:
    if point.entered is None:
        return planned if point.part.kind != "whole" else plan.unsplit(planned)
    for bucket in planned.periods:
        if bucket.first == point.entered:
            asked = replace(planned.question, range=Between(bucket.first, bucket.last), split=None)
            return plan.make(asked, planned.workspace, today=planned.today, visible=planned.visible)
    raise BadQuestion("entered", _("The funnel has no period that begins on this day."))


def _of_group(planned: Plan, question: FunnelQuestion, point: Point) -> Plan:
    if not point.group:
        return planned
    if question.versus is None or question.versus[GROUPS.index(point.group) - 1].kind != groups.GroupKind.SEGMENT:
        raise BadQuestion("group", _("The funnel compares no such group."))
    return groups.narrowed(planned, question.versus[GROUPS.index(point.group) - 1])[0]


def _part(planned: Plan, point: Point) -> tuple[str | None, list[str]]:
    if point.part.kind == "whole":
        return None, []
    if planned.question.split is None:
        raise BadQuestion("part", _("The question has no breakdown."))
    return point.part.code, ask.largest_parts(planned) if point.part.kind == "other" else []


def _row(found: tuple[Any, ...], question: FunnelQuestion, workspace: Workspace) -> Row:
    """How often is said where one may be there more than once."""
    subject, times, entered, came, steps, _total = found
    zone = workspace.tz
    moments = [datetime.fromtimestamp(int(each) / 1000, UTC) for each in (entered, came)]
    is_often = question.counting is Counting.TOTALS
    return Row(
        int(subject), int(times) if is_often else None, moments[1].astimezone(zone).date(), (*moments, int(steps))
    )


def tell(
    question: FunnelQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """The step and whether it was reached, the whole funnel, the part, and what else was asked."""
    place = point.step - 1
    step = words.step(question, place, names, language)
    said = _("Step %(n)s reached: %(step)s") if not point.is_lost else _("Lost before step %(n)s: %(step)s")
    notes = [trend.span(found.days.first, found.days.last, workspace.today(), language)]
    filters = (question.against or ()) if point.is_other else question.filters
    notes += [trend.condition(condition) for condition in filters]
    notes += [words.exclusion(each, names, language) for each in question.exclusions]
    return Told(
        mark=said % {"n": point.step, "step": step},
        about=words.title(question, names, language) + _part_words(question, point.part),
        notes=tuple(notes),
        is_growing=found.days.last >= workspace.today(),
        others=_others(question, point),
    )


def _part_words(question: FunnelQuestion, part: Part) -> str:
    if question.split is None or part == WHOLE:
        return ""
    kinds = {"not_set": _("(not set)"), "other": _("all others")}
    return f" · {trend.topic(question.split.by)}: {kinds.get(part.kind) or trend.value(question.split.by, part.value)}"


def _others(question: FunnelQuestion, point: Point) -> tuple[Other, ...]:
    """The two lists of a step after the first: those who came there, and those who were lost before it."""
    if point.step == 1:
        return ()
    own = address.as_query(question)
    sides = ((False, _("Came there")), (True, _("Lost before it")))
    return tuple(
        Other(label, f"{own}&{replace(point, is_lost=is_lost).query()}", point.is_lost is is_lost)
        for is_lost, label in sides
    )


MARKS = Marks(ask=address.from_query, read=read, find=behind, tell=tell, as_criteria=as_criteria)
