import threading
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from conftest import make_member
from evergrow.customers.actions.team import (
    HandOverAhead,
    HandOverTooEarly,
    NotAColleague,
    assign_seat,
    vacate_seat,
)
from evergrow.customers.models import TeamSeat
from evergrow.customers.tests.stage import make_account
from evergrow.workspaces.models import AuditEntry

pytestmark = pytest.mark.usefixtures("frozen")
TODAY, EARLIER = date(2026, 3, 25), date(2026, 1, 5)


def seats(account):
    return [(s.member.user.name, s.started_on, s.ended_on) for s in account.team.order_by("started_on")]


def holders_on(account, day):
    return [s for s in account.team.filter(role="csm") if s.started_on <= day and (not s.ended_on or s.ended_on > day)]


def test_a_hand_over_ends_the_old_seat_on_the_day_the_new_one_begins(workspace, alice, bob):
    account = make_account(workspace)
    assign_seat(accounts=[account], role="csm", member=bob, by=alice, on=EARLIER)
    assign_seat(accounts=[account], role="csm", member=alice, by=alice, on=TODAY)
    assert seats(account) == [("Bob", EARLIER, TODAY), ("Alice", TODAY, None)]
    assert [len(holders_on(account, day)) for day in (date(2026, 1, 4), EARLIER, date(2026, 3, 24), TODAY)] == [
        0,
        1,
        1,
        1,
    ]
    assert account.timeline.count() == 2
    assert AuditEntry.objects.filter(verb="team.assigned", by=alice).count() == 2


def test_a_change_of_mind_on_the_same_day_leaves_one_holder(workspace, alice, bob):
    account = make_account(workspace)
    assign_seat(accounts=[account], role="csm", member=bob, by=alice, on=TODAY)
    assign_seat(accounts=[account], role="csm", member=alice, by=alice, on=TODAY)
    assert seats(account) == [("Alice", TODAY, None)]


def test_the_same_holder_again_changes_nothing(workspace, alice, bob):
    account = make_account(workspace)
    assign_seat(accounts=[account], role="csm", member=bob, by=alice, on=EARLIER)
    assert assign_seat(accounts=[account], role="csm", member=bob, by=alice, on=TODAY) == (0, 1)
    assert seats(account) == [("Bob", EARLIER, None)]


def test_the_three_roles_are_apart(workspace, alice, bob):
    account = make_account(workspace)
    for role in ("csm", "sales", "expert"):
        assign_seat(accounts=[account], role=role, member=bob, by=alice, on=TODAY)
    assert account.team.filter(ended_on=None).count() == 3


def test_a_hand_over_cannot_rewrite_what_was_before(workspace, alice, bob):
    account = make_account(workspace)
    assign_seat(accounts=[account], role="csm", member=bob, by=alice, on=date(2026, 2, 1))
    with pytest.raises(HandOverTooEarly):
        assign_seat(accounts=[account], role="csm", member=alice, by=alice, on=EARLIER)
    vacate_seat(account=account, role="csm", by=alice, on=TODAY)
    with pytest.raises(HandOverTooEarly):
        assign_seat(accounts=[account], role="csm", member=alice, by=alice, on=date(2026, 3, 1))
    assert seats(account) == [("Bob", date(2026, 2, 1), TODAY)]


def test_a_hand_over_cannot_lie_ahead(workspace, alice, bob):
    with pytest.raises(HandOverAhead):
        assign_seat(accounts=[make_account(workspace)], role="csm", member=bob, by=alice, on=date(2026, 3, 26))


def test_only_colleagues_of_this_workspace_hold_a_seat(workspace, alice, bob, mallory):
    with pytest.raises(NotAColleague):
        assign_seat(accounts=[make_account(workspace)], role="csm", member=mallory, by=alice, on=TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_the_same_time_leave_one_holder(workspace, alice, bob):
    account = make_account(workspace)
    late = make_member(workspace, "Late")
    alone = connection.vendor == "sqlite"  # the in-memory store of the tests has no room for two writers

    def take_over(member):
        assign_seat(accounts=[account], role="csm", member=member, by=alice, on=TODAY)
        connection.close()

    threads = [threading.Thread(target=take_over, args=[member]) for member in (bob, late)]
    for thread in threads:
        thread.start()
        if alone:
            thread.join()
    for thread in threads:
        thread.join()
    assert account.team.filter(role="csm", ended_on=None).count() == 1
    assert account.timeline.count() == 2


def test_an_operator_cannot_hand_over(workspace, bob):
    with pytest.raises(PermissionDenied):
        assign_seat(accounts=[make_account(workspace)], role="csm", member=bob, by=bob, on=TODAY)


def test_a_selection_changes_hands_at_once_or_not_at_all(workspace, alice, bob, django_assert_max_num_queries):
    accounts = [make_account(workspace, f"Account {n}") for n in range(40)]
    with django_assert_max_num_queries(14):
        assert assign_seat(accounts=accounts, role="csm", member=bob, by=alice, on=EARLIER) == (40, 0)
    late = make_member(workspace, "Late")
    assign_seat(accounts=accounts[-1:], role="csm", member=late, by=alice, on=TODAY)
    with pytest.raises(HandOverTooEarly):
        assign_seat(accounts=accounts, role="csm", member=alice, by=alice, on=date(2026, 2, 2))
    assert TeamSeat.objects.filter(member=alice).count() == 0
    assert AuditEntry.objects.get(verb="team.assigned", target_name="Bob").data["accounts"] == list(range(1, 41))
