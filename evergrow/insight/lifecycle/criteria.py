"""Who is in a state in a period, as criteria."""

from datetime import timedelta

from evergrow.insight import as_criteria as say
from evergrow.insight.behind import Criteria
from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.period import EARLIEST, Between
from evergrow.insight.presence.source import Subject


def criteria(question: LifecycleQuestion, state: State, days: Between, before: Between) -> Criteria | None:
    """Did the event in the period, the one before it, or earlier, as the state asks; and meets the filters.

    None for what criteria would not say exactly: people by facts of the account that their events were at.
    """
    of_accounts = [each for each in question.filters if each.topic.kind == "account"]
    if of_accounts and question.subject is Subject.PERSON:
        return None
    by_property = [each for each in question.filters if each.topic.kind == "property"]
    earlier = Between(EARLIEST, before.first - timedelta(days=1))
    now, lately, ever = (say.did(question.event, by_property, say.within(each)) for each in (days, before, earlier))
    parts = {
        State.NEW: [now, _not(lately), _not(ever)],
        State.RETURNING: [now, lately],
        State.RESURRECTING: [now, _not(lately), ever],
        State.DORMANT: [lately, _not(now)],
    }[state]
    return say.every([*parts, *map(say.trait_part, of_accounts)])


def _not(part: say.Part | None) -> say.Part | None:
    return None if part is None else {"not": part}
