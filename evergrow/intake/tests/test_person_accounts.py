"""Between which accounts a person's events lie is never said too narrowly, whatever is done to the events."""

from datetime import UTC, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.bulk import trash
from evergrow.customers.privacy.subject import Subject
from evergrow.customers.tests.stage import make_account, put_events
from evergrow.intake import merged_accounts
from evergrow.intake.personal import events as personal
from evergrow.intake.rezone import rezone

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)
TOO_NARROW = """select person, account from events
left join (
    select person, min(lowest) as lowest, max(highest) as highest from person_accounts group by person
) as known using (person)
where person != 0 and not ifNull(account between lowest and highest, 0)"""
ALONE = "select person, lowest from person_accounts final where lowest = highest order by person"


def alone():
    """The people who are known at one account only; nobody is said to be who is not."""
    assert warehouse.rows(TOO_NARROW) == []
    return dict(warehouse.rows(ALONE))


@pytest.fixture
def accounts(workspace):
    made = [make_account(workspace, name) for name in "ABC"]
    one, two, three = (each.number for each in made)
    pairs = [(1, one), (1, one), (2, two), (3, three), (4, one), (4, three), (5, 0), (6, 0), (6, two)]
    put_events(
        workspace,
        *(
            {"at": NOON - timedelta(days=n), "event": "login", "person": person, "account": account}
            for n, (person, account) in enumerate(pairs)
        ),
    )
    assert alone() == {1: one, 2: two, 3: three, 5: 0}
    return made


def test_merged_accounts_and_what_is_taken_back_leave_their_people_to_the_events(workspace, accounts, alice):
    kept, merged, other = accounts
    made = merge_accounts(kept=kept, merged=merged, reason="one customer", by=alice)
    merged_accounts.run(workspace)
    assert alone() == {1: kept.number, 3: other.number, 5: 0}
    undo_merge(merge=made, by=alice)
    merged_accounts.run(workspace)
    assert alone() == {3: other.number, 5: 0}


def test_a_new_zone_changes_nothing(workspace, accounts):
    before = alone()
    workspace.zone = "Pacific/Auckland"
    rezone(workspace)
    assert alone() == before


def test_an_erased_account_is_none_and_an_erased_person_is_gone(workspace, accounts):
    _one, two, three = (each.number for each in accounts)
    trash._erase_account(accounts[0])
    assert alone() == {1: 0, 2: two, 3: three, 5: 0}
    trash._erase_account(accounts[2])
    assert alone() == {1: 0, 2: two, 3: 0, 5: 0}
    personal.erase(Subject(workspace.pk, [], [2], []))
    assert alone() == {1: 0, 3: 0, 5: 0}
    put_events(workspace, {"at": NOON, "event": "login", "person": 1, "account": two})
    assert alone() == {3: 0, 5: 0}
