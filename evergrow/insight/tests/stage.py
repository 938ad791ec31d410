"""Puts plain events into the real store, and a world's facts into the relational one."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.memory import Rows
from evergrow.insight.sets import accounts, kept, state
from evergrow.insight.statement import Statement
from evergrow.insight.tests.reference import Happened, World
from evergrow.warehouse import watched
from evergrow.workspaces.models import Workspace

# When the properties of a world began to be watched
WAYS = ("not", "from the start", "later", "still filling")


def store_events(workspace: Workspace, events: Sequence[Happened], world: World, *, first_id: int = 0) -> None:
    """Insert events as capture would, with the day of the workspace's zone."""
    if not events:
        return
    size, moment = len(events), [event.at for event in events]
    warehouse.insert(
        "events",
        {
            "workspace_id": [workspace.pk] * size,
            "event": [event.event for event in events],
            "at": moment,
            "day": [world.day(event) for event in events],
            "person": [event.person for event in events],
            "account": [event.account for event in events],
            "message_id": [f"m{first_id + position}" for position in range(size)],
            "distinct_id": [str(event.person) for event in events],
            "sequence": list(range(first_id, first_id + size)),
            "properties": [dict(event.properties) for event in events],
            "original_at": moment,
            "received_at": [datetime(2026, 3, 25, tzinfo=UTC)] * size,
            "source": ["test"] * size,
            "import_id": [0] * size,
            "segment": [""] * size,
        },
    )


def store_merges(workspace: Workspace, merges: Mapping[int, int], *, version: int = 1) -> None:
    """Say that people turned out to be others, as identity resolution does."""
    if merges:
        warehouse.insert(
            "person_overrides",
            {
                "workspace_id": [workspace.pk] * len(merges),
                "from_person": list(merges),
                "to_person": list(merges.values()),
                "version": [version] * len(merges),
            },
        )
        warehouse.touch(workspace.pk, rewritten=False)


def store_accounts(workspace: Workspace, facts: Mapping[str, Mapping[int, str]], numbers: Sequence[int]) -> None:
    Account.objects.bulk_create(
        Account(
            workspace=workspace,
            number=number,
            external_id=f"a{number}",
            name=f"Account {number}",
            **{name: values[number] for name, values in facts.items() if number in values},
        )
        for number in numbers
    )


def ask_both_ways(patch: pytest.MonkeyPatch) -> list[str]:
    """Count from memory what can be, of however few events, and ask the statement too: both must find the same rows.

    Which statements were asked in both ways.
    """
    found: list[str] = []

    def rows(asked: Statement) -> Rows:
        sooner = asked.shortcut() if asked.shortcut else None
        told = warehouse.rows(asked.sql, **asked.params)
        if sooner is not None:
            assert sorted(map(repr, sooner)) == sorted(map(repr, told)), asked
            found.append(asked.name)
        return told if sooner is None else sooner

    for each in (kept.kept, state, accounts):
        each.forget()
    patch.setattr(kept, "FEWEST", 0)
    patch.setattr(kept, "CALM", 0.0)
    patch.setattr(Statement, "rows", rows)
    return found


def watch(workspace: Workspace, world: World, keys: Sequence[str] = ("plan", "?"), *, most: int | None = None) -> None:
    """Watch properties of every event of a world; with ``most`` their sets hold only so many of its latest days yet."""
    for event in {each.event for each in world.events}:
        for key in keys:
            watched.note(workspace.pk, event, key, world.today)
    if most is None:
        watched.tend(workspace.pk, world.today)
        return
    for each in watched.every(workspace.pk):
        found = watched.begin(each, nullcontext)
        for _ in range(most):
            found, _days = watched.fill_more(found, nullcontext, at_once=1)
