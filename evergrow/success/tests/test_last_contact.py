"""One definition of the last contact: list, page, signals and pool agree, whatever the contact was."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from evergrow.customers import last_contact
from evergrow.customers.actions.notes import add_note
from evergrow.customers.actions.visits import log_visit
from evergrow.customers.models import Account, PoolRules, TeamSeat
from evergrow.customers.pool import reclaim
from evergrow.customers.queries.account_list import AccountList, shape
from evergrow.lib import clock
from evergrow.lib.listing import parse
from evergrow.success.actions.tasks import add_task, finish_task
from evergrow.success.models import StepKind, Task, TaskState

NOW_DAY = date(2026, 3, 25)
pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def contacted(workspace, bob, make_account) -> dict[str, Account]:
    """Each account by its last contact: a visit, a late note, a finished call, only other work, nothing."""
    made = {key: make_account(at) for at, key in enumerate(["visit", "note", "call", "work", "silent"], start=1)}
    for account in made.values():
        TeamSeat.objects.create(account=account, role="csm", member=bob, started_on=date(2026, 1, 1))
    log_visit(account=made["visit"], by=bob, happened_on=date(2026, 3, 20), experience="Fine")
    log_visit(account=made["note"], by=bob, happened_on=date(2026, 2, 1), experience="Fine")
    # 22:30 in UTC is the next day in Shanghai.
    with clock.frozen(clock.now().replace(day=9, hour=22, minute=30)):
        add_note(account=made["note"], body="Called them", by=bob)
    with clock.frozen(clock.now() - timedelta(days=5)):
        for key, kind in (("call", StepKind.CALL), ("work", StepKind.TASK)):
            task = add_task(account=made[key], by=bob, name="Ask", owner=bob, due_on=NOW_DAY, kind=kind)
            finish_task(task=task, by=bob)
    sent = add_task(account=made["silent"], by=bob, name="Mail", owner=bob, due_on=NOW_DAY, kind=StepKind.MESSAGE)
    Task.objects.filter(pk=sent.pk).update(state=TaskState.DONE, ended_at=clock.now(), ended_by=None)
    return made


DAYS = {"visit": date(2026, 3, 20), "note": date(2026, 3, 10), "call": date(2026, 3, 20)}


def test_visits_notes_and_finished_talks_count_and_nothing_else(workspace, contacted):
    found = last_contact.days(workspace, [account.pk for account in contacted.values()])
    assert found == {contacted[key].pk: day for key, day in DAYS.items()}


def test_the_list_sorts_and_filters_by_the_day_that_it_shows(workspace, bob, contacted):
    def listed(query: str) -> list[str]:
        rows = AccountList(bob, parse(query, shape())).ordered
        keys = {account.pk: key for key, account in contacted.items()}
        return [keys[row.pk] for row in rows]

    shown = {account.pk: account.shown for account in Account.objects.annotate(shown=last_contact.day(workspace))}
    assert shown == {account.pk: DAYS.get(key) for key, account in contacted.items()}
    assert listed("sort=last_contact") == ["note", "visit", "call", "work", "silent"]
    assert listed("sort=-last_contact") == ["visit", "call", "note", "work", "silent"]
    assert set(listed("contact=never")) == {"work", "silent"}
    assert set(listed("contact=..5")) == {"visit", "call"}
    assert set(listed("contact=6..")) == {"note", "work", "silent"}
    assert set(listed("contact=15..15")) == {"note"}


def test_the_page_says_what_the_last_contact_was_and_how_it_counts(workspace, warehouse_db, bob, contacted, sign_in):
    told = {key: last_contact.of(account) for key, account in contacted.items()}
    assert {key: contact.called if contact else None for key, contact in told.items()} == {
        "visit": "Visit", "note": "Note", "call": "Call", "work": None, "silent": None,
    }  # fmt: skip
    page = sign_in(bob).get(reverse("customers:account", args=["acme", contacted["call"].number])).content.decode()
    assert "Call · 20 Mar" in page
    assert "The public pool and signals of silence count the same." in page


def test_the_pool_takes_back_by_the_same_day(workspace, contacted):
    rule = PoolRules(workspace=workspace, role="csm", takes_back=True, quiet_days=30)
    Account.objects.update(status="trial")
    due = {found.account.pk: found.followed_on for found in reclaim.due(workspace, rule, date(2027, 1, 1))}
    assert due == {account.pk: DAYS.get(key) for key, account in contacted.items()}
