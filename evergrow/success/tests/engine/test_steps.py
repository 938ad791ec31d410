"""What becomes of each kind of step: taken, left out with its reason, or handed to a person with what is in the way."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from conftest import NOON, make_member
from evergrow.customers.models import Account, Product, ProductUse
from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.actions import runs, tasks
from evergrow.success.engine.problems import sentence
from evergrow.success.engine.sweep import sweep
from evergrow.success.models import Playbook, Run, RunState, Task
from evergrow.workspaces.models import AuditEntry, Job, Member, Workspace
from evergrow.workspaces.notices.models import Notice

pytestmark = pytest.mark.usefixtures("frozen")
Make = Callable[..., Playbook]
ACTIVE_ONES = {"trait": "industry", "is": ["Finance"]}
OTHERS = {"trait": "industry", "is": ["Retail"]}


def states(run: Run) -> dict[str, str]:
    return {task.step.key: task.state for task in run.tasks.select_related("step").order_by("position")}


def task_of(run: Run, key: str) -> Task:
    return run.tasks.get(step__key=key)


def branch(key: str, criteria: Any) -> dict[str, Any]:
    return {"key": key, "name": {"en": key.title()}, "criteria": criteria}


@pytest.fixture
def bank(make_account: Callable[..., Account]) -> Account:
    return make_account(1, industry="Finance", renews_on=date(2026, 6, 1), customer_since=date(2025, 5, 20))


@pytest.mark.usefixtures("warehouse_db")
def test_a_step_whose_condition_does_not_hold_is_left_out_and_says_so(
    bank: Account, alice: Member, make_playbook: Make
) -> None:
    steps = [
        {"key": "a"},
        {"key": "no", "after": ["a"], "condition": OTHERS},
        {"key": "yes", "after": ["a"], "condition": ACTIVE_ONES},
        {"key": "end", "after": ["no", "yes"]},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("if", *steps), by=alice)
    assert states(run)["no"] == "blocked", "a condition is looked at when the step would become ready, not before"
    tasks.finish_task(task=task_of(run, "a"), by=alice)
    assert states(run) == {"a": "done", "no": "skipped", "yes": "ready", "end": "blocked"}
    assert task_of(run, "no").get_skip_code_display() == "its condition does not hold"
    assert AuditEntry.objects.filter(verb="task.left_out", by=None).count() == 1


def test_a_condition_that_can_no_longer_be_read_hands_the_step_to_a_person(
    bank: Account, alice: Member, make_playbook: Make
) -> None:
    playbook = make_playbook("broken", {"key": "a", "condition": {"in_segment": 99}})
    task = task_of(runs.start_run(account=bank, playbook=playbook, by=alice), "a")
    assert task.state == "ready"
    assert sentence(task.problem).startswith("The condition can no longer be read")


@pytest.mark.usefixtures("warehouse_db")
def test_a_decision_takes_the_first_branch_that_holds_and_leaves_the_others_out(
    bank: Account, alice: Member, make_playbook: Make
) -> None:
    steps = [
        {
            "key": "d",
            "kind": "decision",
            "details": {"branches": [branch("retail", OTHERS), branch("bank", ACTIVE_ONES)]},
        },
        {"key": "r", "on_branches": {"d": ["retail"]}},
        {"key": "r2", "after": ["r"], "on_branches": {"d": ["retail"]}},
        {"key": "b", "on_branches": {"d": ["bank", "else"]}},
        {"key": "join", "after": ["r2", "b"]},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("fork", *steps), by=alice)
    assert states(run) == {"d": "done", "r": "skipped", "r2": "skipped", "b": "ready", "join": "blocked"}
    assert task_of(run, "d").branch == "bank"
    tasks.finish_task(task=task_of(run, "b"), by=alice)
    tasks.finish_task(task=task_of(run, "join"), by=alice)
    run.refresh_from_db()
    assert run.state == RunState.COMPLETED


@pytest.mark.usefixtures("warehouse_db")
def test_what_no_rule_decides_a_person_chooses_and_may_take_back(
    bank: Account, alice: Member, make_playbook: Make
) -> None:
    steps = [
        {"key": "d", "kind": "decision", "details": {"branches": [branch("auto", OTHERS), branch("hand", None)]}},
        {"key": "h", "on_branches": {"d": ["hand"]}},
        {"key": "e", "on_branches": {"d": ["else"]}},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("fork", *steps), by=alice)
    decision = task_of(run, "d")
    assert (decision.state, decision.problem) == ("ready", {"code": "choose"})
    with pytest.raises(errors.ChoiceNeeded):
        tasks.finish_task(task=decision, by=alice)
    with pytest.raises(errors.NoSuchBranch):
        tasks.choose_branch(task=decision, by=alice, branch="nowhere")
    tasks.choose_branch(task=decision, by=alice, branch="hand")
    assert states(run) == {"d": "done", "h": "ready", "e": "skipped"}
    tasks.reopen_task(task=task_of(run, "d"), by=alice)
    assert states(run) == {"d": "ready", "h": "blocked", "e": "blocked"}
    tasks.choose_branch(task=task_of(run, "d"), by=alice, branch="else")
    assert states(run) == {"d": "done", "h": "skipped", "e": "ready"}


def test_variants_are_for_the_products_and_industries_they_name(
    bank: Account, alice: Member, workspace: Workspace, make_playbook: Make
) -> None:
    crm = Product.objects.create(workspace=workspace, number=1, code="crm")
    ProductUse.objects.create(product=crm, account=bank, since=date(2026, 1, 1))
    steps = [
        {"key": "crm", "products": ["crm", "erp"]},
        {"key": "erp", "products": ["erp"]},
        {"key": "finance", "industries": ["Finance"]},
        {"key": "retail", "industries": ["Retail"]},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("variants", *steps), by=alice)
    assert states(run) == {"crm": "ready", "erp": "skipped", "finance": "ready", "retail": "skipped"}
    assert [task_of(run, key).skip_code for key in ("erp", "retail")] == ["product", "industry"]


def test_the_owner_comes_from_the_first_rule_that_finds_somebody(
    bank: Account, alice: Member, bob: Member, seat: Callable[..., Any], make_playbook: Make
) -> None:
    seat(bank, "csm", bob)
    steps = [
        {
            "key": "sales",
            "owner_rule": "sales",
            "fallbacks": [{"rule": "expert"}, {"rule": "member", "member": bob.pk}],
        },
        {"key": "queue", "owner_rule": "expert", "fallbacks": [{"rule": "queue"}]},
        {"key": "usual", "owner_rule": "expert"},
        {"key": "same", "owner_rule": "previous", "fallbacks": [{"rule": "starter"}], "after": ["usual"]},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("owners", *steps), by=alice)
    assert [task_of(run, key).owner for key in ("sales", "queue", "usual")] == [bob, None, bob]
    dora = make_member(bank.workspace, "Dora")
    tasks.reassign_task(task=task_of(run, "usual"), by=alice, to=dora)
    tasks.finish_task(task=task_of(run, "usual"), by=alice)
    assert task_of(run, "same").owner == dora, "whoever had the step before"


def test_hours_of_work_and_the_time_of_day_make_a_moment(bank: Account, alice: Member, make_playbook: Make) -> None:
    steps = [
        {"key": "h", "unit": "hours", "offset": 3, "due_from": "start"},
        {"key": "w", "unit": "workhours", "offset": 6, "due_from": "start"},
        {"key": "t", "unit": "workdays", "offset": 1, "due_from": "start", "at_time": time(9, 30)},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("hours", *steps), by=alice)
    due = {key: task_of(run, key).due_at for key in ("h", "w", "t")}
    assert due["h"] == NOON + timedelta(hours=3)
    assert due["w"] == datetime(2026, 3, 26, 2, 30, tzinfo=UTC), "13:30–18:00 today, then 9:00–10:30"
    assert due["t"] == datetime(2026, 3, 26, 1, 30, tzinfo=UTC)


def test_steps_count_from_other_dates_of_the_account_and_follow_them(
    bank: Account, alice: Member, workspace: Workspace, make_playbook: Make
) -> None:
    Account.objects.filter(pk=bank.pk).update(traits={"go_live": "2026-05-06"})
    bank.refresh_from_db()
    facts = {"due_from": "anchor", "unit": "days", "offset": 0, "roll": "none"}
    steps = [
        {"key": "own", **facts},
        {"key": "since", **facts, "anchor": "customer_since"},
        {"key": "trait", **facts, "anchor": "trait:go_live"},
        {"key": "none", **facts, "anchor": "trait:nothing"},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("dates", *steps, anchor="renews_on"), by=alice)
    found = [task_of(run, key).due_on for key in ("own", "since", "trait", "none")]
    assert found == [date(2026, 6, 1), date(2026, 3, 25), date(2026, 5, 6), None]
    tasks.move_due(task=task_of(run, "own"), by=alice, due_on=date(2026, 5, 30))
    moved = {"renews_on": date(2026, 9, 1), "traits": {"go_live": "2026-05-20"}}
    Account.objects.filter(pk=bank.pk).update(**moved)
    sweep(workspace)
    run.refresh_from_db()
    found = [task_of(run, key).due_on for key in ("own", "trait")]
    assert found == [date(2026, 5, 30), date(2026, 5, 20)], "what a person fixed stays"
    assert run.anchor_on == date(2026, 9, 1)


def test_a_run_is_not_over_before_its_latest_open_step(bank: Account, alice: Member, make_playbook: Make) -> None:
    steps = [{"key": "a", "due_from": "start", "offset": 2}, {"key": "b", "due_from": "start", "offset": 5}]
    run = runs.start_run(account=bank, playbook=make_playbook("due", *steps), by=alice)
    assert run.due_on == date(2026, 4, 1)
    with pytest.raises(errors.RunDueTooEarly, match="2026-04-01"):
        runs.move_run_due(run=run, by=alice, on=date(2026, 3, 30))
    runs.move_run_due(run=run, by=alice, on=date(2026, 4, 3))
    assert run.due_on == date(2026, 4, 3)
    tasks.move_due(task=task_of(run, "b"), by=alice, due_on=date(2026, 4, 20))
    run.refresh_from_db()
    assert run.due_on == date(2026, 4, 20)


def test_a_run_starts_by_itself_on_its_day(
    bank: Account, alice: Member, workspace: Workspace, make_playbook: Make
) -> None:
    playbook = make_playbook("later", {"key": "a", "due_from": "start", "offset": 1})
    run = runs.start_run(account=bank, playbook=playbook, by=alice, starts_on=date(2026, 3, 30))
    assert (run.state, states(run), task_of(run, "a").due_on) == ("scheduled", {"a": "blocked"}, date(2026, 3, 31))
    with pytest.raises(errors.AlreadyRunning):
        runs.start_run(account=bank, playbook=playbook, by=alice)
    with clock.frozen(datetime(2026, 3, 29, 15, 59, tzinfo=UTC)):
        sweep(workspace)
        assert states(run) == {"a": "blocked"}
    with clock.frozen(datetime(2026, 3, 29, 16, 0, tzinfo=UTC)):
        sweep(workspace)
    run.refresh_from_db()
    assert (run.state, states(run)) == ("active", {"a": "ready"})


def test_a_new_run_takes_the_place_of_the_old_one_when_told_so(
    bank: Account, alice: Member, make_account: Callable[..., Account], make_playbook: Make
) -> None:
    playbook = make_playbook("again", {"key": "a"})
    old = runs.start_run(account=bank, playbook=playbook, by=alice)
    with pytest.raises(errors.RunNotReplaceable):
        runs.start_run(account=make_account(2), playbook=playbook, by=alice, replaces=old)
    new = runs.start_run(account=bank, playbook=playbook, by=alice, replaces=old)
    old.refresh_from_db()
    assert (old.state, old.replaced_by, states(old)) == ("superseded", new, {"a": "cancelled"})


def test_a_sub_playbook_runs_for_the_same_account_and_is_waited_for(
    bank: Account, alice: Member, workspace: Workspace, make_playbook: Make
) -> None:
    make_playbook("inner", {"key": "i"})
    steps = [
        {"key": "sub", "kind": "playbook", "offset": 0, "details": {"playbook": "inner"}},
        {"key": "z", "after": ["sub"]},
    ]
    run = runs.start_run(account=bank, playbook=make_playbook("outer", *steps), by=alice)
    step = task_of(run, "sub")
    inner = step.sub_run
    assert inner is not None
    assert (step.state, inner.parent, inner.depth, inner.started_by) == ("in_progress", step, 1, alice)
    tasks.finish_task(task=inner.tasks.get(), by=alice)
    assert Job.objects.filter(kind="success.steps", dedupe_key="now").exists()
    sweep(workspace)
    assert states(run) == {"sub": "done", "z": "ready"}


def test_a_sub_playbook_that_cannot_start_or_is_cancelled_is_told(
    bank: Account, alice: Member, workspace: Workspace, make_playbook: Make
) -> None:
    sub = {"key": "sub", "kind": "playbook", "offset": 0, "details": {"playbook": "inner"}}
    run = runs.start_run(account=bank, playbook=make_playbook("outer", sub), by=alice)
    assert "“inner” is not there" in sentence(task_of(run, "sub").problem)
    make_playbook("inner", {"key": "i"})
    tasks.retry_step(task=task_of(run, "sub"), by=alice)
    inner = task_of(run, "sub").sub_run
    assert inner is not None
    runs.cancel_run(run=inner, by=alice, reason="Not now")
    sweep(workspace)
    assert task_of(run, "sub").problem == {"code": "sub_run_ended"}
    with pytest.raises(errors.NothingToRetry):
        tasks.retry_step(task=inner.tasks.get(), by=alice)


def test_playbooks_that_start_one_another_stop_at_the_fifth(bank: Account, alice: Member, make_playbook: Make) -> None:
    def sub(place: int) -> dict[str, Any]:
        return {"key": "sub", "kind": "playbook", "offset": 0, "details": {"playbook": f"p{place + 1}"}}

    first, *_ = [make_playbook(f"p{place}", sub(place)) for place in range(7)]
    runs.start_run(account=bank, playbook=first, by=alice)
    deepest = Run.objects.order_by("-depth").first()
    assert deepest is not None
    assert (deepest.depth, deepest.tasks.get().problem["code"]) == (5, "too_deep")


def test_words_to_a_colleague_reach_the_owner_once(
    bank: Account, alice: Member, bob: Member, seat: Callable[..., Any], workspace: Workspace, make_playbook: Make
) -> None:
    seat(bank, "csm", bob)
    details = {"channel": "colleague", "body": {"en": "Look at the usage first.", "zh": "先看使用情况。"}}
    step = {"key": "m", "kind": "message", "offset": 0, "details": details}
    run = runs.start_run(account=bank, playbook=make_playbook("tell", step), by=alice)
    sweep(workspace)
    assert states(run) == {"m": "done"}
    (notice,) = Notice.objects.filter(member=bob, kind="playbook.message")
    assert str(notice) == "Brookbridge 1: Look at the usage first."


def test_a_hand_over_is_taken_back(bank: Account, alice: Member, bob: Member, make_playbook: Make) -> None:
    run = runs.start_run(account=bank, playbook=make_playbook("two", {"key": "a"}, {"key": "b"}), by=alice)
    runs.hand_over(run=run, by=alice, to=bob, take="old")
    tasks.reassign_task(task=task_of(run, "a"), by=bob, to=(dora := make_member(bank.workspace, "Dora")))
    assert runs.take_hand_over_back(run=run, by=alice) == 1
    assert (run.owner, task_of(run, "a").owner, task_of(run, "b").owner) == (alice, dora, alice)
    with pytest.raises(errors.NoHandOver):
        runs.take_hand_over_back(run=run, by=alice)


def test_evidence_that_has_to_be_a_link_is_one(bank: Account, alice: Member, make_playbook: Make) -> None:
    playbook = make_playbook("proof", {"key": "a", "evidence": True, "evidence_kind": "link"})
    task = task_of(runs.start_run(account=bank, playbook=playbook, by=alice), "a")
    with pytest.raises(errors.LinkNeeded):
        tasks.finish_task(task=task, by=alice, evidence="we agreed")
    assert tasks.finish_task(task=task, by=alice, evidence="see https://example.com/plan").state == "done"
