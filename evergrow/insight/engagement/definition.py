"""What makes somebody valid, active or core in a period: the workspace's own rule, and the one until it has its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight import event_names
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval
from evergrow.insight.presence.source import Subject
from evergrow.lib import bilingual
from evergrow.workspaces.errors import Refused

PERIODS = (Interval.WEEK, Interval.MONTH)
MOST_GROUPS = 5
MOST_EVENTS = 50
LONGEST_NAME = 40
LARGEST_TIMES = 100_000
LONGEST_PERIOD = {Interval.WEEK: 7, Interval.MONTH: 31}


class BadDefinition(Refused, ValueError):
    """A definition that cannot be kept. ``field`` names what to mend, the message says how."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Group:
    """Those who were there on at least ``days`` days of a period and did key events at least ``key_times`` times."""

    name_zh: str
    name_en: str
    days: int
    key_times: int = 0

    @property
    def name(self) -> bilingual.Name:
        return {"zh": self.name_zh, "en": self.name_en}


@dataclass(frozen=True, slots=True)
class Definition:
    """Groups from the widest to the narrowest; each asks for at least what the one before asks, so it lies within it.

    Who did any of ``events`` (none: any event at all) was there. ``key_events`` none: those that the workspace marks
    as key under “Names of events”. ``version`` 0 is the built-in definition.
    """

    groups: tuple[Group, ...]
    period: Interval = Interval.MONTH
    events: tuple[str, ...] = ()
    key_events: tuple[str, ...] = ()
    version: int = 0

    def keys(self, names: EventNames) -> tuple[str, ...]:
        """The key events as captured."""
        known = {*event_names.KNOWN_KEY, *names.labels}
        return self.key_events or tuple(sorted(event for event in known if names.is_key(event)))


BUILT_IN: dict[Subject, Definition] = {
    Subject.PERSON: Definition(
        (
            Group("有效用户", "Valid", days=2),
            Group("活跃用户", "Active", days=4, key_times=1),
            Group("核心用户", "Core", days=8, key_times=4),
        )
    ),
    Subject.ACCOUNT: Definition(
        (
            Group("有效客户", "Valid", days=3),
            Group("活跃客户", "Active", days=6, key_times=1),
            Group("核心客户", "Core", days=10, key_times=4),
        )
    ),
}


def from_data(raw: Mapping[str, Any], version: int = 0) -> Definition:
    """Read a definition's JSON form. Raises BadDefinition at the first thing that cannot be kept."""
    period = raw.get("period", Interval.MONTH)
    if period not in PERIODS:
        raise BadDefinition("period", _("Choose weeks or months."))
    groups = raw.get("groups")
    if not isinstance(groups, list) or not 1 <= len(groups) <= MOST_GROUPS:
        raise BadDefinition("groups", _("Define between 1 and %(most)s groups.") % {"most": MOST_GROUPS})
    found = tuple(_group(each, place, Interval(period)) for place, each in enumerate(groups))
    for place, (wider, narrower) in enumerate(pairwise(found), start=1):
        if narrower.days < wider.days or narrower.key_times < wider.key_times:
            raise BadDefinition(
                f"groups.{place}",
                _("A narrower group asks for at least as much as the wider one before it, in days and in key events."),
            )
        if (narrower.days, narrower.key_times) == (wider.days, wider.key_times):
            raise BadDefinition(f"groups.{place}", _("Two groups ask for the same. Leave one out, or ask for more."))
    return Definition(
        groups=found,
        period=Interval(period),
        events=_events(raw.get("events", []), "events"),
        key_events=_events(raw.get("key_events", []), "key_events"),
        version=version,
    )


def as_data(definition: Definition) -> dict[str, Any]:
    """The definition as JSON-ready data; the version is kept beside it."""
    return {
        "period": str(definition.period),
        "events": list(definition.events),
        "key_events": list(definition.key_events),
        "groups": [
            {"name_zh": group.name_zh, "name_en": group.name_en, "days": group.days, "key_times": group.key_times}
            for group in definition.groups
        ],
    }


def _group(raw: Any, place: int, period: Interval) -> Group:
    if not isinstance(raw, Mapping):
        raise BadDefinition(f"groups.{place}", _("A group has names, days and key events."))
    names = [str(raw.get(part, "")).strip() for part in ("name_zh", "name_en")]
    if not any(names) or max(map(len, names)) > LONGEST_NAME:
        raise BadDefinition(
            f"groups.{place}", _("Name each group, with at most %(most)s characters.") % {"most": LONGEST_NAME}
        )
    days = _whole(raw.get("days", 1), f"groups.{place}", 1, LONGEST_PERIOD[period])
    times = _whole(raw.get("key_times", 0), f"groups.{place}", 0, LARGEST_TIMES)
    return Group(names[0], names[1], days, times)


def _whole(raw: Any, field: str, least: int, most: int) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not least <= raw <= most:
        raise BadDefinition(field, _("Use a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return raw


def _events(raw: Any, field: str) -> tuple[str, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) > MOST_EVENTS:
        raise BadDefinition(field, _("Choose at most %(most)s events.") % {"most": MOST_EVENTS})
    if not all(isinstance(event, str) and 0 < len(event) <= 200 for event in raw):
        raise BadDefinition(field, _("The name of an event is a text of at most %(most)s characters.") % {"most": 200})
    return tuple(dict.fromkeys(raw))
