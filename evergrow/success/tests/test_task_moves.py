"""Every state × every way: allowed, or refused by name and unchanged."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.customers.models import Account, TimelineEntry
from evergrow.success import errors, moves
from evergrow.success.actions import approvals, runs, tasks
from evergrow.success.models import Playbook, Task, TaskState
from evergrow.workspaces.models import Member, Role

pytestmark = pytest.mark.usefixtures("frozen")
B, R, P, A, D, S, C = TaskState
ALLOWED = {
    "unblock": {B: R},
    "start": {R: P},
    "rest": {P: R},
    "ask": {R: A, P: A},
    "approve": {A: D},
    "decline": {A: P},
    "finish": {R: D, P: D},
    "skip": {B: S, R: S, P: S},
    "cancel": {B: C, R: C, P: C, A: C},
    "reopen": {D: R, S: R},
    "block": {R: B},
    "unskip": {S: B},
    "retry": {R: R, P: R},
}
REFUSAL = {
    B: errors.TaskIsBlocked,
    R: errors.TaskNotThere,
    P: errors.TaskNotThere,
    A: errors.TaskNotThere,
    D: errors.TaskAlreadySettled,
    S: errors.TaskAlreadySettled,
    C: errors.TaskAlreadySettled,
}


@pytest.mark.parametrize("way", sorted(moves.MOVES))
@pytest.mark.parametrize("state", list(TaskState))
def test_table(way: str, state: TaskState, account: Account, alice: Member) -> None:
    task = tasks.add_task(account=account, name="Call back", by=alice)
    Task.objects.filter(pk=task.pk).update(state=state)
    target = ALLOWED[way].get(state)
    if target is None:
        with pytest.raises(REFUSAL[state]):
            moves.move(task, way)
        assert Task.objects.get(pk=task.pk).state == state
    else:
        moves.move(task, way)
        assert Task.objects.get(pk=task.pk).state == target


def test_of_two_who_finish_the_same_task_one_wins_and_the_other_is_told_who(
    account: Account, alice: Member, bob: Member
) -> None:
    first = tasks.add_task(account=account, name="Call back", by=alice)
    second = Task.objects.get(pk=first.pk)
    tasks.finish_task(task=first, by=alice)
    with pytest.raises(errors.TaskAlreadySettled, match="Alice already closed “Call back”"):
        tasks.finish_task(task=second, by=bob)
    assert TimelineEntry.objects.filter(kind="task.done").count() == 1
    assert Task.objects.get(pk=first.pk).ended_by == alice


def test_a_viewer_may_not_work_and_a_stranger_cannot_own(
    account: Account, alice: Member, carol: Member, mallory: Member
) -> None:
    task = tasks.add_task(account=account, name="Call back", by=alice)
    with pytest.raises(PermissionDenied):
        tasks.finish_task(task=task, by=carol)
    for to in (carol, mallory):
        with pytest.raises(errors.NotAColleague):
            tasks.reassign_task(task=task, by=alice, to=to)
    with pytest.raises(errors.NameMissing):
        tasks.add_task(account=account, name="  ", by=alice)


def test_a_required_step_cannot_be_skipped_an_optional_one_needs_a_reason(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    playbook = make_playbook("short", {"key": "a"}, {"key": "b", "required": False})
    run = runs.start_run(account=account, playbook=playbook, by=alice)
    with pytest.raises(errors.StepIsRequired):
        tasks.skip_task(task=run.tasks.get(step__key="a"), by=alice, reason="no time")
    optional = run.tasks.get(step__key="b")
    with pytest.raises(errors.ReasonNeeded):
        tasks.skip_task(task=optional, by=alice, reason=" ")
    tasks.skip_task(task=optional, by=alice, reason="Not needed here")
    assert (optional.state, optional.reason) == (TaskState.SKIPPED, "Not needed here")


def test_evidence_is_asked_for_where_the_step_needs_it(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("e", {"key": "a", "evidence": True}), by=alice)
    task = run.tasks.get()
    with pytest.raises(errors.EvidenceNeeded):
        tasks.finish_task(task=task, by=alice)
    tasks.finish_task(task=task, by=alice, evidence="Daniel agreed to 12 April")
    assert TimelineEntry.objects.get(kind="task.done").data["evidence"] == "Daniel agreed to 12 April"


def test_nobody_approves_their_own_request(
    account: Account,
    alice: Member,
    bob: Member,
    make_playbook: Callable[..., Playbook],
) -> None:
    dora = make_member(account.workspace, "Dora", Role.MANAGER)
    run = runs.start_run(account=account, playbook=make_playbook("ok", {"key": "a", "kind": "approval"}), by=alice)
    task = run.tasks.get()
    with pytest.raises(errors.ApprovalNeeded):
        tasks.finish_task(task=task, by=alice, evidence="I say so")
    with pytest.raises(errors.EvidenceNeeded):
        approvals.ask_approval(task=task, by=alice, evidence="")
    approvals.ask_approval(task=task, by=alice, evidence="10% for two years")
    with pytest.raises(errors.OwnApproval):
        approvals.decide_approval(task=task, by=alice, approved=True)
    with pytest.raises(errors.NotAnApprover):
        approvals.decide_approval(task=task, by=bob, approved=True)
    with pytest.raises(errors.ReasonNeeded):
        approvals.decide_approval(task=task, by=dora, approved=False)
    approvals.decide_approval(task=task, by=dora, approved=False, reason="5% at most")
    assert (task.state, task.reason) == (TaskState.IN_PROGRESS, "5% at most")
    approvals.ask_approval(task=task, by=alice, evidence="5% for two years")
    approvals.decide_approval(task=task, by=dora, approved=True)
    run.refresh_from_db()
    assert (task.state, run.state) == (TaskState.DONE, "completed")


def test_a_task_sleeps_until_a_later_day_only(account: Account, alice: Member) -> None:
    task = tasks.add_task(account=account, name="Call back", by=alice)
    for until in (date(2026, 3, 25), date(2026, 3, 1)):
        with pytest.raises(errors.DateInThePast):
            tasks.snooze_task(task=task, by=alice, until=until)
    tasks.snooze_task(task=task, by=alice, until=date(2026, 3, 27))
    assert task.is_snoozed(date(2026, 3, 26))
    assert not task.is_snoozed(date(2026, 3, 27))
    tasks.finish_task(task=task, by=alice)
    with pytest.raises(errors.TaskAlreadySettled):
        tasks.snooze_task(task=task, by=alice, until=date(2026, 3, 27))


def test_a_date_given_back_to_the_schedule_is_computed_again(
    account: Account, alice: Member, make_playbook: Callable[..., Any]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("s", {"key": "a", "offset": 1}), by=alice)
    task = tasks.move_due(task=run.tasks.get(), by=alice, due_on=date(2026, 5, 20))
    assert task.due_on == date(2026, 5, 20)
    assert tasks.move_due(task=task, by=alice, due_on=None).due_on == date(2026, 3, 26)
