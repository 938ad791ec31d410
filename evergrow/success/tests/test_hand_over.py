"""A hand-over from preparation to its end: one accountable at any instant, work along, and back within seven days."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import TeamSeat
from evergrow.lib import clock
from evergrow.success.actions import tasks
from evergrow.success.handover import acts, checklist, effects, errors, reading
from evergrow.success.models import HandOver, Task
from evergrow.workspaces.actions.members import remove_member
from evergrow.workspaces.models import AccountScope, Notice

pytestmark = pytest.mark.usefixtures("frozen")
TODAY, DAY = date(2026, 3, 25), timedelta(days=1)


@pytest.fixture
def olga(workspace):
    return make_member(workspace, "Olga", scope=AccountScope.OWN)


@pytest.fixture
def two(make_account, seat, bob):
    found = [make_account(1), make_account(2)]
    for account in found:
        seat(account, "csm", bob)
    return found


def prepared(two, alice, bob, olga, **wishes):
    facts = {"accounts": two, "from_member": bob, "to_member": olga, "role": "csm", "on": TODAY, **wishes}
    return acts.prepare(workspace=bob.workspace, by=alice, **facts)


def accepted(two, alice, bob, olga, **wishes):
    made = prepared(two, alice, bob, olga, **wishes)
    acts.offer(hand_over=made, by=alice)
    return acts.accept(hand_over=made, by=olga)


def holders(account, day):
    seats = account.team.filter(role="csm", started_on__lte=day).select_related("member__user")
    return [str(seat.member) for seat in seats if seat.ended_on is None or seat.ended_on > day]


def test_it_moves_nothing_until_it_is_accepted_and_then_on_its_day(two, alice, bob, olga):
    task = tasks.add_task(account=two[0], name="Call", by=bob)
    other = tasks.add_task(account=two[0], name="Price", by=alice)
    made = accepted(two, alice, bob, olga, on=TODAY + 5 * DAY)
    assert made.state == "accepted"
    assert acts.take_effect_due(made.workspace) == 0
    with clock.frozen(clock.now() + 5 * DAY):
        assert acts.take_effect_due(made.workspace) == 1
        assert acts.take_effect_due(made.workspace) == 0, "it may run twice"
    made.refresh_from_db()
    assert made.state == "effective"
    days = [TODAY, TODAY + 4 * DAY, TODAY + 5 * DAY, TODAY + 9 * DAY]
    assert [holders(two[0], day) for day in days] == [["Bob"], ["Bob"], ["Olga"], ["Olga"]]
    task.refresh_from_db()
    other.refresh_from_db()
    assert (task.owner, other.owner) == (olga, alice), "the old owner's open work goes along"
    assert reading.hand_overs(olga).get().pk == made.pk
    told = [str(notice) for notice in Notice.objects.filter(member=olga).order_by("pk")]
    assert told == [
        "Bob is to hand over 2 accounts to you on 2026-03-30: accept or refuse",
        "In effect: 2 accounts and 1 tasks went from Bob to Olga",
    ]


def test_it_closes_when_the_checklist_is_done(two, alice, bob, olga, carol):
    made = accepted(two, alice, bob, olga)
    assert made.state == "effective"
    lines = list(made.items.all())
    assert [line.key for line in lines][-1] == "opportunities"
    with pytest.raises(PermissionDenied):
        acts.check(item=lines[0], by=make_member(made.workspace, "Other"), is_done=True)
    for line in lines:
        line.hand_over = made
        acts.check(item=line, by=olga, is_done=True)
    made.refresh_from_db()
    assert made.state == "closed"


def test_a_refusal_has_a_reason_and_another_successor_can_be_asked(two, alice, bob, olga):
    made = prepared(two, alice, bob, olga)
    acts.offer(hand_over=made, by=alice)
    with pytest.raises(PermissionDenied):
        acts.accept(hand_over=made, by=bob)
    with pytest.raises(errors.HandOverReasonMissing):
        acts.refuse(hand_over=made, by=olga, reason=" ")
    acts.refuse(hand_over=made, by=olga, reason="Full")
    assert "Olga refused the hand-over from Bob: Full" in [str(n) for n in Notice.objects.filter(member=alice)]
    with pytest.raises(errors.NotNow, match="Refused"):
        acts.accept(hand_over=made, by=olga)
    acts.offer(hand_over=made, by=alice, to=alice)
    acts.accept(hand_over=made, by=alice)
    assert holders(two[0], TODAY) == ["Alice"]


def test_it_is_undone_within_seven_days_with_the_work_that_is_still_open(two, alice, bob, olga):
    kept = tasks.add_task(account=two[0], name="Kept", by=bob)
    done = tasks.add_task(account=two[1], name="Done", by=bob)
    made = accepted(two, alice, bob, olga)
    done.refresh_from_db()
    tasks.finish_task(task=done, by=olga)
    late = clock.now() + 7 * DAY + timedelta(seconds=1)
    with clock.frozen(late), pytest.raises(errors.TooLateToUndo):
        effects.undo(hand_over=made, by=alice)
    with clock.frozen(clock.now() + 2 * DAY):
        assert effects.undo(hand_over=made, by=alice) == 2
    made.refresh_from_db()
    assert made.state == "undone"
    owners = dict(Task.objects.values_list("name", "owner__user__name"))
    assert (owners["Kept"], owners["Done"], kept.pk) == ("Bob", "Olga", kept.pk)
    assert [holders(two[0], TODAY + n * DAY) for n in (0, 1, 2)] == [["Olga"], ["Olga"], ["Bob"]]


def test_undone_on_the_same_day_the_old_seat_goes_on(two, alice, bob, olga):
    made = accepted(two, alice, bob, olga)
    effects.undo(hand_over=made, by=alice)
    assert list(TeamSeat.objects.values_list("member__user__name", "started_on", "ended_on").distinct()) == [
        ("Bob", date(2026, 1, 1), None)
    ]


def test_a_customer_may_refuse_and_their_account_goes_back_alone(two, alice, bob, olga, sign_in):
    made = accepted(two, alice, bob, olga)
    page = reverse("success:hand_over_customer", args=["acme", made.pk, 1])
    html = sign_in(olga).get(page).content.decode()
    assert "Dear colleagues at Brookbridge 1" in html
    assert "olga@example.com" in html
    sign_in(olga).post(page, {"word": "task"})
    assert Task.objects.get(owner=olga).note.startswith("Dear colleagues")
    sign_in(olga).post(page, {"word": "refused", "note": "We want Bob"})
    assert "Brookbridge 1 refuses Olga as successor: We want Bob" in [
        str(n) for n in Notice.objects.filter(member=alice)
    ]
    sign_in(alice).post(page, {"word": "back"})
    assert (holders(two[0], TODAY), holders(two[1], TODAY)) == (["Bob"], ["Olga"])
    made.refresh_from_db()
    assert made.state == "effective"


def test_when_a_member_leaves_the_managers_are_led_to_the_hand_over_of_their_accounts(two, alice, bob, olga, sign_in):
    remove_member(member=bob, by=alice)
    notice = Notice.objects.get(member=alice, kind="handover.needed")
    assert str(notice) == "Bob left and held 2 accounts: prepare their hand-over"
    client = sign_in(alice)
    assert "Brookbridge 2" in client.get(notice.url).content.decode()
    wish = {"from": bob.pk, "role": "csm", "number": [1, 2], "to": olga.pk, "on": "2026-03-25", "take": "old"}
    assert client.post(reverse("success:hand_over_new", args=["acme"]), wish).status_code == 302
    made = HandOver.objects.get()
    assert made.accounts.count() == 2
    other = make_member(made.workspace, "Other")
    assert sign_in(other).get(reverse("success:hand_over", args=["acme", made.pk])).status_code == 404
    acts.offer(hand_over=made, by=alice)
    acts.accept(hand_over=made, by=olga)
    assert holders(two[0], TODAY) == ["Olga"]
    with pytest.raises(errors.FormerOwnerGone):
        effects.undo(hand_over=made, by=alice)


def test_what_makes_no_sense_is_refused_and_the_checklist_is_the_workspaces(two, alice, bob, olga, carol, sign_in):
    for wish, error in (
        ({"to_member": carol}, errors.SuccessorUnfit),
        ({"to_member": bob}, errors.SuccessorUnfit),
        ({"on": TODAY - DAY}, errors.DayOver),
        ({"role": "sales"}, errors.NothingHeld),
    ):
        with pytest.raises(error):
            prepared(two, alice, bob, olga, **wish)
    page = reverse("success:hand_over_lines", args=["acme"])
    sign_in(alice).post(page, {"zh": "合同\n", "en": "Contracts\nPasswords"})
    names = [item["name"] for item in checklist.of(alice.workspace)]
    assert names == [{"zh": "合同", "en": "Contracts"}, {"zh": "Passwords", "en": "Passwords"}]
    assert prepared(two, alice, bob, olga).items.count() == 2
    with pytest.raises(checklist.BadChecklist):
        checklist.change(workspace=alice.workspace, names=[], by=alice)
