"""How groups, levels and what they ask for are said."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from evergrow.insight.engagement.definition import Definition, Group
from evergrow.insight.engagement.question import AWAY, BELOW, NEW
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval
from evergrow.insight.presence.words import SUBJECTS as SUBJECTS
from evergrow.insight.presence.words import amount as amount
from evergrow.insight.presence.words import axis_words as axis_words
from evergrow.insight.presence.words import bucket_words as bucket_words
from evergrow.insight.presence.words import condition as condition
from evergrow.insight.presence.words import short_words as short_words
from evergrow.insight.presence.words import span as span
from evergrow.lib import bilingual, numerals

PERIODS: dict[Interval, str | Promise] = {
    Interval.WEEK: pgettext_lazy("engagement by", "Calendar week"),
    Interval.MONTH: pgettext_lazy("engagement by", "Calendar month"),
}


def level(definition: Definition, number: int, language: str) -> str:
    """``Core``, ``Below valid``, ``Away``, ``New``."""
    if number == AWAY:
        return pgettext("engagement", "Away")
    if number == NEW:
        return pgettext("engagement", "New")
    if number == BELOW:
        widest = bilingual.pick(definition.groups[0].name, language)
        return pgettext("engagement", "Below “%(group)s”") % {"group": widest}
    return bilingual.pick(definition.groups[number - 1].name, language)


def asks(definition: Definition, number: int, language: str) -> str:
    """What a level asks for: ``at least 4 days and 1 key event in a month``."""
    if number in (AWAY, NEW):
        return {
            AWAY: _("There in one of the two periods, not in this one."),
            NEW: _("Never there before."),
        }[number]
    if number == BELOW:
        return _("There, but on too few days or with too few key events for any group.")
    return criteria(definition.groups[number - 1])


def criteria(group: Group) -> str:
    """``at least 4 days, and at least 1 key event``."""
    days = ngettext("at least %(n)s day", "at least %(n)s days", group.days) % {"n": group.days}
    if not group.key_times:
        return days
    times = ngettext("key events at least %(n)s time", "key events at least %(n)s times", group.key_times)
    return pgettext("criteria of a group", "%(days)s, and %(times)s") % {
        "days": days,
        "times": times % {"n": group.key_times},
    }


def activity(definition: Definition, names: EventNames, language: str) -> str:
    """The events that make somebody there, by name."""
    return _listed(definition.events, names, language) or names.shown("", language)


def key_events(definition: Definition, names: EventNames, language: str) -> str:
    """The key events by name."""
    return _listed(definition.keys(names), names, language)


def _listed(events: Iterable[str], names: EventNames, language: str) -> str:
    joint = "、" if numerals.is_chinese(language) else ", "
    return joint.join(names.shown(event, language) for event in events)
