"""What the forms of questions of several kinds offer: events, ranges of days, topics, values, rows of filters."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.customers import hidden_names
from evergrow.insight import facts, queries
from evergrow.insight.conditions import VALUELESS, Check, parse_topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Last
from evergrow.insight.reading_parts import LETTERS, is_asked
from evergrow.insight.trend import words
from evergrow.workspaces.models import Member, Workspace

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class FilterRow:
    """A filter as a form shows it; ``of`` names the event it belongs to, "" for all. The last row is empty."""

    of: str
    on: str
    check: str
    value: str
    values: Choices
    error: str

    @property
    def needs_value(self) -> bool:
        return self.check not in VALUELESS

    @property
    def is_pending(self) -> bool:
        """Begun, but not used yet."""
        return bool(self.on) and self.needs_value and not self.value


NO_FILTER = FilterRow("", "", str(Check.IS), "", (), "")


def events(workspace: Workspace, chosen: Sequence[str], names: EventNames, language: str) -> Choices:
    """The events that are seen and not hidden, and those that are chosen; "" is any event."""
    hidden = hidden_names.of(workspace, "events")
    seen = [each.event for each in queries.events_seen(workspace) if each.event not in hidden]
    seen += [each for each in dict.fromkeys(chosen) if each and each not in seen]
    return [("", names.shown("", language)), *((event, _named(event, names, language)) for event in seen)]


def _named(event: str, names: EventNames, language: str) -> str:
    shown = names.shown(event, language)
    return shown if shown == event else f"{shown} · {event}"


def ranges(known: Sequence[str], chosen: str) -> Choices:
    """``12w`` and others in words, the chosen one among them, and days of one's own."""
    every = known if chosen in [*known, "custom"] else [*known, chosen]
    return [*((short, _range_words(short)) for short in every), ("custom", _("From … to …"))]


def _range_words(short: str) -> str:
    count, unit = short[:-1], LETTERS.get(short[-1:])
    if short == "1d":
        return _("Today")
    return words.last_words(Last(int(count), unit)) if unit and count.isdecimal() else short


def topics(workspace: Workspace, event: str, used: Sequence[str]) -> Sequence[tuple[str, Choices]]:
    """Facts of accounts, and properties that the event (``""``: any) carries or that are used already."""
    hidden = hidden_names.of(workspace, "properties")
    properties = [f"property.{key}" for key in queries.properties_seen(workspace, event) if key not in hidden]
    properties += [each for each in dict.fromkeys(used) if each.startswith("property.") and each not in properties]
    of_accounts = [(f"account.{fact.key}", fact.label) for fact in facts.every()]
    found: list[tuple[str, Choices]] = [(pgettext("group of choices", "Account"), of_accounts)]
    if properties:
        found.append((_("Property of the event"), [(each, each.partition(".")[2]) for each in properties]))
    return found


def values(workspace: Workspace, on: str, check: str, event: str) -> Choices:
    """Values of a topic to choose from; none where the test needs none."""
    if check in VALUELESS:
        return ()
    try:
        topic = parse_topic(on, "on", facts.keys())
    except BadQuestion:
        return ()
    return queries.values_seen(workspace, topic, event)


def choices(known: Mapping[Any, Any]) -> Choices:
    """Values with their words, as a field offers them."""
    return [(str(value), label) for value, label in known.items()]


def filter_rows(
    member: Member,
    typed: Iterable[tuple[str, str, str, str]],
    event_of: Callable[[str], str],
    error_of: Callable[[str, int], str],
) -> list[FilterRow]:
    """The filters as typed (of what, topic, test, value), those begun without a value too, and an empty one to add.

    ``event_of`` says of which event the filters of something are, ``error_of`` what is wrong with the one at a place
    among those used. Values come from all accounts, so only members who see them all are offered any.
    """
    offers_values = queries.limit(member) is None
    found: list[FilterRow] = []
    used: dict[str, int] = {}
    for of, on, check, value in typed:
        if not on:
            continue
        offered = values(member.workspace, on, check, event_of(of)) if offers_values else ()
        found.append(FilterRow(of, on, check, value, offered, error_of(of, used.get(of, 0))))
        used[of] = used.get(of, 0) + is_asked(on, check, value)
    return [*found, NO_FILTER]
