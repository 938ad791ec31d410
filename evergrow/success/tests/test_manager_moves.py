"""Giving many tasks to others and shifting their dates: seen before, told once, taken back within seven days."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from conftest import make_member
from evergrow.customers.bulk import running
from evergrow.customers.bulk.recent import recent
from evergrow.customers.models import Account, BulkChange
from evergrow.success.actions import runs, tasks
from evergrow.success.day.settings import set_capacity
from evergrow.success.manager import acts, planning
from evergrow.success.manager.planning import BadShift, NothingToMove
from evergrow.success.models import Playbook, Task
from evergrow.workspaces import jobs
from evergrow.workspaces.absences import acts as absences
from evergrow.workspaces.models import AccountScope, AuditEntry, Member, Workspace
from evergrow.workspaces.notices.models import Notice
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 3, 25)
JSON: dict[str, Any] = {"content_type": "application/json"}


@pytest.fixture
def mine(account: Account, alice: Member) -> list[Task]:
    """Six tasks of Alice's, due today and on the days after."""
    rows = [
        Task(workspace=account.workspace, account=account, name=f"Task {n}", owner=alice, due_on=TODAY + timedelta(n))
        for n in range(6)
    ]
    return Task.objects.bulk_create(rows)


def chosen(rows: list[Task]) -> Any:
    return Task.objects.filter(pk__in=[row.pk for row in rows])


def owners(rows: list[Task]) -> list[Any]:
    return list(chosen(rows).order_by("pk").values_list("owner", flat=True))


def days(rows: list[Task]) -> list[Any]:
    return list(chosen(rows).order_by("pk").values_list("due_on", flat=True))


def test_ticked_tasks_are_shown_then_given_told_once_and_taken_back_on_the_page(
    mine: list[Task], workspace: Workspace, alice: Member, bob: Member, sign_in: Any
) -> None:
    tasks.finish_task(task=mine[5], by=alice)
    url, client = reverse("success:work_move", args=[workspace.slug]), sign_in(alice)
    form = {"task": [task.pk for task in mine], "act": "reassign", "to": [bob.pk], "query": "member=none"}
    page = client.post(url, form).content.decode()
    assert "5 tasks</b> would change, of 1 account." in page
    assert "1 of the ticked are over already." in page
    assert owners(mine) == [alice.pk] * 6, "nothing happens before it is confirmed"
    seen = planning.reassignment(alice, chosen(mine), [bob]).digest
    tasks.finish_task(task=mine[4], by=alice)
    again = client.post(url, {**form, "seen": seen}).content.decode()
    assert "The tasks changed since you looked." in again
    seen = planning.reassignment(alice, chosen(mine), [bob]).digest
    answer = client.post(url, {**form, "seen": seen}, follow=True)
    assert "4 tasks moved." in answer.content.decode()
    assert owners(mine) == [bob.pk] * 4 + [alice.pk] * 2
    assert [notice.data["came"] for notice in Notice.objects.filter(member=bob, kind="tasks.given")] == [4]
    assert AuditEntry.objects.filter(verb="task.reassigned").count() == 4
    assert [each.details for each in recent(workspace)] == ["Owner → Bob"]
    change = BulkChange.objects.get()
    tasks.reassign_task(task=Task.objects.get(pk=mine[0].pk), by=alice, to=make_member(workspace, "Dora"))
    told = client.get(reverse("customers:change", args=[workspace.slug, change.pk])).content.decode()
    assert "1 row was changed again since." in told
    assert "Task 0" in told
    client.post(reverse("customers:change_undo", args=[workspace.slug, change.pk]))
    assert owners(mine)[1:] == [alice.pk] * 5
    assert Task.objects.get(pk=mine[0].pk).owner.user.name == "Dora"  # type: ignore[union-attr]
    assert sign_in(bob).post(url, form).status_code == 403


def test_work_is_spread_by_free_capacity_and_its_load_shown_before_and_after(
    mine: list[Task], account: Account, alice: Member, bob: Member, workspace: Workspace
) -> None:
    dora = make_member(workspace, "Dora")
    set_capacity(member=dora, points=2, by=alice)
    Task.objects.create(workspace=workspace, account=account, name="x", owner=bob, due_on=TODAY, kind="meeting")
    plan = planning.reassignment(alice, chosen(mine), [bob, dora])
    # Bob: 4 points of 60 and Dora: 0 of 10; each task has 2 points and goes to whoever is then filled least.
    to = [plan.moves[task.pk][1] for task in mine]
    filled = {bob.pk: 4.0, dora.pk: 0.0}
    for pk in to:
        able = {bob.pk: 60.0, dora.pk: 10.0}
        assert (filled[pk] + 2) / able[pk] == min((filled[other] + 2) / able[other] for other in filled)
        filled[pk] += 2
    found = {effect.member: effect for effect in planning.effects(alice, plan)}
    assert (found[alice].before.points, found[alice].after.points, found[alice].goes) == (12, 0, 6)
    assert found[bob].after.points + found[dora].after.points == 12 + 4
    assert found[bob].comes == to.count(bob.pk)
    acts.make(plan, by=alice)
    assert owners(mine) == to
    assert Notice.objects.filter(kind="tasks.given").count() == 2


def test_dates_shift_by_working_days_later_steps_follow_and_everything_comes_back(
    make_account: Callable[..., Account], make_playbook: Callable[..., Playbook], alice: Member, workspace: Workspace
) -> None:
    Workspace.objects.filter(pk=workspace.pk).update(calendar="CN")
    workspace.refresh_from_db()
    alice.workspace = workspace
    book = make_playbook("two", {"key": "a", "offset": 2}, {"key": "b", "after": ["a"], "offset": 3})
    run = runs.start_run(account=make_account(3), playbook=book, by=alice)
    first, second = run.tasks.order_by("position")
    assert (first.due_on, second.due_on) == (date(2026, 3, 27), date(2026, 4, 1))
    loose = tasks.add_task(account=run.account, name="Some day", by=alice)
    rows = [first, loose]
    plan = planning.shift(alice, chosen(rows), 6, "workdays")
    assert (plan.same, plan.moves) == (1, {first.pk: ("2026-03-27", "2026-04-07")}), "6 April 2026 is a day off"
    made = acts.make(plan, by=alice)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.due_on, first.due_is_fixed, second.due_on) == (date(2026, 4, 7), True, date(2026, 4, 10))
    assert [each.details for each in recent(workspace)] == ["Due dates +6 working days"]
    running.start_undo(change=made, by=alice)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.due_on, first.due_is_fixed, second.due_on) == (date(2026, 3, 27), False, date(2026, 4, 1))
    for amount, unit in ((0, "days"), (731, "days"), (1, "hours")):
        with pytest.raises(BadShift):
            planning.shift(alice, chosen(rows), amount, unit)
    with pytest.raises(NothingToMove):
        planning.shift(alice, chosen([loose]), 1, "days")


def test_many_are_moved_by_a_job_that_may_break_off_and_what_changed_meanwhile_stays(
    mine: list[Task], alice: Member, bob: Member, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "AT_ONCE", 1)
    monkeypatch.setattr(running, "PART", 2)
    made = acts.make(planning.shift(bob_as_manager(bob), chosen(mine), -2, "days"), by=bob)
    assert made.state == "running"
    tasks.finish_task(task=mine[4], by=alice)
    tasks.move_due(task=mine[5], by=alice, due_on=TODAY)

    def stop(_done: int, _total: int) -> None:
        raise jobs.Interrupted

    with pytest.raises(jobs.Interrupted):
        running.apply(made, stop)
    assert not Notice.objects.exists(), "nobody hears of it before it is done"
    while jobs.run_next():
        pass
    shifted = [TODAY + timedelta(n - 2) for n in range(4)]
    assert days(mine) == [*shifted, TODAY + timedelta(4), TODAY]
    assert [notice.data["n"] for notice in Notice.objects.filter(member=alice, kind="tasks.shifted")] == [4]
    made.refresh_from_db()
    assert (made.state, made.done) == ("done", 4)
    running.start_undo(change=made, by=bob)
    while jobs.run_next():
        pass
    assert days(mine)[:4] == [TODAY + timedelta(n) for n in range(4)]
    assert Notice.objects.filter(member=alice, kind="tasks.taken_back").count() == 1


def test_a_forced_undo_says_how_many_tasks_it_really_put_back(mine: list[Task], alice: Member, bob: Member) -> None:
    made = acts.make(planning.shift(bob_as_manager(bob), chosen(mine), 3, "days"), by=bob)
    tasks.finish_task(task=mine[0], by=alice)
    tasks.move_due(task=mine[1], by=alice, due_on=TODAY)
    running.start_undo(change=made, by=bob, force=True)
    assert (made.restored, made.skipped) == (len(mine) - 1, 1), "what is done stays done where it was"
    assert days(mine)[1:] == [TODAY + timedelta(n) for n in range(1, len(mine))]


def bob_as_manager(bob: Member) -> Member:
    Member.objects.filter(pk=bob.pk).update(role="manager")
    bob.refresh_from_db()
    return bob


def test_what_falls_to_somebody_away_goes_to_whoever_stands_in(
    mine: list[Task], alice: Member, bob: Member, workspace: Workspace
) -> None:
    dora = make_member(workspace, "Dora")
    absences.enter(member=bob, delegate=dora, starts_on=TODAY, ends_on=TODAY + timedelta(9), note="", by=alice)
    plan = planning.reassignment(alice, chosen(mine), [bob])
    [effect] = [each for each in planning.effects(alice, plan) if each.member == bob]
    assert (effect.stand_in, effect.away is not None) == (dora, True)
    made = acts.make(plan, by=alice)
    assert owners(mine) == [dora.pk] * 6
    assert Notice.objects.get(kind="tasks.given").member == dora
    running.start_undo(change=made, by=alice)
    assert owners(mine) == [alice.pk] * 6


def test_the_same_through_the_api_and_only_what_one_sees(
    mine: list[Task], alice: Member, bob: Member, workspace: Workspace, mallory: Member
) -> None:
    client, ids = caller(alice), [task.pk for task in mine]
    planned = client.post(
        "/api/v1/work/reassignments", {"tasks": ids, "members": [bob.pk], "only_plan": True}, **JSON
    ).json()
    assert (planned["change"], planned["state"], planned["count"]) == (None, "planned", 6)
    assert owners(mine) == [alice.pk] * 6
    moved = client.post("/api/v1/work/date-shifts", {"tasks": ids, "days": 1, "unit": "days"}, **JSON).json()
    assert moved["moves"][0] == {"task": ids[0], "before": "2026-03-25", "after": "2026-03-26"}
    assert days(mine)[0] == TODAY + timedelta(1)
    undone = client.put(f"/api/v1/bulk-changes/{moved['change']}/undoing", {}, **JSON)
    assert (undone.status_code, days(mine)[0]) == (202, TODAY)
    stranger = client.post("/api/v1/work/reassignments", {"tasks": ids, "members": [mallory.pk]}, **JSON)
    assert (stranger.status_code, stranger.json()["type"]) == (409, "urn:evergrow:problem:NobodyChosen")
    assert caller(mallory).post("/api/v1/work/date-shifts", {"tasks": ids, "days": 1}, **JSON).status_code == 409
    Member.objects.filter(pk=alice.pk).update(scope=AccountScope.OWN)
    assert caller(Member.objects.get(pk=alice.pk)).get("/api/v1/work/throughput").status_code == 403
    with pytest.raises(PermissionDenied):
        acts.make(planning.reassignment(alice, chosen(mine), [bob]), by=bob)


@pytest.mark.once
@pytest.mark.usefixtures("warehouse_db")
def test_every_page_opens_in_both_languages_and_every_table_as_a_file(
    mine: list[Task], save: Playbook, account: Account, alice: Member, workspace: Workspace, sign_in: Any
) -> None:
    run = runs.start_run(account=account, playbook=save, by=alice)
    tasks.finish_task(task=run.tasks.filter(state="ready").first(), by=alice, evidence="Agreed by mail")  # type: ignore[arg-type]
    runs.cancel_run(run=run, by=alice, reason="They left")
    client = sign_in(alice)
    words = {"work": "Throughput", "times": "not reached", "stops": "Broken off here", "outcomes": "no proof"}
    words |= {"balance": "change hands", "tasks": "Task 3", "runs": "Brookbridge"}
    for page, word in words.items():
        url = reverse("success:work" if page == "work" else f"success:work_{page}", args=[workspace.slug])
        assert word in client.get(url).content.decode(), page
        client.cookies["evergrow_language"] = "zh-hans"
        assert "团队工作" in client.get(url, {"weeks": "4"}).content.decode(), page
        client.cookies["evergrow_language"] = "en"
    url = reverse("success:work_file", args=[workspace.slug])
    for part in ("throughput", "overdue", "times", "stops", "outcomes", "load"):
        answer = client.get(url, {"part": part})
        assert answer["content-type"].startswith("text/csv")
        assert b"".join(answer.streaming_content).count(b"\n") >= 1
    assert client.get(url, {"part": "elsewhere"}).status_code == 404
    Member.objects.filter(pk=alice.pk).update(scope=AccountScope.OWN)
    assert client.get(reverse("success:work", args=[workspace.slug])).status_code == 403
    assert (
        reverse("success:work", args=[workspace.slug]) not in client.get(f"/w/{workspace.slug}/tasks/").content.decode()
    )
