"""Pages whose questions are prepared by scope and team: they open for members of every scope, with the same words."""

import pytest

from evergrow.customers.models import TimelineEntry
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.lib import clock
from evergrow.success.models import Task

SIGHTS = [("all", ""), ("own", "east"), ("team", ""), ("team", "east")]


@pytest.fixture
def person(workspace, bob, frozen, warehouse_db):
    """Somebody at an account of Bob's, with a task there and a line in its story."""
    account = make_account(workspace)
    make_seat(account, bob)
    Task.objects.create(
        workspace=workspace, account=account, name={"en": "Call Daniel"}, owner=bob, due_on=frozen.date()
    )
    found = make_person(account)
    TimelineEntry.objects.create(
        account=account, person=found, kind="note.added", data={"body": "Hello"}, at=clock.now(), by=bob
    )
    return found


@pytest.mark.parametrize(("scope", "team"), SIGHTS)
def test_the_pages_of_a_person_and_of_the_day_say_the_same_whatever_the_member_sees(person, bob, sign_in, scope, team):
    type(bob).objects.filter(pk=bob.pk).update(scope=scope, team=team)
    client = sign_in(bob)
    html = client.get(f"/w/acme/people/{person.number}/").content.decode()
    assert all(words in html for words in ("Daniel Moore", "Kite Works", "Call Daniel"))
    for whose in ("mine", "team", "all"):
        assert "Call Daniel" in client.get(f"/w/acme/tasks/?whose={whose}").content.decode()


def test_what_a_member_does_not_see_stays_away_from_them(person, bob, carol, sign_in):
    type(carol).objects.filter(pk=carol.pk).update(scope="own")
    for member, status in ((bob, 200), (carol, 404), (bob, 200), (carol, 404)):
        assert sign_in(member).get(f"/w/acme/people/{person.number}/").status_code == status
    assert [sign_in(bob).get(f"/w/acme/people/{number}/").status_code for number in (10**12, 10**30)] == [404, 404]
    assert "Call Daniel" not in sign_in(carol).get("/w/acme/tasks/?whose=all").content.decode()
