"""Writing down what a batch of runs has come to: one guarded update for all rows that change alike."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from evergrow.customers.models import TimelineEntry
from evergrow.lib.batches import batched
from evergrow.success import notices
from evergrow.success.engine.bare import Among
from evergrow.success.engine.rows import PK, Folded, RunRow, TaskRow
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
    tasks, runs = Groups(), Groups()
    for run in world.runs:
        _gather(run, [], tasks, runs)
    for run, others in world.alike:
        _gather(run, others, tasks, runs)
    tasks.update(Task)
    runs.update(Run)
    _let_go(tasks.let_go)
    if world.deliveries:
        Delivery.objects.bulk_create(world.deliveries, batch_size=AT_ONCE)
    if world.entries:
        AuditEntry.objects.bulk_create(world.entries, batch_size=AT_ONCE)
    if world.lines:
        TimelineEntry.objects.bulk_create(world.lines, batch_size=AT_ONCE)
    opened = [task.pk for run in world.runs for task in run.tasks if task.is_opened and task.owner_id is not None]
    _tell_of([*opened, *world.opened], world)
    return tasks.moved


def _gather(run: RunRow, others: Sequence[Folded], tasks: "Groups", runs: "Groups") -> None:
    """Note the changes of a run, or of all that went alike with it."""
    for place, task in enumerate(run.tasks):
        if task.changed:
            tasks.add(task, [other.tasks[place][PK] for other in others] if others else [task.pk])
    if run.changed:
        runs.add(run, [other.run[PK] for other in others] if others else [run.pk])


def _tell_of(opened: list[int], world: World) -> None:
    """Tell those who have these steps that they are to do now."""
    if opened:
        rows = Task.objects.filter(pk__in=opened, owner__isnull=False)
        notices.tasks_given(rows.select_related("account", "workspace", "owner__user"), by=world.by)


IN_HAND = (TaskState.IN_PROGRESS, TaskState.AWAITING)


class Groups:
    """Rows that change alike, by the state they were in and what is to change: one statement each."""

    def __init__(self) -> None:
        self.keys: dict[Key, list[int]] = defaultdict(list)
        self.values: dict[Key, dict[str, Any]] = {}
        self.let_go: list[int] = []
        self.moved = 0

    def add(self, row: TaskRow | RunRow, keys: Sequence[int]) -> None:
        """Rows that change as this one does."""
        key: Key = (row.was, *((name, _key(value)) for name, value in row.changed.items()))
        self.keys[key] += keys
        self.values[key] = row.changed
        self.moved += len(keys) * (row.state != row.was)
        if row.state == TaskState.CANCELLED and row.was in IN_HAND:
            self.let_go += keys

    def update(self, model: type[Task] | type[Run]) -> None:
        """Write them, each only where it still is in the state it was in. Raises Moved."""
        for key, keys in self.keys.items():
            for part in batched(keys, AT_ONCE):
                rows = model.objects.filter(Among("pk", part), state=key[0])
                if rows.update(**self.values[key]) != len(part):
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
