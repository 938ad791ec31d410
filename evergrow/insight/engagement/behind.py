"""The list behind a mark of engagement groups: who is in a group, who moved from one to another."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.insight import event_names
from evergrow.insight.behind import EVERYBODY, Behind, Criteria, Marks, Told
from evergrow.insight.engagement import compile, criteria, parse, plan, words
from evergrow.insight.engagement.definition import MOST_GROUPS
from evergrow.insight.engagement.plan import Plan
from evergrow.insight.engagement.question import AWAY, NEW, EngagementQuestion
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Between
from evergrow.insight.presence import listing
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Point:
    """Those on level ``was`` in the period before and on ``now`` in the period that begins with ``at``.

    None is any level: a group's size is a point with ``was`` None.
    """

    at: date
    was: int | None
    now: int | None


def read(query: QueryDict, /) -> Point:
    """Read a point as addresses say it. Raises BadQuestion at ``into``, ``was`` or ``now``."""
    day = listing.read_day(query.get("into", ""), "into")
    return Point(day, _level(query.get("was", ""), "was"), _level(query.get("now", ""), "now"))


def _level(text: str, part: str) -> int | None:
    if not text:
        return None
    if text not in map(str, range(NEW, MOST_GROUPS + 1)):
        raise BadQuestion(part, _("There is no such group."))
    return int(text)


def find(
    question: EngagementQuestion,
    workspace: Workspace,
    point: Point,
    *,
    visible: QuerySet[Account] | None = None,
    limit: int = EVERYBODY,
    offset: int = 0,
) -> Behind:
    """Who it is, most often there first; of those who are away now, how often in the period before.

    Raises BadQuestion when there is no such group or period.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible, at=point.at)
    for part, level in (("was", point.was), ("now", point.now)):
        if level is not None and level > len(planned.definition.groups):
            raise BadQuestion(part, _("There is no such group."))
    days = _days(planned, point)
    statement = compile.members(planned, point.was, point.now, days, limit=limit, offset=offset)
    return listing.ask(planned.source, days, statement)


def _days(planned: Plan, point: Point) -> Between:
    now = Between(planned.until.first, planned.until.last)
    if point.now == AWAY:
        return planned.since
    return Between(planned.since.first, now.last) if point.now is None else now


def tell(
    question: EngagementQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """The group or the move, the periods, what the group asks for."""
    today = workspace.today()
    planned = plan.make(question, workspace, today=today, at=point.at)
    said = [words.level(planned.definition, level, language) for level in (point.was, point.now) if level is not None]
    period = words.bucket_words(planned.until, planned.definition.period, today, language)
    notes = [words.asks(planned.definition, point.now, language)] if point.now is not None else []
    return Told(
        mark=f"{' → '.join(said)} · {period}" if said else period,
        about=words.activity(planned.definition, names, language),
        notes=(*filter(None, notes), *map(words.condition, question.filters)),
        is_growing=not planned.until.is_complete,
    )


def as_criteria(question: EngagementQuestion, workspace: Workspace, point: Point, found: Behind, /) -> Criteria:
    """The levels before and now as criteria, by the definition of today."""
    planned = plan.make(question, workspace, today=workspace.today(), at=point.at)
    return criteria.criteria(planned, event_names.of(workspace), was=point.was, now=point.now)


MARKS = Marks(ask=parse.from_query, read=read, find=find, tell=tell, as_criteria=as_criteria)
