"""While somebody is away: new work goes to the stand-in and says so, what is due is offered, all comes back."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from conftest import make_member
from evergrow.lib import clock
from evergrow.success.actions import approvals, runs, signals, tasks
from evergrow.success.models import Signal, StandIn, Task
from evergrow.success.standing_in import acts
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.absences import acts as absences
from evergrow.workspaces.absences import reading
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Absence, Notice, Role

pytestmark = pytest.mark.usefixtures("frozen")
TODAY, DAY = date(2026, 3, 25), timedelta(days=1)


@pytest.fixture
def olga(workspace):
    return make_member(workspace, "Olga")


@pytest.fixture
def away(bob, olga):
    return absences.enter(member=bob, delegate=olga, starts_on=TODAY, ends_on=TODAY + 6 * DAY, by=bob)


def told(member):
    return [str(notice) for notice in Notice.objects.filter(member=member).order_by("pk")]


def test_new_work_goes_to_the_stand_in_says_so_and_comes_back(account, alice, bob, olga, away, make_playbook, seat):
    seat(account, "csm", bob)
    before = tasks.add_task(account=account, name="Older", by=bob, due_on=TODAY + 20 * DAY)
    Task.objects.filter(pk=before.pk).update(owner=bob)
    playbook = make_playbook("short", {"key": "a"}, {"key": "b", "after": ["a"]})
    run = runs.start_run(account=account, playbook=playbook, by=alice)
    first, second = run.tasks.order_by("position")
    assert (run.owner, first.owner, second.owner) == (bob, olga, bob), "he stays accountable; what is ready is hers"
    call = tasks.add_task(account=account, name="Call", by=alice, owner=bob)
    signal = signals.take_signal(signal=raised(account), by=alice, to=bob)
    assert (call.owner, signal.owner) == (olga, olga)
    assert told(olga)[1:] == [
        "Alice gave you the task “a” · Brookbridge 1, because Bob is away",
        "Alice gave you the task “Call” · Brookbridge 1, because Bob is away",
        "Alice gave you the signal “Health fell to “At risk”” · Brookbridge 1, because Bob is away",
    ]
    tasks.finish_task(task=first, by=olga)
    second.refresh_from_db()
    assert second.owner == olga
    tasks.finish_task(task=call, by=olga)
    with clock.frozen(clock.now() + 7 * DAY):
        assert absences.end_due(away.workspace) == 1
        assert absences.end_due(away.workspace) == 0, "it may run twice"
    owners = dict(Task.objects.values_list("pk", "owner__user__name"))
    assert (owners[second.pk], owners[call.pk], owners[first.pk]) == ("Bob", "Olga", "Olga"), "only open work goes back"
    assert Signal.objects.get().owner == bob
    assert told(bob)[-1] == "Bob is back: 2 open tasks went back from Olga"
    assert told(olga)[-1] == told(bob)[-1]


def test_work_that_came_by_another_way_is_swept_and_what_was_given_back_stays(account, bob, olga, away):
    task = Task.objects.create(
        workspace=account.workspace, account=account, name="Step", owner=bob, ready_at=clock.now()
    )
    assert acts.sweep(account.workspace) == 1
    task.refresh_from_db()
    assert task.owner == olga
    Task.objects.filter(pk=task.pk).update(owner=bob)
    assert acts.sweep(account.workspace) == 0, "he wants it himself"


def test_what_is_due_is_offered_in_bulk_to_the_stand_in(account, alice, bob, olga, carol, sign_in):
    for name, days in (("Soon", 2), ("Later", 30)):
        tasks.add_task(account=account, name=name, by=bob, due_on=TODAY + days * DAY)
    absence = absences.enter(member=bob, delegate=olga, starts_on=TODAY + DAY, ends_on=TODAY + 5 * DAY, by=alice)
    assert "Olga stands in for Bob" in told(bob)[0], "a manager may enter it, and he is told"
    page = reverse("success:absence_work", kwargs={"workspace": "acme", "pk": absence.pk})
    html = sign_in(olga).get(page).content.decode()
    assert ("Soon" in html, "Later" in html) == (True, False)
    other = make_member(account.workspace, "Other")
    assert "Soon" not in sign_in(other).get(page).content.decode()
    with pytest.raises(PermissionDenied):
        acts.take_over(absence=absence, tasks=acts.offered(absence), by=other)
    sign_in(olga).post(page, {"task": [task.pk for task in acts.offered(absence)]})
    assert Task.objects.get(name="Soon").owner == olga
    assert absences.end(absence=absence, by=bob) == 1
    assert Task.objects.get(name="Soon").owner == bob
    assert StandIn.objects.get().returned_at is not None


def test_delegates_of_delegates_and_circles(workspace, alice, bob, olga, away):
    far = make_member(workspace, "Far")
    absences.enter(member=olga, delegate=far, starts_on=TODAY, ends_on=TODAY, by=olga)
    assert reading.present(bob) == far
    absences.enter(member=far, delegate=bob, starts_on=TODAY, ends_on=TODAY, by=alice)
    assert reading.present(bob) == bob, "they stand in for each other: it stays"
    assert reading.present(bob, TODAY + DAY) == olga


def test_an_absence_that_makes_no_sense_is_refused(workspace, alice, bob, olga, carol, away):
    span = {"starts_on": TODAY + 10 * DAY, "ends_on": TODAY + 12 * DAY}
    for wish in (
        {"member": bob, "delegate": bob, **span},
        {"member": bob, "delegate": carol, **span},
        {"member": bob, "delegate": olga, "starts_on": TODAY + DAY, "ends_on": TODAY},
        {"member": bob, "delegate": olga, "starts_on": TODAY - 9 * DAY, "ends_on": TODAY - DAY},
        {"member": bob, "delegate": olga, "starts_on": TODAY + 2 * DAY, "ends_on": TODAY + 9 * DAY},
    ):
        with pytest.raises(BadChoice):
            absences.enter(by=bob, **wish)
    with pytest.raises(PermissionDenied):
        absences.enter(member=bob, delegate=olga, by=olga, **span)
    assert Absence.objects.count() == 1


def test_an_approval_is_asked_of_the_stand_in_of_a_manager_who_is_away(workspace, account, alice, bob):
    boss = make_member(workspace, "Boss", Role.MANAGER)
    absences.enter(member=boss, delegate=alice, starts_on=TODAY, ends_on=TODAY, by=alice)
    task = tasks.add_task(account=account, name="Discount", by=bob, owner=bob, kind="approval")
    approvals.ask_approval(task=task, by=bob, evidence="10 %")
    assert "Your vote is asked for: Discount, Brookbridge 1" in told(alice)
    assert Notice.objects.filter(member=boss, kind="approval.asked").count() == 0


def test_the_page_and_the_pickers_say_who_is_away(account, alice, bob, olga, away, sign_in):
    client = sign_in(alice)
    assert "Bob" in client.get(reverse("workspaces:absences", args=["acme"])).content.decode()
    task = tasks.add_task(account=account, name="Call", by=alice)
    assert "Bob (away until" in client.get(reverse("success:task", args=["acme", task.pk])).content.decode()
    wish = {"member": olga.pk, "delegate": alice.pk, "starts_on": "2026-04-01", "ends_on": "2026-04-02"}
    assert client.post(reverse("workspaces:absence_new", args=["acme"]), wish).status_code == 302
    assert client.post(reverse("workspaces:absence_end", args=["acme", away.pk])).status_code == 302
    assert reading.away(account.workspace) == {}
