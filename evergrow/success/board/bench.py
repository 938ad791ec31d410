"""Part ``board`` of ``evergrow bench work``: the server's time for a board of a thousand tasks, by state and by owner.

Its baseline is the same page with every card of every column on it, as a board that does not page its columns has.
"""

from collections.abc import Callable
from unittest.mock import patch

from django.db import connection
from django.test import Client, override_settings

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.lib.bench import Result, durations, quantile, spent
from evergrow.success.bench import bulk
from evergrow.success.board import columns
from evergrow.success.models import Task, TaskState
from evergrow.workspaces.models import Member, Role, User, Workspace

TASKS, ACCOUNTS, OWNERS = 1000, 200, 8
TARGET_SECONDS = 0.15
BASELINE = "the same board with all its cards on one page"
STATES = [TaskState.READY, TaskState.READY, TaskState.READY, TaskState.IN_PROGRESS, TaskState.DONE]


def fill(workspace: Workspace, owners: list[Member], tasks: int = TASKS) -> None:
    """``tasks`` tasks spread over accounts, owners, states and dates."""
    today, now = workspace.today(), clock.now()
    rows = [
        Account(workspace=workspace, number=n, external_id=f"B-{n}", name=f"Account {n}", mrr=n * 10)
        for n in range(1, ACCOUNTS + 1)
    ]
    accounts = Account.objects.bulk_create(rows)
    Task.objects.bulk_create(
        Task(
            workspace=workspace,
            account=accounts[n % ACCOUNTS],
            name=f"Task {n}",
            state=STATES[n % len(STATES)],
            owner=owners[n % len(owners)],
            due_on=today.replace(day=1 + n % 28),
            priority=1 + n % 3,
            ended_at=now if STATES[n % len(STATES)] == TaskState.DONE else None,
        )
        for n in range(tasks)
    )


def measure(seconds: float = 5.0) -> list[Result]:
    """Fill a workspace in the store of this process, and time both boards through the whole stack."""
    workspace = Workspace.objects.create(slug="bench-board", name="Bench")
    owners = [
        Member.objects.create(
            workspace=workspace, user=User.objects.create_user(f"board-{n}@example.org"), role=Role.MANAGER
        )
        for n in range(OWNERS)
    ]
    fill(workspace, owners)
    bulk.analyze()
    client = Client()
    client.force_login(owners[0].user)
    results = []
    with override_settings(ALLOWED_HOSTS=["*"]):
        for by in ("state", "owner"):
            page = _page(client, f"/w/{workspace.slug}/tasks/board/?whose=all&by={by}")
            taken, used = spent(page, seconds=seconds)
            with patch.object(columns, "PER_COLUMN", TASKS):
                plain = durations(page, seconds=seconds / 2)
            for share, name in ((0.5, "p50"), (0.95, "p95")):
                target = TARGET_SECONDS if name == "p95" else None
                metric = f"board of {TASKS} tasks by {by} {name}, {connection.vendor}"
                base = quantile(plain, share)
                results.append(Result(metric, quantile(taken, share), "s", "lower", target, BASELINE, base))
                processor = f"{metric}, processor of the thread"
                results.append(Result(processor, quantile(used, share), "s", "lower"))
    return results


def _page(client: Client, url: str) -> Callable[[], None]:
    def ask() -> None:
        if client.get(url).status_code != 200:
            raise AssertionError(f"{url} is not answered.")

    ask()
    return ask
