"""Changes of many rows: seen before, taken back within seven days, and conflicts told."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from evergrow.customers import access
from evergrow.customers.bulk import running, trash
from evergrow.customers.bulk.recent import recent
from evergrow.customers.bulk.running import CannotUndo, NothingChosen
from evergrow.customers.models import Account, BulkChange, BulkState, Person, TeamSeat, Trashed
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job


@pytest.fixture
def accounts(workspace, frozen):
    return [make_account(workspace, f"Account {n}", tier="vip" if n == 0 else "general") for n in range(4)]


def change(accounts, by, kind="tier", subject="account", **args):
    workspace = accounts[0].workspace
    keys = [each.pk for each in accounts]
    return running.begin(workspace=workspace, kind=kind, args=args, keys=keys, by=by, subject=subject)


def tiers(accounts):
    return list(Account.objects.filter(pk__in=[a.pk for a in accounts]).order_by("pk").values_list("tier", flat=True))


def test_a_tier_is_set_and_put_back(accounts, alice):
    made = change(accounts, alice, tier="vip")
    assert (made.state, made.count, made.done) == ("done", 4, 3)
    assert tiers(accounts) == ["vip"] * 4
    running.start_undo(change=made, by=alice)
    assert (made.state, made.restored, made.skipped) == ("undone", 3, 0)
    assert tiers(accounts) == ["vip", "general", "general", "general"]
    with pytest.raises(CannotUndo):
        running.start_undo(change=made, by=alice)


def test_what_was_changed_since_is_told_and_passed_over_or_forced(accounts, alice):
    made = change(accounts, alice, tier="strategic")
    Account.objects.filter(pk=accounts[1].pk).update(tier="vip")
    assert [row.pk for row, _kept, _now in running.conflicts(made)] == [accounts[1].pk]
    running.start_undo(change=made, by=alice)
    assert (made.restored, made.skipped) == (3, 1)
    assert tiers(accounts) == ["vip", "vip", "general", "general"]
    again = change(accounts, alice, tier="strategic")
    Account.objects.filter(pk=accounts[1].pk).update(tier="general")
    running.start_undo(change=again, by=alice, force=True)
    assert tiers(accounts) == ["vip", "vip", "general", "general"]


def test_what_cannot_be_put_back_is_not_counted_as_put_back_even_when_forced(accounts, alice, sign_in):
    made = change(accounts[:3], alice, kind="delete")
    other = change(accounts[3:], alice, kind="delete")
    Trashed.objects.filter(account=accounts[0]).update(change=other)  # deleted again by another act since
    running.start_undo(change=made, by=alice, force=True)
    assert (made.restored, made.skipped) == (2, 1)
    assert set(access.accounts(alice)) == set(accounts[1:3])
    page = sign_in(alice).get(reverse("customers:change", args=["acme", made.pk])).content.decode()
    assert page.count("left as it is") == 1
    assert "2 rows were put back, 1 passed over" in page


def test_after_seven_days_it_is_final(accounts, alice, workspace, frozen, warehouse_db):
    made = change(accounts, alice, tier="vip")
    with clock.frozen(frozen + timedelta(days=7, minutes=1)):
        with pytest.raises(CannotUndo):
            running.start_undo(change=made, by=alice)
        trash.empty(workspace)
    made.refresh_from_db()
    assert made.state == BulkState.FINAL
    assert not made.rows.exists()


def test_a_hand_over_is_put_back_with_its_old_dates(accounts, alice, bob, workspace):
    seat = make_seat(accounts[0], alice, since=date(2026, 1, 1))
    made = change(accounts[:2], alice, kind="team", role="csm", member=bob.pk, on="2026-03-25")
    assert TeamSeat.objects.filter(member=bob, ended_on=None).count() == 2
    running.start_undo(change=made, by=alice)
    seat.refresh_from_db()
    assert seat.ended_on is None
    assert not TeamSeat.objects.filter(member=bob).exists()


def test_a_property_is_set_on_people_and_taken_away_again(workspace, accounts, alice):
    people = [make_person(accounts[0], name) for name in ("A B", "C D")]
    Person.objects.filter(pk=people[0].pk).update(traits={"region": "east", "x": 1})
    made = change_people(workspace, people, alice, "trait", trait="region", value="west")
    assert {each.traits["region"] for each in Person.objects.all()} == {"west"}
    running.start_undo(change=made, by=alice)
    assert [each.traits for each in Person.objects.order_by("pk")] == [{"region": "east", "x": 1}, {}]


def change_people(workspace, people, by, kind, **args):
    keys = [each.pk for each in people]
    return running.begin(workspace=workspace, kind=kind, args=args, keys=keys, by=by, subject="person")


def test_deleted_accounts_disappear_come_back_or_are_erased(workspace, accounts, alice, frozen, warehouse_db):
    gone, back = accounts[:2]
    made = change([gone], alice, kind="delete")
    other = change([back], alice, kind="delete")
    assert set(access.accounts(alice)) == set(accounts[2:])
    running.start_undo(change=other, by=alice)
    assert back in access.accounts(alice)
    with clock.frozen(frozen + timedelta(days=8)):
        assert trash.empty(workspace) == {"accounts": 1, "people": 0}
        assert trash.empty(workspace) == {"accounts": 0, "people": 0}
    assert not Account.objects.filter(pk=gone.pk).exists()
    assert BulkChange.objects.get(pk=made.pk).state == "final"


def test_deleted_people_are_erased_after_a_week(workspace, accounts, alice, frozen, warehouse_db):
    person, neighbour = (make_person(accounts[0], name) for name in ("Maya Woo", "Nina Poe"))
    change_people(workspace, [person], alice, "delete")
    assert list(access.people(alice)) == [neighbour]
    with clock.frozen(frozen + timedelta(days=8)):
        assert trash.empty(workspace)["people"] == 1
    assert list(Person.objects.all()) == [neighbour]
    assert not Trashed.objects.exists()


def test_many_rows_are_changed_by_a_job_that_may_break_off(workspace, accounts, alice, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)
    monkeypatch.setattr(running, "PART", 2)
    made = change(accounts, alice, tier="strategic")
    assert made.state == "running"

    def stop(done, total):
        raise jobs.Interrupted

    with pytest.raises(jobs.Interrupted):
        running.apply(made, stop)
    assert tiers(accounts).count("strategic") == 2
    assert jobs.run_next()
    assert tiers(accounts) == ["strategic"] * 4
    made.refresh_from_db()
    assert (made.state, made.done) == ("done", 4)
    running.start_undo(change=made, by=alice)
    assert jobs.run_next()
    assert tiers(accounts) == ["vip", "general", "general", "general"]
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


def test_nothing_happens_before_it_is_confirmed(workspace, accounts, alice, sign_in):
    url = reverse("customers:accounts_delete", args=[workspace.slug])
    sent = {"account": [accounts[0].number, accounts[1].number], "query": ""}
    page = sign_in(alice).post(url, sent).content.decode()
    assert "Account 0" in page
    assert "Delete 2" in page
    assert not Trashed.objects.exists()
    assert sign_in(alice).post(url, {**sent, "confirmed": "1"}).status_code == 302
    assert Trashed.objects.count() == 2
    shown = sign_in(alice).get(reverse("customers:changes", args=[workspace.slug])).content.decode()
    assert "Undo" in shown
    made = BulkChange.objects.get()
    sign_in(alice).post(reverse("customers:change_undo", args=[workspace.slug, made.pk]))
    assert not Trashed.objects.exists()


def test_an_empty_selection_is_refused(workspace, accounts, alice):
    with pytest.raises(NothingChosen):
        running.begin(workspace=workspace, kind="tier", args={"tier": "vip"}, keys=[], by=alice)


def test_a_refused_change_leaves_nothing_behind(workspace, accounts, alice, bob, sign_in):
    url = reverse("customers:accounts_hand_over", args=[workspace.slug])
    sent = {"account": [accounts[0].number], "member": bob.pk, "role": "csm", "on": "2027-01-01", "confirmed": "1"}
    answer = sign_in(alice).post(url, sent, follow=True)
    assert "The day lies ahead" in answer.content.decode()
    assert not BulkChange.objects.exists()


def test_recent_changes_name_merges_and_stay_in_their_workspace(workspace, accounts, alice, mallory):
    from evergrow.customers.actions.merges import merge_people

    a, b = (make_person(accounts[0], name) for name in ("A B", "C D"))
    merge_people(kept=a, merged=b, reason="same", by=alice)
    change(accounts, alice, tier="vip")
    assert len(recent(workspace)) == 2
    assert recent(mallory.workspace) == []
