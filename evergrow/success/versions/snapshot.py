"""A run's steps as plain data, and back: what the way back from another version needs."""

from datetime import date, datetime
from typing import Any

from evergrow.success.models import Run, Task

BOUND = ("step_id", "position", "kind", "name", "required", "state", "ready_at", "due_on", "due_at", "wakes_at")
DATES = {"due_on": date.fromisoformat}
MOMENTS = {"created_at", "ready_at", "ended_at", "due_at", "wakes_at"}


def take(run: Run, removed: list[Task]) -> dict[str, Any]:
    """The steps as they are: of those that stay what a move changes, of those that go everything."""
    gone = {task.pk for task in removed}
    kept = [task for task in run.tasks.all() if task.pk not in gone and task.step_id]
    return {
        "version": run.version_id,
        "kept": [{"pk": task.pk, **{name: _out(getattr(task, name)) for name in BOUND}} for task in kept],
        "removed": [_row(task) for task in removed],
    }


def _row(task: Task) -> dict[str, Any]:
    return {field.attname: _out(getattr(task, field.attname)) for field in Task._meta.concrete_fields}


def restored(row: dict[str, Any]) -> Task:
    """A task that was taken away, not saved."""
    return Task(**{name: back(name, value) for name, value in row.items()})


def back(name: str, value: Any) -> Any:
    """A value of a snapshot as the field has it."""
    if value is None:
        return None
    if name in DATES or name == "snoozed_until":
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in MOMENTS else value


def _out(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
