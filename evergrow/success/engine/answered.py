"""Answers of surveys: an event with the token of a link says that its step is done."""

import logging

from django.db import transaction

from evergrow import warehouse
from evergrow.lib import clock
from evergrow.success.engine import details, surveys
from evergrow.success.models import Run, RunState, StepKind, Task, TaskState
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
OPEN_FOR_ANSWERS = [TaskState.READY, TaskState.IN_PROGRESS]


def take_answers(workspace: Workspace) -> int:
    """Settle the survey steps whose answer arrived as an event; how many."""
    rows = Task.objects.filter(
        workspace=workspace, kind=StepKind.SURVEY, state__in=OPEN_FOR_ANSWERS, run__state=RunState.ACTIVE
    )
    waiting = list(rows.select_related("step", "run"))
    if not waiting:
        return 0
    events = {_event(task) for task in waiting}
    since = min(task.ready_at or clock.now() for task in waiting)
    try:
        found = warehouse.rows(
            warehouse.statement("success", "survey_answers"),
            workspace=workspace.pk,
            events=sorted(events),
            property=surveys.PARAMETER,
            since=since.date(),
        )
    except (warehouse.StoreUnavailable, warehouse.BadQuery):
        log.exception("The answers of surveys could not be read; they are read again.")
        return 0
    told = set(found)
    return sum(answer(task) for task in waiting if _is_told(task, told))


def answer(task: Task) -> bool:
    """The survey of a step was answered; False when somebody settled it before."""
    with transaction.atomic():
        Run.objects.filter(tasks=task, state=RunState.ACTIVE).update(wakes_at=clock.now())
        open_one = Task.objects.filter(pk=task.pk, state__in=OPEN_FOR_ANSWERS)
        return bool(open_one.update(state=TaskState.DONE, ended_at=clock.now(), problem={}, wakes_at=None))


def _event(task: Task) -> str:
    return details.read(details.Survey, task.step.details).event if task.step else ""


def _is_told(task: Task, told: set[tuple[str, str]]) -> bool:
    for event, token in told:
        invited = surveys.read(token)
        if event == _event(task) and invited is not None and invited.task == task.pk:
            return True
    return False
