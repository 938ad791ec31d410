"""Overlaps are exclusive and add up; a click leads to who is behind."""

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers.actions.segments import create_segment
from evergrow.customers.models import Segment
from evergrow.customers.segments import overlap
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.workspaces.models import AccountScope

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
SETS = {"red": {1, 2, 3, 4}, "green": {3, 4, 5}, "blue": {4, 6}}


@pytest.fixture
def three(workspace):
    for n in range(7):
        make_account(workspace, f"Account {n + 1}")
    return [
        create_segment(workspace=workspace, name=name, kind="account", numbers=numbers, by=None)
        for name, numbers in SETS.items()
    ]


def test_every_combination_counts_those_who_are_exactly_there(workspace, three):
    found = overlap.overlap(workspace, three)
    expected = {}
    for number in set.union(*SETS.values()):
        code = sum(1 << place for place, members in enumerate(SETS.values()) if number in members)
        expected[code] = expected.get(code, 0) + 1
    assert {part.code: part.count for part in found.parts} == expected
    assert (found.total, found.in_all, list(found.sizes)) == (6, 1, [4, 3, 2])
    assert overlap.behind(workspace, three, 0b011).tolist() == [3]


def test_the_page_draws_it_and_leads_to_the_list_behind(workspace, three, carol, sign_in):
    address = reverse("customers:segments_overlap", kwargs={"workspace": workspace.slug})
    client = sign_in(carol)
    page = client.get(address, {"s": ["red", "green", "blue"]}).content.decode()
    assert "<svg" in page
    assert "6 accounts in any of them" in page
    behind = client.get(
        reverse("customers:segments_overlap_behind", kwargs={"workspace": workspace.slug}),
        {"s": ["red", "green", "blue"], "in": "3"},
    ).content.decode()
    assert "Account 3" in behind
    assert "Account 4" not in behind


def test_a_combination_is_saved_as_criteria(workspace, three, bob, sign_in):
    address = reverse("customers:segments_overlap_save", kwargs={"workspace": workspace.slug})
    sign_in(bob).post(address, {"s": ["red", "green"], "in": "1", "name": "Only red"})
    made = Segment.objects.get(key="only-red")
    assert made.versions.get().criteria == {"all": [{"segment": "red"}, {"segment": "green", "in": False}]}


def test_the_page_counts_only_whom_the_member_may_see(workspace, three, sign_in):
    dora = make_member(workspace, "Dora", scope=AccountScope.OWN)
    make_seat(workspace.accounts.get(number=4), dora)
    address = reverse("customers:segments_overlap", kwargs={"workspace": workspace.slug})
    assert "1 account in any of them" in sign_in(dora).get(address, {"s": ["red", "green"]}).content.decode()
