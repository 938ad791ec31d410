"""When movements are booked: every night, soon after an import, a merge of accounts or a change of a subscription."""

from datetime import time, timedelta
from typing import Any

from evergrow.customers.account_merges import registry
from evergrow.customers.actions.records import on_subscription
from evergrow.health.money.booking import book
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job, Workspace

KIND = "health.book_movements"
SETTLING = timedelta(seconds=10)


@jobs.register(KIND)
def book_movements(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Write the movements that subscriptions say up to today."""
    done = book(job.workspace)
    return {"written": done.written, "reversed": done.reversed}


@jobs.follow("intake.import", "intake.undo")
def book_after_import(job: Job) -> None:
    book_soon(job.workspace)


@registry.on_change
def book_soon(workspace: Workspace) -> None:
    """Book once for all that changes within some seconds; a booking under way is no reason not to."""
    now = clock.now()
    key = f"soon {int(now.timestamp()) // 10}"
    jobs.enqueue(KIND, workspace, dedupe_key=key, run_at=now + SETTLING)


on_subscription(book_soon)
ticks.daily(KIND, time(0, 10))
registry.leave("health.Movement", "the kept account's movements are booked anew, the merged one's by counter-entry")
