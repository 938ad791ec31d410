"""Runs that stand alike go alike: what comes of them is the same as if each had been taken on by itself."""

import random
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest

from evergrow.customers.models import Account, TimelineEntry
from evergrow.lib import clock
from evergrow.success.bench import crowd
from evergrow.success.bench.transitions import BEGIN
from evergrow.success.engine import alike, going
from evergrow.success.engine.book import books
from evergrow.success.engine.going import go_on_due
from evergrow.success.engine.rows import PK, fold
from evergrow.success.models import Run, Task, TaskState
from evergrow.workspaces.models import AuditEntry, Member, Role, User, Workspace
from evergrow.workspaces.notices.models import Notice

pytestmark = pytest.mark.django_db
RUNS, DAYS = 40, 9
ALWAYS = {"key": "a", "name": {"en": "A"}, "criteria": {}}
STEPS: list[dict[str, Any]] = [
    {"key": "rest", "kind": "wait", "offset": 1, "unit": "workdays", "roll": "next"},
    {"key": "call", "kind": "call", "offset": 2, "unit": "days"},
    {"key": "way", "kind": "decision", "after": ["rest"], "details": {"branches": [ALWAYS]}},
    {"key": "left", "kind": "wait", "on_branches": {"way": ["else"]}, "offset": 1},
    {"key": "right", "kind": "wait", "on_branches": {"way": ["a"]}, "offset": 1},
    {"key": "only", "kind": "task", "after": ["right"], "industries": ["Retail"]},
    {"key": "hours", "kind": "wait", "after": ["call"], "offset": 2, "unit": "hours"},
    {"key": "asked", "kind": "approval", "after": ["right"], "required": False},
    {"key": "last", "kind": "wait", "after": ["only", "hours"], "offset": 1, "unit": "days", "roll": "none"},
]


def _stage(slug: str, steps: list[dict[str, Any]]) -> Workspace:
    """Runs in some states, the same for every slug: some calls are made, some steps have an owner or a fixed date."""
    chance, space = random.Random(slug.partition("-")[0]), crowd.workspace(slug)
    user = User.objects.create_user(f"{slug}@example.com", name="Lin")
    member = Member.objects.create(workspace=space, user=user, role=Role.OPERATOR)
    firms = crowd.accounts(space, RUNS)
    Account.objects.filter(pk__in=[firm.pk for firm in firms if firm.number % 3]).update(industry="Retail")
    crowd.runs(space, crowd.playbook(space, "book", steps), firms, BEGIN)
    for run in Run.objects.filter(workspace=space).order_by("pk"):
        if chance.random() < 0.2:
            Run.objects.filter(pk=run.pk).update(started_at=BEGIN - timedelta(minutes=chance.randrange(9)))
        tasks = Task.objects.filter(run=run)
        tasks.filter(step__key="asked").update(required=False)
        if chance.random() < 0.5:
            tasks.filter(step__key="only").update(owner=member, required=False)
        if chance.random() < 0.3:
            on = space.today() + timedelta(days=chance.randrange(4))
            tasks.filter(step__key="right").update(due_on=on, due_is_fixed=True)
        if chance.random() < 0.6:
            at = BEGIN - timedelta(hours=chance.randrange(0, 20, 5))
            tasks.filter(step__key="call").update(state=TaskState.DONE, ended_at=at, ready_at=at)
    return space


def _told(space: Workspace) -> dict[str, list[Any]]:
    facts = ("state", "ready_at", "ended_at", "due_on", "due_at", "wakes_at", "branch", "skip_code", "problem")
    runs = ("state", "due_on", "wakes_at", "ended_at")
    about = {
        str(pk): number for pk, number in Task.objects.filter(workspace=space).values_list("pk", "account__number")
    }
    about |= {f"r{pk}": n for pk, n in Run.objects.filter(workspace=space).values_list("pk", "account__number")}
    entries = AuditEntry.objects.filter(workspace=space).values_list("verb", "target_kind", "target_id", "at", "data")
    audited = [
        (verb, about["r" * (kind == "run") + pk], at, data.get("why"))
        for verb, kind, pk, at, data in entries
        if kind in ("run", "task")
    ]
    lines = TimelineEntry.objects.filter(account__workspace=space).values_list("kind", "account__number", "at")
    return {
        "tasks": list(Task.objects.filter(workspace=space).order_by("pk").values_list("step__key", *facts)),
        "runs": list(Run.objects.filter(workspace=space).order_by("pk").values_list("account__number", *runs)),
        "audit": sorted(audited, key=repr),
        "timeline": sorted(lines),
        "notices": sorted(Notice.objects.filter(member__workspace=space).values_list("kind", "data__account")),
    }


def _go(space: Workspace) -> int:
    moved = 0
    for hour in range(0, DAYS * 24, 12):
        with clock.frozen(BEGIN + timedelta(hours=hour)):
            moved += go_on_due(space, size=40)
    return moved


@pytest.mark.parametrize("plain", [False, True], ids=["with hours", "days alone"])
def test_runs_that_stand_alike_end_up_as_if_each_went_by_itself(plain: bool) -> None:
    steps = [{**step, "unit": "days"} if plain and step.get("unit") == "hours" else step for step in STEPS]
    with clock.frozen(BEGIN):
        together, apart = _stage(f"{plain}-together", steps), _stage(f"{plain}-apart", steps)
    taken: list[int] = []

    def count(run: Any, world: Any, **options: Any) -> None:
        taken.append(run.pk)
        advance(run, world, **options)

    advance = alike.advance
    with patch.object(alike, "advance", count):
        moved = _go(together)
        one_by_one = len(taken)
        with patch.object(alike, "_stand", lambda folded, local: (folded.run[PK],)):
            assert _go(apart) == moved
    assert one_by_one < len(taken) - one_by_one, "some went with another"
    assert _told(together) == _told(apart)
    found = _told(together)
    assert found["timeline"]
    assert found["notices"]
    assert {row[1] for row in found["tasks"]} >= {"done", "skipped", "ready"}


def test_the_moments_of_a_store_are_read_back_as_they_were_written() -> None:
    at = datetime.fromisoformat("2026-03-02T01:02:03.004005+00:00")
    with clock.frozen(at):
        space = crowd.workspace()
        crowd.runs(space, crowd.playbook(space, "book", STEPS[:2]), crowd.accounts(space, 1), at)
        Task.objects.filter(workspace=space).update(state=TaskState.DONE, ended_at=at, due_at=at)
        run = Run.objects.get(workspace=space)
        rows = going._read(Run.objects.filter(pk=run.pk))
        row = fold(rows, books([run.version_id]))[0].unfold()
    assert (row.started_at, row.starts_on, row.wakes_at, row.anchors) == (at, run.starts_on, at, {})
    assert [(task.ended_at, task.due_at, task.due_on, task.due_is_fixed) for task in row.tasks] == [
        (at, at, task.due_on, False) for task in Task.objects.order_by("position")
    ]
