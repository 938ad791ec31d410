"""One account's playbooks lived through: started, worked on and waited for, up to a moment."""

from datetime import datetime, time, timedelta

from evergrow.customers.models import Account
from evergrow.intake.sample.files import chance_of
from evergrow.lib import clock, workdays
from evergrow.success.actions import approvals, runs, tasks
from evergrow.success.engine import details, going, messages
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, Run, RunState, StepKind, Task
from evergrow.success.models.playbooks import BY_ITSELF
from evergrow.success.models.tasks import WORKABLE
from evergrow.success.sample import words
from evergrow.workspaces.models import Member

MOST_ACTS = 40


def live(account: Account, playbook: Playbook, *, begins: datetime, until: datetime, by: Member, pace: int) -> Run:
    """Start a playbook at ``begins`` and do what it asks until ``until``; each step takes up to ``pace`` working days.

    Mails are left to their owners, so none goes to made-up people. Raises what ``start_run`` raises.
    """
    with messages.by_hand():
        return _live(account, playbook, begins=begins, until=until, by=by, pace=pace)


def _live(account: Account, playbook: Playbook, *, begins: datetime, until: datetime, by: Member, pace: int) -> Run:
    with clock.frozen(begins):
        run = runs.start_run(account=account, playbook=playbook, by=by)
    at = begins
    for _act in range(MOST_ACTS):
        found = _next(account, at, pace)
        if found is None or found[0] > until:
            break
        at, task = found
        with clock.frozen(at):
            if task is None:
                going.go_on_due(account.workspace)
            elif not _settle(task, by):
                break
    run.refresh_from_db()
    return run


def break_off(run: Run, *, at: datetime, by: Member) -> None:
    """End a run unfinished."""
    with clock.frozen(at):
        runs.cancel_run(run=run, by=by, reason=words.of(by, words.BROKEN_OFF))


def moment(account: Account, since: datetime, days: int, *parts: str) -> datetime:
    """Within working hours, ``days`` working days after ``since``; later that day where it is the same one."""
    workspace, chance = account.workspace, chance_of("moment", account.external_id, *parts)
    local = since.astimezone(workspace.tz)
    day = workdays.roll(workdays.add(local.date(), days, workspace.workdays), "next", workspace.workdays)
    at = datetime.combine(day, time(9 + chance % 8, chance // 8 % 60), workspace.tz)
    return at if at > since else since + timedelta(minutes=20 + chance % 90)


def _next(account: Account, at: datetime, pace: int) -> tuple[datetime, Task | None] | None:
    """What happens next and when: a task that somebody does, or (None) what has come due by itself."""
    found: list[tuple[datetime, int, Task | None]] = []
    for wakes in Run.objects.filter(account=account, state=RunState.ACTIVE, wakes_at__isnull=False):
        found.append((max(wakes.wakes_at or at, at), 0, None))
    open_tasks = Task.objects.filter(account=account, run__state=RunState.ACTIVE, state__in=WORKABLE)
    for task in open_tasks.exclude(kind__in=BY_ITSELF).select_related("owner__user", "step", "account__workspace"):
        days = chance_of("days", account.external_id, str(task.step_id)) % (pace + 1)
        ready = moment(account, task.ready_at or at, days, str(task.step_id))
        found.append((max(ready, at), task.pk, task))
    if not found:
        return None
    first = min(found, key=lambda each: each[:2])
    return first[0], first[2]


def _settle(task: Task, lead: Member) -> bool:
    """Do a task as its owner would; whether that was possible."""
    by = task.owner or lead
    chance = chance_of("evidence", task.account.external_id, str(task.step_id))
    try:
        if task.kind == StepKind.APPROVAL and not task.required:
            tasks.skip_task(task=task, by=by, reason=words.of(by, words.NOT_NEEDED))
        elif task.kind == StepKind.APPROVAL:
            approvals.ask_approval(task=task, by=by, evidence=words.of(by, words.ASKED))
        elif task.kind == StepKind.DECISION:
            decision = details.read(details.Decision, task.step.details if task.step else {})
            tasks.choose_branch(task=task, by=by, branch=decision.ways[chance % len(decision.ways)].key)
        else:
            tasks.finish_task(task=task, by=by, evidence=words.evidence(by, task.kind, chance))
    except Refused:
        return False
    return True
