"""Open runs stay pinned until somebody takes them to the new version, looked at first and undone within seven days."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from conftest import NOON
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import playbooks, runs, tasks
from evergrow.success.models import Playbook, PlaybookVersion, Run
from evergrow.success.versions.move import move_run, undo_move
from evergrow.success.versions.plan import plan_move
from evergrow.workspaces.models import Member

pytestmark = pytest.mark.usefixtures("frozen")
CHAIN = [{"key": "a", "due_from": "start"}, {"key": "b", "after": ["a"]}, {"key": "c", "after": ["b"]}]


@pytest.fixture
def run(account: Account, alice: Member, make_playbook: Callable[..., Playbook]) -> Run:
    made = runs.start_run(account=account, playbook=make_playbook("chain", *CHAIN), by=alice)
    tasks.finish_task(task=made.tasks.get(step__key="a"), by=alice)
    return made


def next_version(run: Run, alice: Member, drop: str) -> PlaybookVersion:
    """v2: without ``drop``, with “new” before b, and b called otherwise."""
    draft = playbooks.open_draft(playbook=run.playbook, by=alice)
    playbooks.remove_step(step=draft.steps.get(key=drop), by=alice)
    step = playbooks.add_step(draft=draft, by=alice, at=1)
    playbooks.change_step(step=step, by=alice, name={"en": "New"}, due_from="start")
    if drop != "b":
        playbooks.change_step(step=draft.steps.get(key="b"), by=alice, after=[step.key], name={"en": "B2"})
    return playbooks.publish(draft=draft, by=alice, note="Shorter")


def states(run: Run) -> dict[str, str]:
    return {task.step.key: task.state for task in run.tasks.select_related("step").order_by("position")}


def test_a_run_goes_on_by_the_new_version_and_back(run: Run, alice: Member, bob: Member) -> None:
    to = next_version(run, alice, drop="c")
    plan = plan_move(run, to)
    assert [kept.step.key for kept in plan.kept] == ["a", "b"]
    assert [[step.key for step in plan.added], [task.step.key for task in plan.removed]] == [["step-1"], ["c"]]
    assert (plan.is_possible, plan.done) == (True, 1)
    before = states(run)
    with pytest.raises(PermissionDenied):
        move_run(run=run, to=to, by=bob)
    move = move_run(run=run, to=to, by=alice)
    run.refresh_from_db()
    assert run.version == to
    assert states(run) == {"step-1": "ready", "a": "done", "b": "blocked"}
    assert run.tasks.get(step__key="b").name["en"] == "B2"
    undo_move(move=move, by=alice)
    run.refresh_from_db()
    assert (run.version.number, states(run)) == (1, before)
    with pytest.raises(errors.MoveTooOld):
        undo_move(move=move, by=alice)


def test_finished_work_is_never_lost(run: Run, alice: Member) -> None:
    to = next_version(run, alice, drop="a")
    with pytest.raises(errors.RunNotMovable, match="“a” is finished"):
        move_run(run=run, to=to, by=alice)
    run.refresh_from_db()
    assert (run.version.number, run.moves.count()) == (1, 0)


def test_what_is_worked_on_does_not_disappear(run: Run, alice: Member) -> None:
    tasks.start_task(task=run.tasks.get(step__key="b"), by=alice)
    assert "being worked on" in plan_move(run, next_version(run, alice, drop="b")).refusals[0]


def test_the_way_back_is_closed_after_seven_days_or_by_work_on_new_steps(run: Run, alice: Member) -> None:
    move = move_run(run=run, to=next_version(run, alice, drop="c"), by=alice)
    with clock.frozen(NOON + timedelta(days=8)), pytest.raises(errors.MoveTooOld):
        undo_move(move=move, by=alice)
    tasks.start_task(task=run.tasks.get(step__key="step-1"), by=alice)
    with pytest.raises(errors.MoveBuiltOn, match="“New” came with the new version"):
        undo_move(move=move, by=alice)


def test_many_runs_are_looked_at_and_taken_together(
    run: Run, make_account: Callable[..., Account], alice: Member, sign_in: Callable[[Member], Client]
) -> None:
    second = runs.start_run(account=make_account(2), playbook=run.playbook, by=alice)
    next_version(run, alice, drop="a")
    client = sign_in(alice)
    assert "2 open runs are on older versions" in client.get("/w/acme/playbooks/chain/").content.decode()
    page = client.get("/w/acme/playbooks/chain/open-runs/").content.decode()
    assert "1 of 2 open runs" in page
    assert "“a” is finished" in page
    client.post("/w/acme/playbooks/chain/open-runs/", {"run": [str(run.pk), str(second.pk)]})
    assert list(Run.objects.order_by("pk").values_list("version__number", flat=True)) == [1, 2]
    assert "take it back" in client.get(f"/w/acme/playbooks/runs/{second.pk}/").content.decode()
    client.post(f"/w/acme/playbooks/runs/{second.pk}/version/undo/")
    second.refresh_from_db()
    assert second.version.number == 1
    assert "Shorter" in client.get("/w/acme/playbooks/chain/?tab=history").content.decode()
