"""Who is in an engagement group in a period, and came from another, as criteria."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from evergrow.insight import as_criteria as say
from evergrow.insight.as_criteria import Part, Unsaid
from evergrow.insight.engagement.definition import Group
from evergrow.insight.engagement.plan import Plan
from evergrow.insight.engagement.question import AWAY, NEW
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import EARLIEST, Between
from evergrow.insight.presence.source import Subject

MOST_WAYS = 40


def criteria(planned: Plan, names: EventNames, *, was: int | None, now: int | None) -> Part:
    """On level ``was`` in the period before, on ``now`` in the period; None is any level.

    Raises Unsaid where the definition counts the days of several events, or would be said at too great a length.
    """
    if now == AWAY and was in (AWAY, NEW):
        raise Unsaid(_("There is no such group."))
    until = Between(planned.until.first, planned.until.last)
    parts = [] if now is None else _level(planned, names, until, now)
    if was in (AWAY, NEW):
        earlier = Between(EARLIEST, planned.since.first - timedelta(days=1))
        ever = _there(planned, earlier)
        parts += [say.never(_there(planned, planned.since)), ever if was == AWAY else say.never(ever)]
        if now is None:
            parts.append(_there(planned, until))
    elif was is not None:
        parts += _level(planned, names, planned.since, was)
    elif now == AWAY:
        parts.append(_there(planned, planned.since))
    if not parts:
        parts = [say.any_of([_there(planned, planned.since), _there(planned, until)])]
    question = planned.question
    return say.every([*parts, *say.traits(question.filters, are_people=question.subject is Subject.PERSON)])


def _level(planned: Plan, names: EventNames, days: Between, level: int) -> list[Part]:
    """Exactly on a level in a period: in its group and in none that is narrower; 0 is there at all."""
    if level == AWAY:
        return [say.never(_there(planned, days))]
    groups = planned.definition.groups
    found = [_there(planned, days)] if level == 0 else _group(planned, names, days, groups[level - 1])
    if level < len(groups):
        found.append(say.never(say.every(_group(planned, names, days, groups[level]))))
    return found


def _there(planned: Plan, days: Between) -> Part:
    """Did one of the events in these days."""
    events = planned.definition.events or ("",)
    return say.any_of([_did(planned, event, days) for event in events])


def _group(planned: Plan, names: EventNames, days: Between, group: Group) -> list[Part]:
    """On enough days there, with enough key events."""
    events = planned.definition.events or ("",)
    if group.days > 1 and len(events) > 1:
        raise Unsaid(_("Criteria count the days of one event or of any, not of several together."))
    measured = _did(planned, events[0], days, {"measure": {"days": ""}, "at_least": group.days})
    found = [_there(planned, days) if group.days == 1 else measured]
    if group.key_times:
        found.append(_keyed(planned, planned.definition.keys(names), days, group.key_times))
    return found


def _keyed(planned: Plan, keys: Sequence[str], days: Between, times: int) -> Part:
    """Key events done so often together: one of the ways in which their numbers add up."""
    if not keys:
        raise Unsaid(_("No event is marked as key, so nobody is in this group."))
    ways = []
    for way in shares(times, len(keys)):
        ways.append(
            say.every(
                [
                    _did(planned, event, days, {"times": {"at_least": share}} if share > 1 else {})
                    for event, share in zip(keys, way, strict=True)
                    if share
                ]
            )
        )
        if len(ways) > MOST_WAYS:
            raise say.too_long()
    return say.any_of(ways)


def shares(total: int, count: int) -> Iterator[tuple[int, ...]]:
    """Every way in which ``count`` whole numbers from 0 on add up to ``total``."""
    if count == 1:
        yield (total,)
        return
    for first in range(total, -1, -1):
        for rest in shares(total - first, count - 1):
            yield (first, *rest)


def _did(planned: Plan, event: str, days: Between, more: Part | None = None) -> Part:
    return say.did(event, say.of_events(planned.question.filters), say.within(days), more)
