from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from conftest import make_member
from evergrow.customers.models import Account, TimelineEntry
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import runs, tasks
from evergrow.success.actions.daily import wake
from evergrow.success.models import Playbook, Run, RunState, Task, TaskState
from evergrow.success.queries.preview import preview, published
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.models import AuditEntry, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
CHAIN = [
    {"key": "a", "due_from": "start", "offset": 1},
    {"key": "b", "offset": 2, "after": ["a"]},
    {"key": "c", "required": False, "after": ["a"]},
]


def states(run: Run) -> dict[str, str]:
    return {task.step.key: task.state for task in run.tasks.select_related("step").order_by("position")}


def task_of(run: Run, key: str) -> Task:
    return run.tasks.get(step__key=key)


def test_every_workspace_begins_with_six_published_playbooks(workspace: Workspace) -> None:
    held = Playbook.objects.filter(workspace=workspace, is_built_in=True)
    assert [playbook.key for playbook in held] == ["onboarding", "training", "adoption", "save", "qbr", "renewal"]
    for playbook in held:
        steps = list(published(playbook).steps.all())
        assert 8 <= len(steps) <= 12
        assert all(all(text for text in (step.name["zh"], step.name["en"])) for step in steps)
        assert all(step.instructions["zh"] and step.instructions["en"] for step in steps)


def test_a_start_makes_the_first_step_ready_and_the_rest_wait(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    assert states(run) == {"a": "ready", "b": "blocked", "c": "blocked"}
    assert task_of(run, "a").due_on == date(2026, 3, 26)
    assert task_of(run, "b").due_on == date(2026, 3, 30)
    assert TimelineEntry.objects.filter(account=account, kind="playbook.started").count() == 1
    assert AuditEntry.objects.filter(verb="playbook.started", by=alice).count() == 1


def test_a_second_start_of_the_same_playbook_is_refused_by_name(
    account: Account, alice: Member, make_account: Callable[..., Account], make_playbook: Callable[..., Playbook]
) -> None:
    playbook = make_playbook("short", *CHAIN)
    runs.start_run(account=account, playbook=playbook, by=alice)
    with pytest.raises(errors.AlreadyRunning, match="already runs for Brookbridge 1"):
        runs.start_run(account=account, playbook=playbook, by=alice)
    counts = runs.start_many(accounts=[account, make_account(2)], playbook=playbook, by=alice)
    assert counts == {"AlreadyRunning": 1, "started": 1}


def test_the_run_completes_when_all_required_steps_are_done_and_optional_ones_do_not_block(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    tasks.finish_task(task=task_of(run, "a"), by=alice)
    assert states(run) == {"a": "done", "b": "ready", "c": "ready"}
    assert task_of(run, "b").due_on == date(2026, 3, 27), "two working days after it was really done"
    tasks.finish_task(task=task_of(run, "b"), by=alice)
    run.refresh_from_db()
    assert run.state == RunState.COMPLETED
    assert states(run) == {"a": "done", "b": "done", "c": "cancelled"}
    assert TimelineEntry.objects.filter(account=account, kind="playbook.completed").exists()


def test_undo_takes_the_completion_back(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    tasks.finish_task(task=task_of(run, "a"), by=alice)
    tasks.finish_task(task=task_of(run, "b"), by=alice)
    tasks.reopen_task(task=task_of(run, "b"), by=alice)
    run.refresh_from_db()
    assert run.state == RunState.ACTIVE
    assert states(run) == {"a": "done", "b": "ready", "c": "ready"}
    tasks.reopen_task(task=task_of(run, "a"), by=alice)
    assert states(run) == {"a": "ready", "b": "blocked", "c": "blocked"}


def test_undo_is_refused_once_work_went_on(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    tasks.finish_task(task=task_of(run, "a"), by=alice)
    tasks.start_task(task=task_of(run, "b"), by=alice)
    with pytest.raises(errors.NothingToUndo):
        tasks.reopen_task(task=task_of(run, "a"), by=alice)


def test_steps_go_to_the_role_else_the_success_manager_else_the_starter(
    account: Account,
    alice: Member,
    bob: Member,
    carol: Member,
    seat: Callable[..., Any],
    make_playbook: Callable[..., Playbook],
) -> None:
    dora = make_member(account.workspace, "Dora")
    playbook = make_playbook(
        "owners",
        {"key": "sales", "owner_rule": "sales"},
        {"key": "expert", "owner_rule": "expert"},
        {"key": "starter", "owner_rule": "starter"},
        {"key": "named", "owner_rule": "member", "member": dora},
    )

    def chosen() -> dict[str, Member | None]:
        return {p.step.key: p.owner for p in preview(published(playbook), account, starter=alice).steps}

    assert chosen() == {"sales": alice, "expert": alice, "starter": alice, "named": dora}
    seat(account, "csm", bob)
    seat(account, "sales", alice)
    seat(account, "expert", carol)
    assert chosen() == {"sales": alice, "expert": bob, "starter": alice, "named": dora}, "carol may only look"
    dora.left_at = clock.now()
    dora.save()
    assert chosen()["named"] == bob


def test_a_preview_has_no_effect(account: Account, alice: Member, make_playbook: Callable[..., Playbook]) -> None:
    plan = preview(published(make_playbook("short", *CHAIN)), account, starter=alice)
    assert plan.ends_on == date(2026, 3, 30)
    assert (Run.objects.count(), Task.objects.count(), TimelineEntry.objects.count()) == (0, 0, 0)


def test_moving_the_anchor_moves_open_steps_but_not_those_set_by_hand(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    steps = [{"key": k, "due_from": "anchor", "offset": -n, "unit": "days"} for k, n in [("a", 30), ("b", 20)]]
    run = runs.start_run(account=account, playbook=make_playbook("late", *steps, anchor="renews_on"), by=alice)
    assert task_of(run, "a").due_on == date(2026, 5, 6), "2 May is a holiday up to the 5th"
    tasks.move_due(task=task_of(run, "b"), by=alice, due_on=date(2026, 4, 15))
    runs.move_anchor(run=run, by=alice, on=date(2026, 7, 1))
    assert task_of(run, "a").due_on == date(2026, 6, 1)
    assert task_of(run, "b").due_on == date(2026, 4, 15)


def test_a_playbook_that_counts_from_a_missing_date_is_refused(
    make_account: Callable[..., Account], alice: Member, workspace: Workspace
) -> None:
    account = make_account(9)
    renewal = Playbook.objects.get(workspace=workspace, key="renewal")
    with pytest.raises(errors.AnchorMissing, match="Enter a date"):
        runs.start_run(account=account, playbook=renewal, by=alice)
    run = runs.start_run(account=account, playbook=renewal, by=alice, anchor_on=date(2026, 8, 1))
    assert run.anchor_is_fixed


def test_rest_moves_what_is_due_from_the_start_and_hides_the_work(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    runs.pause_run(run=run, by=alice)
    with pytest.raises(errors.RunIsPaused):
        tasks.finish_task(task=task_of(run, "a"), by=alice)
    with clock.frozen(datetime(2026, 4, 1, 4, tzinfo=UTC)):
        runs.resume_run(run=run, by=alice)
    assert task_of(run, "a").due_on == date(2026, 4, 2)
    with pytest.raises(errors.RunIsClosed):
        runs.resume_run(run=run, by=alice)


def test_a_paused_run_takes_a_new_date_without_waking_up(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    wait = {"key": "w", "kind": "wait", "due_from": "anchor", "offset": -60, "unit": "days"}
    playbook = make_playbook("waits", wait, {"key": "b", "after": ["w"]}, anchor="renews_on")
    run = runs.start_run(account=account, playbook=playbook, by=alice)
    runs.pause_run(run=run, by=alice)
    runs.move_anchor(run=run, by=alice, on=date(2026, 4, 1))
    assert states(run) == {"w": "ready", "b": "blocked"}
    with clock.frozen(datetime(2026, 3, 27, 4, tzinfo=UTC)):
        runs.resume_run(run=run, by=alice)
    assert states(run) == {"w": "done", "b": "ready"}


def test_cancelling_needs_a_reason_and_cancels_the_open_work(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    with pytest.raises(errors.ReasonNeeded):
        runs.cancel_run(run=run, by=alice, reason=" ")
    tasks.finish_task(task=task_of(run, "a"), by=alice)
    runs.cancel_run(run=run, by=alice, reason="Contract ended")
    assert states(run) == {"a": "done", "b": "cancelled", "c": "cancelled"}
    with pytest.raises(errors.RunIsClosed):
        runs.cancel_run(run=run, by=alice, reason="again")
    runs.start_run(account=account, playbook=run.playbook, by=alice)


@pytest.mark.parametrize(("take", "moved"), [("all", 3), ("old", 2), ("none", 0)])
def test_a_hand_over_offers_all_steps_the_old_owners_or_none(
    take: Any,
    moved: int,
    account: Account,
    alice: Member,
    bob: Member,
    seat: Callable[..., Any],
    make_playbook: Callable[..., Playbook],
) -> None:
    seat(account, "sales", bob)
    seat(account, "csm", alice)
    dora = make_member(account.workspace, "Dora")
    steps = [*CHAIN[:2], {"key": "c", "owner_rule": "sales"}]
    run = runs.start_run(account=account, playbook=make_playbook("short", *steps), by=alice)
    assert runs.hand_over(run=run, by=alice, to=dora, take=take) == moved
    assert run.owner == dora


def test_a_hand_over_to_someone_who_may_only_look_is_refused(
    account: Account, alice: Member, carol: Member, mallory: Member, make_playbook: Callable[..., Playbook]
) -> None:
    run = runs.start_run(account=account, playbook=make_playbook("short", *CHAIN), by=alice)
    for to in (carol, mallory):
        with pytest.raises(errors.NotAColleague):
            runs.hand_over(run=run, by=alice, to=to, take="all")


def test_a_wait_ends_by_itself_on_its_day(
    account: Account, alice: Member, make_playbook: Callable[..., Playbook]
) -> None:
    wait = {"key": "w", "kind": "wait", "due_from": "start", "offset": 2}
    run = runs.start_run(account=account, playbook=make_playbook("waits", wait, {"key": "b", "after": ["w"]}), by=alice)
    assert states(run) == {"w": "ready", "b": "blocked"}
    wake(workspace=account.workspace)
    assert states(run) == {"w": "ready", "b": "blocked"}
    with clock.frozen(datetime(2026, 3, 27, 4, tzinfo=UTC)):
        wake(workspace=account.workspace)
        wake(workspace=account.workspace)
    assert states(run) == {"w": "done", "b": "ready"}
    assert task_of(run, "b").state == TaskState.READY


def test_the_renewal_date_of_the_account_takes_its_runs_along_unless_a_person_fixed_it(
    account: Account, alice: Member, make_account: Callable[..., Account], workspace: Workspace
) -> None:
    renewal = Playbook.objects.get(workspace=workspace, key="renewal")
    follows = runs.start_run(account=account, playbook=renewal, by=alice)
    other = make_account(2, renews_on=date(2026, 6, 1))
    fixed = runs.start_run(account=other, playbook=renewal, by=alice, anchor_on=date(2026, 6, 15))
    Account.objects.filter(workspace=workspace).update(renews_on=date(2026, 7, 1))
    wake(workspace=workspace)
    follows.refresh_from_db()
    fixed.refresh_from_db()
    assert follows.anchor_on == date(2026, 7, 1)
    assert fixed.anchor_on == date(2026, 6, 15)
    assert task_of(follows, "offer").due_on == date(2026, 5, 18), "45 days before; 17 May is a Sunday"


def test_a_signal_about_another_account_starts_nothing(
    make_account: Callable[..., Account], account: Account, save: Playbook, alice: Member
) -> None:
    foreign = raised(make_account(2))
    with pytest.raises(errors.SignalOfAnother):
        runs.start_run(account=account, playbook=save, by=alice, signal=foreign)
    foreign.refresh_from_db()
    assert foreign.state == "new"
