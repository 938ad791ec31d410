"""What there is to ask about, and the one door for questions of every kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.insight import facts, kinds
from evergrow.insight.access import limit as limit
from evergrow.insight.conditions import Topic
from evergrow.insight.narrowing import in_trash
from evergrow.insight.statement import Statement, run
from evergrow.insight.trend import ask as trend
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.trend.result import TrendResult
from evergrow.workspaces.models import Member, Workspace

PROPERTY_DAYS = 90
MOST_CHOICES = 300


@dataclass(frozen=True, slots=True)
class EventSeen:
    """An event name with how often it came, from how many accounts and (unmerged) people, first and last day."""

    event: str
    times: int
    accounts: int
    people: int
    first_day: date
    last_day: date


def events_seen(workspace: Workspace) -> list[EventSeen]:
    """The events this workspace captures, the most frequent first; accounts in the trash are not counted."""
    params = {"workspace": workspace.pk, "gone": list(in_trash(workspace))}
    statement = Statement("events_seen", warehouse.statement("insight", "events_seen"), params)
    return [EventSeen(*row) for row in run(statement, warehouse.version(workspace.pk))]


def properties_seen(workspace: Workspace, event: str) -> list[str]:
    """Names of properties that the event (``""``: any) carried in the last 90 days, the most frequent first."""
    return [str(key) for key, _times in _recent(workspace, "properties_seen", event=event)]


def values_seen(workspace: Workspace, topic: Topic, event: str) -> list[tuple[str, str]]:
    """Values of a topic to choose from, as ``(value, how it is shown)``: those of accounts, or of the last 90 days."""
    if topic.kind == "property":
        return [
            (str(value), str(value)) for value, _times in _recent(workspace, "values_seen", event=event, key=topic.key)
        ]
    fact = facts.get(topic.key)
    return [(value, fact.shown(value)) for value in sorted(set(fact.of(workspace).values()))[:MOST_CHOICES]]


def _recent(workspace: Workspace, name: str, **params: Any) -> list[tuple[Any, ...]]:
    since = workspace.today() - timedelta(days=PROPERTY_DAYS)
    params |= {"workspace": workspace.pk, "since": since}
    return run(Statement(name, warehouse.statement("insight", name), params), warehouse.version(workspace.pk))


def answer(member: Member, question: TrendQuestion) -> TrendResult:
    """Ask a trend for a member: over the accounts that the member may see. Errors as in ``trend.ask.ask``."""
    return trend.ask(question, member.workspace, visible=limit(member))


def answer_data(member: Member, raw: Mapping[str, Any]) -> Any:
    """The answer to a question's JSON form, of whatever kind. Raises BadQuestion at the part that is wrong."""
    kind = kinds.of(raw)
    return kind.answer(member, kind.read(raw))
