"""Tasks in the list of the day and on the calendar."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy

from evergrow.lib import bilingual
from evergrow.success import access
from evergrow.success.actions.tasks import move_due, snooze_task
from evergrow.success.day.rank import Fact
from evergrow.success.day.sources import Ask, Entry, Row, Source
from evergrow.success.day.sources import register as put
from evergrow.success.models import Priority, StepKind, Task, TaskState
from evergrow.success.models.tasks import WORKABLE
from evergrow.success.queries import lists
from evergrow.workspaces import prepared
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

MOST = 3000
SEVERITY: dict[int, int] = {Priority.HIGH: 3, Priority.NORMAL: 2, Priority.LOW: 1}
TONES = {TaskState.IN_PROGRESS: "accent", TaskState.AWAITING: "watch"}


def facts(ask: Ask) -> Iterable[Fact]:
    """Open tasks that call for a person; of very many those that are due first. What awaits approval is not theirs."""
    found = _open(ask.member, prepared.Word(ask.whose), ask.today)
    for pk, account, due_on, priority, kind, tier, mrr, band, renews_on in found:
        points, severity = ask.rule.of(kind, tier), SEVERITY.get(priority, 0)
        yield Fact(f"task:{pk}", due_on, account, float(mrr), band or "", renews_on, severity, points)


@prepared.rows
def _open(member: Member, whose: Any, today: date) -> QuerySet[Task, tuple[Any, ...]]:
    rows = lists.todo(member, whose, today).exclude(state=TaskState.AWAITING).select_related(None)
    names = ("pk", "account_id", "due_on", "priority", "kind", "account__tier", "account__mrr")
    return rows.values_list(*names, "account__health_state__band", "account__renews_on")[:MOST]


def rows(ask: Ask, keys: Sequence[int]) -> Mapping[int, Row]:
    """The tasks with these keys that the member sees, whatever their state."""
    found = access.tasks(ask.member).filter(pk__in=keys).select_related(*lists.TASK_FACTS, "workspace")
    return {task.pk: _row(ask.member, task) for task in found}


def _row(member: Member, task: Task) -> Row:
    slug, run = member.workspace.slug, task.run
    needs_words = task.step is not None and task.step.evidence and not task.evidence
    return Row(
        task,
        str(task),
        reverse("success:task", args=[slug, task.pk]),
        task.icon,
        task.account,
        task.owner,
        note=str(run.playbook) if run else str(task.signal or ""),
        note_url=reverse("success:run", args=[slug, run.pk]) if run else "",
        badge=task.get_state_display() if task.state in TONES else "",
        tone=TONES.get(TaskState(task.state), ""),
        can_finish=task.state in WORKABLE and task.kind != StepKind.APPROVAL and not needs_words,
    )


def between(ask: Ask, start: date, end: date) -> Iterable[Entry]:
    """Tasks due from ``start`` to ``end``: open ones, and those that are done."""
    found = dated(ask).filter(due_on__range=(start, end)).select_related("account", "owner__user", "workspace")
    found = found.defer("account__traits", "account__origins", "note", "evidence")
    language, able = get_language() or "en", may(ask.member, "work")
    for task in found.order_by("due_on", "-priority", "pk"):
        yield _entry(ask, task, language, able)


def dated(ask: Ask) -> QuerySet[Task]:
    """Tasks that stand on the calendar: not cancelled or skipped, of no run that is over or rests unless done."""
    shown = [TaskState.BLOCKED, TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING, TaskState.DONE]
    rows = access.tasks(ask.member).filter(lists.whose_tasks(ask.member, ask.whose), state__in=shown)
    running = Q(run=None) | Q(run__state="active") | Q(state=TaskState.DONE)
    return rows.filter(running).exclude(kind=StepKind.WAIT).exclude(due_on=None)


def _entry(ask: Ask, task: Task, language: str, able: bool) -> Entry:
    is_done = task.state == TaskState.DONE
    assert task.due_on is not None
    return Entry(
        f"task:{task.pk}",
        task.due_on,
        bilingual.pick(task.name, language),
        reverse("success:task", args=[ask.member.workspace.slug, task.pk]),
        task.icon,
        about=task.account.called(language),
        owner=str(task.owner or ""),
        tone="done" if is_done else "late" if task.due_on < ask.today else "",
        can_move=able and not is_done,
        changed_at=task.ended_at or task.ready_at or task.created_at,
    )


def move(member: Member, pk: int, to: date) -> object:
    """Set the due date by hand. Raises Http404, TaskAlreadySettled."""
    return move_due(task=access.task_or_404(member, pk), by=member, due_on=to)


def postpone(member: Member, task: Any, until: date) -> object:
    return snooze_task(task=task, by=member, until=until)


def register() -> None:
    put(
        Source(
            "task",
            gettext_lazy("Tasks"),
            "checkbox",
            facts,
            rows,
            detail="success/day/details/task.html",
            acts="success/day/acts/task.html",
            position=10,
            postpone=postpone,
            between=between,
            move=move,
        )
    )
