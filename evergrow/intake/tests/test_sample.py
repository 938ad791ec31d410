"""The sample arrives whole: against the numbers its README gives, computed elsewhere with pandas."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from itertools import islice
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.db.models import Avg, Count, Sum
from django.utils import translation

from conftest import NOON, make_member
from evergrow import warehouse
from evergrow.customers.models import (
    Account,
    Affiliation,
    Invoice,
    Person,
    Subscription,
    TeamRole,
    TeamSeat,
    Ticket,
    Touch,
)
from evergrow.customers.queries.revenue import live_on
from evergrow.intake.imports import drafts, engine, undo
from evergrow.intake.models import Import, ImportState
from evergrow.intake.sample import SampleThere, load_sample, loading, sample_notice
from evergrow.intake.sample.files import Sample
from evergrow.lib import clock
from evergrow.warehouse.tests.stage import empty_store
from evergrow.workspaces.models import Role, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.playbooks]
SHIFT = date(2026, 3, 25) - date(2026, 3, 31)
ON_POSTGRESQL = connection.vendor == "postgresql"


class WithoutEvents(Sample):
    """Half of the rows, and all that the relational store gets to hold."""

    def __init__(self, today: date) -> None:
        super().__init__(today)
        self.files = [file for file in self.files if file.kind != "events"]


@pytest.fixture(scope="module")
def sample(django_db_setup: None, django_db_blocker) -> Iterator[Workspace]:
    """The sample, loaded once for the tests of this file, on Wednesday 25 March 2026."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.frozen(NOON), pytest.MonkeyPatch.context() as patch:
        if ON_POSTGRESQL:
            patch.setattr(loading, "Sample", WithoutEvents)
        empty_store()
        workspace = Workspace.objects.create(slug="sample", name="Sample")
        make_member(workspace, "Olive", Role.OWNER)
        # Outside tests each chunk is a transaction. A savepoint inside this one would cost more with every row: SQLite
        # walks through all pages kept for it after each statement that has triggers.
        with pytest.MonkeyPatch.context() as loads:
            loads.setattr(engine, "transaction", SimpleNamespace(atomic=partial(transaction.atomic, savepoint=False)))
            load_sample(workspace)
        connection.check_constraints()  # once, here: PostgreSQL would do it again at the end of every test
        yield workspace
        transaction.set_rollback(True)
    empty_store()


def moved(day: str) -> date:
    return date.fromisoformat(day) + SHIFT


@pytest.mark.once
def test_every_event_is_there_once(sample: Workspace) -> None:
    found = warehouse.rows(
        "select event, count() from events where workspace_id = {w:UInt32} group by event", w=sample.pk
    )
    assert dict(found) == {
        "login": 246_851,
        "viewed_dashboard": 90_773,
        "created_project": 63_503,
        "exported_report": 47_700,
        "used_automation": 42_286,
        "created_workspace": 12_000,
        "completed_profile": 6_939,
        "invited_teammate": 6_340,
        "connected_integration": 5_529,
    }


@pytest.mark.once
def test_the_last_day_is_the_day_of_loading(sample: Workspace) -> None:
    first, last = warehouse.rows("select min(day), max(day) from events where workspace_id = {w:UInt32}", w=sample.pk)[
        0
    ]
    assert (first, last) == (moved("2024-01-01"), date(2026, 3, 25))


@pytest.mark.once
@pytest.mark.parametrize(
    ("month", "accounts"),
    [("2024-06-01", 1_807), ("2025-01-01", 3_051), ("2025-06-01", 3_352), ("2025-12-01", 2_676), ("2026-03-01", 2_201)],
)
def test_accounts_active_in_a_moved_month(sample: Workspace, month: str, accounts: int) -> None:
    first = date.fromisoformat(month)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    count = warehouse.scalar(
        "select uniqExact(account) from events where workspace_id = {w:UInt32} and day between {a:Date} and {b:Date}",
        w=sample.pk,
        a=first + SHIFT,
        b=last + SHIFT,
    )
    assert count == accounts


@pytest.mark.once
def test_every_event_has_a_person_of_its_account(sample: Workspace) -> None:
    pairs = warehouse.rows("select distinct person, account from events where workspace_id = {w:UInt32}", w=sample.pk)
    places = Affiliation.objects.filter(account__workspace=sample).values_list("person__number", "account__number")
    assert set(pairs) <= set(places)


def test_statuses_and_plans(sample: Workspace) -> None:
    def counts(model: type, name: str) -> dict[str, int]:
        return dict(model.objects.filter(workspace=sample).values_list(name).annotate(n=Count("pk")))

    assert counts(Subscription, "status") == {"trial_expired": 6_383, "cancelled": 3_530, "active": 2_087}
    assert counts(Account, "status") == {"expired": 6_383, "cancelled": 3_530, "active": 2_087}
    assert counts(Subscription, "plan") == {"Trial Only": 6_383, "Starter": 2_746, "Pro": 2_042, "Business": 829}


@pytest.mark.parametrize(
    ("day", "mrr", "accounts"),
    [
        ("2024-06-30", 122_490, 1_260),
        ("2024-12-31", 208_196, 2_154),
        ("2025-06-30", 260_648, 2_702),
        ("2025-12-31", 244_431, 2_519),
        ("2026-03-31", 203_363, 2_087),
    ],
)
def test_recurring_revenue_on_a_moved_day(sample: Workspace, day: str, mrr: int, accounts: int) -> None:
    live = Subscription.objects.filter(live_on(moved(day)), workspace=sample)
    assert (live.aggregate(sum=Sum("mrr"))["sum"], live.count()) == (mrr, accounts)


def test_invoices_tickets_and_touches(sample: Workspace) -> None:
    assert Invoice.objects.filter(workspace=sample).aggregate(n=Count("pk"), sum=Sum("amount")) == {
        "n": 55_318,
        "sum": 5_367_132,
    }
    tickets = Ticket.objects.filter(workspace=sample)
    assert dict(tickets.values_list("priority").annotate(n=Count("pk"))) == {
        "low": 6_424,
        "medium": 4_574,
        "high": 1_758,
    }
    assert tickets.aggregate(mean=Avg("csat"))["mean"] == pytest.approx(3.921856, abs=1e-6)
    assert Touch.objects.filter(workspace=sample).count() == 23_921


def test_live_subscriptions_renew_on_the_anniversary_of_their_start(sample: Workspace) -> None:
    today = sample.today()
    live = Subscription.objects.filter(workspace=sample, status="active").exclude(
        started_on__month=2, started_on__day=29
    )
    for started, renews in live.values_list("started_on", "renews_on"):
        assert (renews.month, renews.day) == (started.month, started.day)
        assert today <= renews <= today + timedelta(days=366)
    assert not Subscription.objects.filter(workspace=sample).exclude(status="active").exclude(renews_on=None).exists()


def test_companies_have_names_in_both_scripts_and_no_two_are_alike(sample: Workspace) -> None:
    names = Account.objects.filter(workspace=sample).values_list("name", "other_name", "domain")
    assert len({name for name, _, _ in names}) == len({domain for _, _, domain in names}) == 12_000
    assert all(not name.isascii() and other.isascii() and domain.endswith(".example") for name, other, domain in names)


def test_people_are_plausible(sample: Workspace) -> None:
    people = Person.objects.filter(workspace=sample)
    assert 25_000 <= people.count() <= 31_000
    assert not people.exclude(email__endswith=".example").exists()
    scripts = [name.isascii() for name in people.values_list("name", flat=True)]
    assert 0.6 < sum(scripts) / len(scripts) < 0.8
    assert Affiliation.objects.filter(account__workspace=sample, influence="decides", is_key=True).count() == 12_000


def test_the_owner_has_a_real_portfolio_beside_six_colleagues(sample: Workspace) -> None:
    assert sample.members.count() == 7
    assert not sample.members.filter(user__email__endswith=".sample.example", user__is_active=True).exists()
    mine = TeamSeat.objects.filter(member__role=Role.OWNER, role=TeamRole.CSM, account__workspace=sample, ended_on=None)
    assert 60 <= mine.filter(account__status="active").count() == mine.count() <= 130


def test_loading_again_changes_nothing(sample: Workspace) -> None:
    before = [Import.objects.filter(workspace=sample).count(), TeamSeat.objects.count(), Person.objects.count()]
    load_sample(sample)
    assert before == [Import.objects.filter(workspace=sample).count(), TeamSeat.objects.count(), Person.objects.count()]


@pytest.mark.parametrize(
    "kind", ["accounts", "people", "subscriptions", "tickets", pytest.param("events", marks=pytest.mark.once)]
)
def test_the_same_file_again_changes_nothing(sample: Workspace, kind: str) -> None:
    made = Sample(sample.today())
    each = next(file for file in made.files if file.kind == kind)
    pieces = islice(made.pieces(each), 1)
    again = drafts.receive(workspace=sample, file_name=f"{kind}.csv", pieces=whole_lines(pieces), by=None, kind=kind)
    drafts.set_mapping(source=again, wanted={"columns": each.columns}, by=None)
    engine.run(drafts.make_ready(source=again, by=None))
    assert (again.created, again.updated, again.bad) == (0, 0, 0)
    assert again.unchanged == again.rows_done > 5_000


def whole_lines(pieces: Iterator[bytes]) -> list[bytes]:
    return [b"".join(pieces).rsplit(b"\r\n", 1)[0]]


def test_undo_takes_the_touches_away_and_nothing_else(sample: Workspace) -> None:
    source = Import.objects.get(workspace=sample, kind="touches", file_name="marketing_touches.csv")
    assert undo.plan(source).deleted == {"Touch": 23_921}
    undo.start(source=source, by=None)
    undo.run(source)
    assert source.state == ImportState.UNDONE
    assert not Touch.objects.filter(workspace=sample).exists()
    assert Invoice.objects.filter(workspace=sample).count() == 55_318


def test_the_page_can_say_what_is_real_and_what_is_made_up(sample: Workspace, workspace: Workspace) -> None:
    assert "saas_growth" in sample_notice(sample)
    with translation.override("zh-hans"):
        assert "虚构" in sample_notice(sample)
    assert sample_notice(workspace) == ""


def test_a_workspace_in_use_refuses_the_sample(workspace: Workspace) -> None:
    Account.objects.create(workspace=workspace, number=1, external_id="a", name="A")
    with pytest.raises(SampleThere):
        load_sample(workspace)
