"""The list behind a mark of a lifecycle: who was in a state in a period."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.insight import period
from evergrow.insight.behind import EVERYBODY, Behind, Criteria, Marks, Told
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.lifecycle import compile, parse, plan, words
from evergrow.insight.lifecycle.criteria import criteria
from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.period import Between
from evergrow.insight.presence import listing, periods
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Point:
    """A state in the period that begins on a day."""

    bucket: date
    state: State


def read(query: QueryDict, /) -> Point:
    """Read a point as addresses say it. Raises BadQuestion at ``bucket`` or ``state``."""
    try:
        state = State(query.get("state", ""))
    except ValueError:
        raise BadQuestion("state", _("A lifecycle has no such state.")) from None
    return Point(listing.read_day(query.get("bucket", ""), "bucket"), state)


def find(
    question: LifecycleQuestion,
    workspace: Workspace,
    point: Point,
    *,
    visible: QuerySet[Account] | None = None,
    limit: int = EVERYBODY,
    offset: int = 0,
) -> Behind:
    """Who was in the state, most often there first; of the dormant, how often in the period before.

    Raises BadQuestion when the chart has no period that begins on this day.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    bucket = next((each for each in planned.buckets if each.first == point.bucket), None)
    if bucket is None:
        raise BadQuestion("bucket", _("The chart has no point that begins on this day."))
    days = Between(bucket.first, bucket.last)
    before = periods.before(bucket.first, question.interval)
    statement = compile.members(planned, days, before, point.state, limit=limit, offset=offset)
    return listing.ask(planned.source, before if point.state is State.DORMANT else days, statement)


def tell(
    question: LifecycleQuestion, workspace: Workspace, point: Point, found: Behind, names: EventNames, language: str
) -> Told:
    """The state and the days, the event and the filters."""
    today = workspace.today()
    planned = plan.make(question, workspace, today=today)
    bucket = next(each for each in planned.buckets if each.first == point.bucket)
    return Told(
        mark=f"{words.STATES[point.state]} · {words.bucket_words(bucket, question.interval, today, language)}",
        about=names.shown(question.event, language),
        code=question.event,
        notes=(str(words.MEANINGS[point.state]), *map(words.condition, question.filters)),
        is_growing=not bucket.is_complete,
    )


def as_criteria(question: LifecycleQuestion, workspace: Workspace, point: Point, found: Behind, /) -> Criteria:
    """The state as criteria; the list's days are those of the period, or of the one before for the dormant."""
    if point.state is not State.DORMANT:
        return criteria(question, point.state, found.days, periods.before(found.days.first, question.interval))
    following = period.step(point.bucket, 1, question.interval) - timedelta(days=1)
    return criteria(question, point.state, Between(point.bucket, following), found.days)


MARKS = Marks(ask=parse.from_query, read=read, find=find, tell=tell, as_criteria=as_criteria)
