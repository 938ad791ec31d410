"""Who is in a state in a period, as criteria."""

from datetime import timedelta

from evergrow.insight import as_criteria as say
from evergrow.insight.behind import Criteria
from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.period import EARLIEST, Between
from evergrow.insight.presence.source import Subject


def criteria(question: LifecycleQuestion, state: State, days: Between, before: Between) -> Criteria:
    """Did the event in the period, the one before it, or earlier, as the state asks; and meets the filters.

    Raises Unsaid for people by facts of the account that their events were at.
    """
    traits = say.traits(question.filters, are_people=question.subject is Subject.PERSON)
    by_property = say.of_events(question.filters)
    earlier = Between(EARLIEST, before.first - timedelta(days=1))
    now, lately, ever = (say.did(question.event, by_property, say.within(each)) for each in (days, before, earlier))
    parts = {
        State.NEW: [now, say.never(lately), say.never(ever)],
        State.RETURNING: [now, lately],
        State.RESURRECTING: [now, say.never(lately), ever],
        State.DORMANT: [lately, say.never(now)],
    }[state]
    return say.every([*parts, *traits])
