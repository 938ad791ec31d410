"""Approvals: who is asked, how votes count, and what becomes of a vote that nobody gives."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from conftest import make_member
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import approvals, runs
from evergrow.success.engine import votes
from evergrow.success.engine.sweep import sweep
from evergrow.success.models import Playbook, Task
from evergrow.workspaces.models import Member, Role, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
Make = Callable[..., Playbook]


@pytest.fixture
def board(workspace: Workspace) -> list[Member]:
    return [make_member(workspace, name, Role.MANAGER) for name in ("Dora", "Emil", "Fay")]


@pytest.fixture
def asked(account: Account, alice: Member, board: list[Member], make_playbook: Make) -> Callable[..., Task]:
    def made(**details: Any) -> Task:
        facts = {"members": [member.pk for member in board], **details}
        step = {"key": "a", "kind": "approval", "details": facts}
        task = runs.start_run(account=account, playbook=make_playbook("ok", step), by=alice).tasks.get()
        return approvals.ask_approval(task=task, by=alice, evidence="10% off")

    return made


def states(task: Task) -> list[str]:
    return [vote.state for vote in votes.current(task)]


def test_all_have_to_approve_and_one_decline_ends_it(asked: Callable[..., Task], board: list[Member]) -> None:
    task = asked(need="all")
    approvals.decide_approval(task=task, by=board[0], approved=True)
    assert (task.state, states(task)) == ("awaiting", ["approved", "asked", "asked"])
    with pytest.raises(errors.NotAnApprover):
        approvals.decide_approval(task=task, by=board[0], approved=True)
    approvals.decide_approval(task=task, by=board[1], approved=False, reason="Too much")
    assert (task.state, states(task)) == ("in_progress", ["approved", "declined", "closed"])


def test_a_quorum_is_enough_and_ends_when_it_is_out_of_reach(
    asked: Callable[..., Task], board: list[Member], alice: Member
) -> None:
    task = asked(need="quorum", quorum=2)
    approvals.decide_approval(task=task, by=board[0], approved=False, reason="No")
    assert task.state == "awaiting"
    approvals.decide_approval(task=task, by=board[1], approved=False, reason="No")
    assert task.state == "in_progress"
    approvals.ask_approval(task=task, by=alice, evidence="5% off")
    for member in board[1:]:
        approvals.decide_approval(task=task, by=member, approved=True)
    assert task.state == "done"


def test_nobody_votes_on_what_they_asked_for_not_even_by_a_given_vote(
    asked: Callable[..., Task], board: list[Member], alice: Member, bob: Member
) -> None:
    task = asked(need="all")
    with pytest.raises(errors.OwnApproval):
        approvals.decide_approval(task=task, by=alice, approved=True)
    with pytest.raises(errors.OwnApproval):
        approvals.delegate_vote(task=task, by=board[0], to=alice)
    with pytest.raises(errors.AlreadyAsked):
        approvals.delegate_vote(task=task, by=board[0], to=board[1])
    approvals.delegate_vote(task=task, by=board[0], to=bob)
    for member in (bob, *board[1:]):
        approvals.decide_approval(task=task, by=member, approved=True)
    assert (task.state, states(task)) == ("done", ["delegated", "approved", "approved", "approved"])


def test_a_vote_nobody_gives_goes_on_to_the_next_then_to_a_manager_then_stays(
    asked: Callable[..., Task], board: list[Member], bob: Member, workspace: Workspace
) -> None:
    task = asked(members=[board[0].pk], escalate=[bob.pk], timeout=1)
    for day, who in [(26, bob), (27, board[1]), (30, board[2])]:
        with clock.frozen(datetime(2026, 3, day, 4, tzinfo=UTC)):
            sweep(workspace)
        assert votes.current(task)[-1].member == who
    with clock.frozen(datetime(2026, 4, 20, 4, tzinfo=UTC)):
        sweep(workspace)
        sweep(workspace)
    assert states(task) == ["escalated", "escalated", "escalated", "asked"]
    approvals.decide_approval(task=task, by=board[2], approved=True)
    assert task.state == "done"


def test_an_approval_that_only_its_asker_could_give_is_refused(
    account: Account, alice: Member, make_playbook: Make
) -> None:
    step = {"key": "a", "kind": "approval", "details": {"members": [alice.pk]}}
    task = runs.start_run(account=account, playbook=make_playbook("ok", step), by=alice).tasks.get()
    with pytest.raises(errors.NoApprover):
        approvals.ask_approval(task=task, by=alice, evidence="Please")
