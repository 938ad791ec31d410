"""Writing down what a batch of runs has come to: one guarded update for all rows that change alike."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from evergrow.customers.models import TimelineEntry
from evergrow.success import notices
from evergrow.success.engine.rows import RunRow, TaskRow
from evergrow.success.engine.world import World
from evergrow.success.models import Delivery, DeliveryState, Run, RunState, Task, TaskState, Vote, VoteState
from evergrow.workspaces.models import AuditEntry

AT_ONCE = 1_000
Key = tuple[Any, ...]


class Moved(Exception):
    """A row was moved by somebody else meanwhile; nothing of the batch may be written."""


def write(world: World) -> int:
    """Write the changes of the world's runs inside a transaction; how many steps changed their state.

    Raises Moved when a step or a run is no longer where it was read.
    """
    tasks = [task for run in world.runs for task in run.tasks if task.changed]
    _update(Task, tasks)
    _update(Run, [run for run in world.runs if run.changed])
    _let_go([task.pk for task in tasks if task.state == TaskState.CANCELLED and task.was in IN_HAND])
    if world.deliveries:
        Delivery.objects.bulk_create(world.deliveries, batch_size=AT_ONCE)
    if world.entries:
        AuditEntry.objects.bulk_create(world.entries, batch_size=AT_ONCE)
    if world.lines:
        TimelineEntry.objects.bulk_create(world.lines, batch_size=AT_ONCE)
    _tell_of([task.pk for task in tasks if task.state == TaskState.READY and task.was == TaskState.BLOCKED], world)
    return sum(task.state != task.was for task in tasks)


def _tell_of(opened: list[int], world: World) -> None:
    """Tell those who have these steps that they are to do now."""
    if opened:
        rows = Task.objects.filter(pk__in=opened, owner__isnull=False)
        notices.tasks_given(rows.select_related("account", "workspace", "owner__user"), by=world.by)


IN_HAND = (TaskState.IN_PROGRESS, TaskState.AWAITING)


def _update(model: type[Task] | type[Run], rows: Iterable[TaskRow] | Iterable[RunRow]) -> None:
    alike: dict[Key, list[int]] = defaultdict(list)
    values: dict[Key, dict[str, Any]] = {}
    for row in rows:
        key: Key = (row.was, *((name, _key(value)) for name, value in row.changed.items()))
        alike[key].append(row.pk)
        values[key] = row.changed
    for key, pks in alike.items():
        for start in range(0, len(pks), AT_ONCE):
            part = pks[start : start + AT_ONCE]
            if model.objects.filter(pk__in=part, state=key[0]).update(**values[key]) != len(part):
                raise Moved


def _key(value: Any) -> Any:
    return repr(value) if isinstance(value, dict | list) else value


def _let_go(tasks: list[int]) -> None:
    """What these steps still had on its way, and the votes they asked for, are wanted no more."""
    if tasks:
        Delivery.objects.filter(task__in=tasks, state=DeliveryState.QUEUED).update(state=DeliveryState.CANCELLED)
        Vote.objects.filter(task__in=tasks, state=VoteState.ASKED).update(state=VoteState.CLOSED)


def let_go_of_runs(runs: list[int]) -> None:
    """The same for every step of runs that ended."""
    _let_go(list(Task.objects.filter(run_id__in=runs).values_list("pk", flat=True)))


def ended(run: RunRow) -> bool:
    """Whether the batch brought a run to its end."""
    return run.state == RunState.COMPLETED and run.was != RunState.COMPLETED
