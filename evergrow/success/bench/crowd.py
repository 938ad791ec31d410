"""Accounts with runs of a playbook, made in bulk: what many starts in a row would have made, without their history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from evergrow.customers.models import Account, AccountStatus
from evergrow.lib import local_time
from evergrow.success.engine.book import plan_of
from evergrow.success.models import Playbook, PlaybookVersion, Run, Step, Task, TaskState, VersionState
from evergrow.success.schedule import plan
from evergrow.workspaces.models import Workspace

AT_ONCE = 2_000


def workspace(slug: str = "bench") -> Workspace:
    """A workspace without members."""
    return Workspace.objects.create(slug=slug, name="Bench", language="en", zone="Asia/Shanghai")


def playbook(space: Workspace, key: str, steps: Sequence[dict[str, Any]]) -> PlaybookVersion:
    """A published playbook; each step is its facts."""
    made = Playbook.objects.create(workspace=space, key=key, name={"en": key})
    version = PlaybookVersion.objects.create(playbook=made, number=1, state=VersionState.PUBLISHED)
    for place, facts in enumerate(steps, start=1):
        Step.objects.create(version=version, position=place, name={"en": facts["key"]}, **facts)
    return version


def accounts(space: Workspace, count: int) -> list[Account]:
    """That many accounts, numbered from 1."""
    facts = {"workspace": space, "status": AccountStatus.ACTIVE}
    rows = (Account(number=n, external_id=f"B-{n}", name=f"Account {n}", **facts) for n in range(1, count + 1))
    return Account.objects.bulk_create(rows, batch_size=AT_ONCE)


def runs(space: Workspace, version: PlaybookVersion, firms: Sequence[Account], at: datetime) -> None:
    """A run for each account that begins at a moment: planned, every step waits, and the run is due to be taken on."""
    day, steps = local_time.day_of(at, space.tz), list(version.steps.order_by("position"))
    due = plan([plan_of(step) for step in steps], start=day, anchor=None, calendar=space.workdays)
    latest = max((on for on in due.values() if on), default=None)
    made = Run.objects.bulk_create(
        (
            Run(
                workspace=space,
                account=firm,
                playbook_id=version.playbook_id,
                version=version,
                starts_on=day,
                started_at=at,
                due_on=latest,
                wakes_at=at,
            )
            for firm in firms
        ),
        batch_size=AT_ONCE,
    )
    Task.objects.bulk_create(
        (
            Task(
                workspace=space,
                account_id=run.account_id,
                run=run,
                step=step,
                position=step.position,
                kind=step.kind,
                name=step.name,
                state=TaskState.BLOCKED,
                due_on=due[step.key],
                created_at=at,
            )
            for run in made
            for step in steps
        ),
        batch_size=AT_ONCE,
    )


def left(space: Workspace) -> int:
    """How many runs are still active."""
    return Run.objects.filter(workspace=space, state="active").count()
