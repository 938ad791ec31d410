"""Each rule on a customer made for it, and on the customer next to it that must stay quiet."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from conftest import NOON
from evergrow import warehouse
from evergrow.customers.models import Account, Note, Ticket
from evergrow.health.actions import ensure_scorecard
from evergrow.health.models import AccountHealth
from evergrow.lib import clock
from evergrow.success.rules import Watch, contact, health, renewal, support, usage
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 3, 25)


@pytest.fixture
def watch(workspace: Workspace) -> Callable[..., Watch]:
    def made(*, open: tuple[Account, ...] = ()) -> Watch:
        rows = Account.objects.filter(workspace=workspace).select_related("health_state", "workspace")
        return Watch(workspace, TODAY, {a.pk: a for a in rows}, frozenset(a.pk for a in open))

    return made


@pytest.fixture
def scored(workspace: Workspace) -> Callable[..., AccountHealth]:
    def made(account: Account, band: str, score: float | None) -> AccountHealth:
        version = ensure_scorecard(workspace=workspace)
        facts = {"as_of": TODAY, "coverage": 0.9, "reasons": [{"zh": "用得少", "en": "Lighter use"}]}
        return AccountHealth.objects.create(
            workspace=workspace, account=account, version=version, band=band, score=score, **facts
        )

    return made


def days_of_use(workspace: Workspace, account: Account, *days: date, people: int = 1) -> None:
    rows = [(day, person) for day in days for person in range(1, people + 1)]
    moments = [f"{day.isoformat()} 03:00:00.000" for day, _ in rows]
    warehouse.execute(
        "insert into events (workspace_id, event, at, day, person, account, message_id)"
        " select {w:UInt32}, 'login', toDateTime64(t.1, 3, 'UTC'), toDate(substring(t.1, 1, 10)), t.2, {a:UInt32},"
        " concat('m', toString({a:UInt32}), '-', t.1, '-', toString(t.2))"
        " from (select arrayJoin(arrayZip({moments:Array(String)}, {people:Array(UInt32)})) as t)",
        w=workspace.pk,
        a=account.number,
        moments=moments,
        people=[person for _, person in rows],
    )


def found(seen: Any) -> dict[int, Any]:
    return {finding.account: finding for finding in seen.found}


def test_a_renewal_is_found_within_90_days_only_while_health_is_poor(
    make_account: Callable[..., Account], scored: Callable[..., Any], watch: Callable[..., Watch]
) -> None:
    cases = [(90, "risk", 2), (61, "watch", 1), (60, "risk", 3), (30, "watch", 3), (0, "risk", 3)]
    made = [make_account(n, renews_on=TODAY + timedelta(days=case[0])) for n, case in enumerate(cases, start=1)]
    for account, (_, band, _) in zip(made, cases, strict=True):
        scored(account, band, 50)
    scored(make_account(20, renews_on=TODAY + timedelta(days=91)), "risk", 30)
    scored(make_account(21, renews_on=TODAY + timedelta(days=40)), "healthy", 90)
    unsure = make_account(22, renews_on=TODAY + timedelta(days=40))
    scored(unsure, "insufficient", None)
    never = make_account(23, renews_on=TODAY + timedelta(days=40))
    seen = renewal.near(watch())
    by_account = found(seen)
    assert {a.pk: f.severity for a, f in ((a, by_account[a.pk]) for a in made)} == {
        a.pk: severity for a, (_, _, severity) in zip(made, cases, strict=True)
    }
    assert by_account[made[0].pk].part == "2026-06-23"
    assert len(seen.found) == len(cases)
    assert seen.unknown == {unsure.pk, never.pk}
    assert by_account[made[0].pk].evidence[1]["en"] == "¥12K a year to renew"


def test_contact_counts_only_for_important_customers_and_only_since_we_know_them(
    make_account: Callable[..., Account], watch: Callable[..., Watch], alice: Member
) -> None:
    long_ago = NOON - timedelta(days=200)
    silent = make_account(1, tier="vip", created_at=long_ago)
    make_account(2, tier="general", created_at=long_ago)
    make_account(3, tier="strategic", created_at=NOON - timedelta(days=29))
    noted = make_account(4, tier="strategic", created_at=long_ago)
    Note.objects.create(account=noted, author=alice, body="Spoke", created_at=NOON - timedelta(days=30))
    seen = found(contact.silent(watch()))
    assert set(seen) == {silent.pk, noted.pk}
    assert seen[silent.pk].severity == 3
    assert seen[noted.pk].reason["en"] == "No contact for 30 days"


def test_trouble_is_an_open_high_priority_ticket_or_a_recent_low_rating(
    make_account: Callable[..., Account], watch: Callable[..., Watch], workspace: Workspace
) -> None:
    def ticket(account: Account, name: str, days: int, **facts: Any) -> None:
        opened = clock.now() - timedelta(days=days)
        facts = {"priority": "high", "opened_at": opened, **facts}
        Ticket.objects.create(workspace=workspace, account=account, external_id=name, subject=name, **facts)

    a, b, c, d = (make_account(n) for n in (1, 2, 3, 4))
    ticket(a, "SSO fails", 5)
    ticket(a, "Export slow", 1)
    ticket(b, "Rude", 9, priority="low", closed_at=clock.now() - timedelta(days=2), csat=1)
    ticket(c, "Old and rude", 90, priority="low", closed_at=clock.now() - timedelta(days=80), csat=1)
    ticket(d, "Small", 3, priority="low")
    seen = found(support.trouble(watch()))
    assert set(seen) == {a.pk, b.pk}
    assert seen[a.pk].reason["en"] == "2 high-priority tickets are open"
    assert (seen[a.pk].severity, seen[b.pk].severity) == (3, 2)
    assert seen[b.pk].evidence[0]["en"] == "Rude: satisfaction 1"


@pytest.mark.usefixtures("warehouse_db")
def test_quiet_is_two_weeks_without_use_after_weekly_use(
    make_account: Callable[..., Account], watch: Callable[..., Watch], workspace: Workspace
) -> None:
    busy, quiet, recent, seldom = (make_account(n) for n in (1, 2, 3, 4))
    back = lambda *days: [TODAY - timedelta(days=day) for day in days]  # noqa: E731
    days_of_use(workspace, quiet, *back(14, 22, 30))
    days_of_use(workspace, recent, *back(13, 21, 30))
    days_of_use(workspace, seldom, *back(20, 70))
    assert usage.quiet(watch()).found == [], "nobody sends data: an outage, not silence"
    assert len(usage.quiet(watch()).unknown) == 4
    days_of_use(workspace, busy, *back(1, 2))
    seen = usage.quiet(watch())
    assert [f.account for f in seen.found] == [quiet.pk]
    assert seen.found[0].reason["en"] == "No use for 14 days, after weekly use"
    assert not seen.unknown


@pytest.mark.usefixtures("warehouse_db")
def test_seats_are_nearly_used_up_only_where_they_are_known(
    make_account: Callable[..., Account], watch: Callable[..., Watch], workspace: Workspace
) -> None:
    full, loose, unknown = make_account(1, seats=10), make_account(2, seats=10), make_account(3)
    for account, people in [(full, 9), (loose, 8), (unknown, 50)]:
        days_of_use(workspace, account, TODAY - timedelta(days=3), people=people)
    seen = usage.seats_nearly_used(watch())
    assert [f.account for f in seen.found] == [full.pk]
    assert seen.unknown == {unknown.pk}


def test_a_settled_fall_is_found_and_an_open_one_holds_until_healthy(
    make_account: Callable[..., Account],
    scored: Callable[..., Any],
    watch: Callable[..., Watch],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from evergrow.health.queries import BandMove

    names = ["fell", "back", "rose", "still", "well"]
    a = {name: make_account(n) for n, name in enumerate(names, start=1)}
    now = {"fell": "risk", "back": "healthy", "rose": "healthy", "still": "watch"}
    for name, band in now.items():
        scored(a[name], band, 50)
    scored(a["well"], "insufficient", None)

    def moved(name: str, before: str, after: str, points: tuple[float, float]) -> BandMove:
        return BandMove(a[name].pk, a[name].number, before, after, *points, is_new_card=False)

    falls = [moved("fell", "healthy", "risk", (80.9, 45.6)), moved("back", "healthy", "watch", (80, 70))]
    monkeypatch.setattr(health, "settled_falls", lambda *_: falls)
    seen = health.fell(watch(open=(a["still"], a["rose"])))
    assert {f.account for f in seen.found} == {a["fell"].pk, a["still"].pk}
    assert found(seen)[a["fell"].pk].evidence[0]["en"] == "80 → 45 points in 7 days"
    assert seen.unknown == {a["well"].pk}
