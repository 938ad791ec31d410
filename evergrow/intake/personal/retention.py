"""How long events are kept: what would go, taking it away at night, which days' counts have outlived their events."""

import fnmatch
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.customers.models import Kept, RetentionRule
from evergrow.intake.events import alone
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

ROLLUPS = ("activity", "account_day", "property_days", "property_people")


@dataclass(frozen=True, slots=True)
class Share:
    """The events that one rule decides about: those before ``until`` go."""

    rule: RetentionRule
    events: list[str]
    until: date
    count: int
    oldest: date | None


def shares(workspace: Workspace) -> list[Share]:
    """What each rule would take away today; an event follows the first rule whose pattern fits its name."""
    rules = list(RetentionRule.objects.filter(workspace=workspace, about=Kept.EVENTS).order_by("position", "pk"))
    if not rules:
        return []
    names = [name for (name,) in warehouse.rows(_NAMES, workspace_id=workspace.pk)]
    return [_share(workspace, rule, events) for rule, events in _divided(rules, names)]


def _divided(rules: list[RetentionRule], names: list[str]) -> Iterator[tuple[RetentionRule, list[str]]]:
    left = list(names)
    for rule in rules:
        mine = [name for name in left if fits(rule.pattern, name)]
        left = [name for name in left if name not in set(mine)]
        yield rule, mine


def fits(pattern: str, event: str) -> bool:
    """Whether a name fits a pattern in which ``*`` stands for any letters, small or capital."""
    literal = pattern.replace("[", "[[]").replace("?", "[?]").lower()
    return fnmatch.fnmatchcase(event.lower(), literal)


def _share(workspace: Workspace, rule: RetentionRule, events: list[str]) -> Share:
    until = workspace.today() - timedelta(days=rule.days)
    if not events:
        return Share(rule, [], until, 0, None)
    row = warehouse.rows(_OLD, workspace_id=workspace.pk, events=events, until=until)[0]
    return Share(rule, events, until, int(row[0]), row[1] if row[0] else None)


def run(workspace: Workspace, on_progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Take away what is older than its rule keeps it; how many events by pattern. Safe to run again."""
    due = shares(workspace)
    done = {}
    for number, share in enumerate(due):
        if share.count:
            _forget(workspace, share)
        rules = RetentionRule.objects.filter(pk=share.rule.pk)
        rules.update(last_run_at=clock.now(), last_count=share.count)
        done[share.rule.pattern] = share.count
        if on_progress:
            on_progress(number + 1, len(due))
    return done


def _forget(workspace: Workspace, share: Share) -> None:
    which: dict[str, Any] = {"workspace_id": workspace.pk, "events": share.events, "until": share.until}
    with alone(workspace):
        warehouse.execute(_FORGET.format(table="events"), **which)
        if share.rule.rebuild_counts:
            for table in ROLLUPS:
                warehouse.execute(_FORGET.format(table=table), **which)
        warehouse.touch(workspace.pk)


def thinned(workspace: Workspace) -> Callable[[str, date], bool]:
    """A function that tells whether an event's day has lost its events to a rule that keeps the daily counts."""
    rules = list(RetentionRule.objects.filter(workspace=workspace, about=Kept.EVENTS).order_by("position", "pk"))

    def is_thinned(event: str, day: date) -> bool:
        rule = next((each for each in rules if fits(each.pattern, event)), None)
        if rule is None or rule.rebuild_counts or rule.last_run_at is None:
            return False
        return day < rule.last_run_at.astimezone(workspace.tz).date() - timedelta(days=rule.days)

    return is_thinned


_NAMES = "select distinct event from activity where workspace_id = {workspace_id:UInt32} order by event"
_OLD = """select count(), min(day) from events
where workspace_id = {workspace_id:UInt32} and event in {events:Array(String)} and day < {until:Date}"""
_FORGET = """alter table {table} delete
where workspace_id = {{workspace_id:UInt32}} and event in {{events:Array(String)}} and day < {{until:Date}}
settings mutations_sync = 2"""
