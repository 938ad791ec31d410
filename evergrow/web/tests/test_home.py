"""Home's numbers against an independent computation, and who sees what of them."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from evergrow.customers import timeline
from evergrow.customers.models import Account, Subscription, TeamSeat
from evergrow.health.models import AccountHealth, Scorecard, ScorecardVersion
from evergrow.success.models import Signal, Task
from evergrow.web.home import figures, movement, renewals, scope, since
from evergrow.web.home.filters import paid_on
from evergrow.workspaces.models import AccountScope

TODAY = date(2026, 3, 25)
YEAR_AGO = date(2025, 3, 25)
# name, started, cancelled, monthly price, band now, band a week ago, score, renews in days, held by bob
BOOK = [
    ("Ash", date(2024, 5, 1), None, 150, "healthy", "healthy", 88.0, 200, True),
    ("Birch", date(2024, 6, 1), None, 60, "risk", "watch", 41.0, 14, True),
    ("Cedar", date(2024, 7, 1), date(2025, 9, 1), 100, "insufficient", "insufficient", None, None, False),
    ("Dogwood", date(2026, 3, 1), None, 500, "watch", "risk", 55.0, 90, False),
    ("Elm", date(2024, 8, 1), None, 40, "watch", "healthy", 60.0, 91, False),
    ("Fir", date(2024, 9, 1), date(2026, 3, 10), 30, "insufficient", "risk", None, None, False),
]


@pytest.fixture
def version(workspace):
    card = Scorecard.objects.create(workspace=workspace, key="default", is_default=True)
    definition = {"groups": [{"key": "depth", "measures": [{"key": "seats", "name": {"en": "Seats", "zh": "席位"}}]}]}
    return ScorecardVersion.objects.create(scorecard=card, number=1, state="published", definition=definition)


@pytest.fixture
def book(workspace, bob, version, frozen):
    for number, (name, started, cancelled, mrr, band, before, score, renews, is_bobs) in enumerate(BOOK, start=1):
        live = cancelled is None or cancelled > TODAY
        account = Account.objects.create(
            workspace=workspace,
            number=number,
            external_id=name,
            name=name,
            status="active" if live else "cancelled",
            mrr=mrr if live else 0,
            renews_on=TODAY + timedelta(days=renews) if renews else None,
        )
        Subscription.objects.create(
            workspace=workspace, account=account, external_id=name, plan="Pro", status="active",
            mrr=mrr, started_on=started, cancelled_on=cancelled,
        )  # fmt: skip
        AccountHealth.objects.create(
            account=account, workspace=workspace, version=version, as_of=TODAY, score=score, band=band,
            band_before=before, change_7d=None if score is None else -12.0,
            reasons=[{"en": "Seats 9 → 4", "zh": "席位 9 → 4", "measure": "seats", "kind": "fell", "points": -8}],
        )  # fmt: skip
        if is_bobs:
            TeamSeat.objects.create(account=account, role="csm", member=bob, started_on=YEAR_AGO)
    # Birch paid more a year ago, on a line that ended as the present one began.
    birch = Account.objects.get(name="Birch")
    Subscription.objects.filter(account=birch).update(started_on=date(2025, 8, 1))
    Subscription.objects.create(
        workspace=workspace, account=birch, external_id="Birch-0", plan="Pro", status="cancelled",
        mrr=100, started_on=date(2024, 6, 1), cancelled_on=date(2025, 8, 1),
    )  # fmt: skip
    Subscription.objects.filter(account__name="Ash").update(started_on=date(2025, 8, 1))
    Subscription.objects.create(
        workspace=workspace, account=Account.objects.get(name="Ash"), external_id="Ash-0", plan="Pro",
        status="cancelled", mrr=100, started_on=date(2024, 5, 1), cancelled_on=date(2025, 8, 1),
    )  # fmt: skip


def test_recurring_revenue_is_the_sum_of_live_prices_beside_last_month(book, alice) -> None:
    found = figures.recurring_revenue(scope.of(alice, "all"))
    assert found.now == 150 + 60 + 500 + 40
    last_month = 150 + 60 + 40 + 30  # on 25 February: Dogwood not yet, Fir still
    assert found.history[-2] == last_month
    assert found.change == pytest.approx(750 / last_month - 1)
    assert len(found.history) == 13


def test_retention_follows_the_closed_cohort(book, alice) -> None:
    """Ash 100→150, Birch 100→60, Cedar 100→0 give NRR 70 %, GRR 53.3 % (SaaS Metrics Standards Board); here with
    Elm 40→40 and Fir 30→0 beside them. Dogwood is new and left out."""
    now = figures.kept(scope.of(alice, "all")).now
    assert now.start_mrr == 370
    assert now.nrr == pytest.approx((150 + 60 + 0 + 40 + 0) / 370)
    assert now.grr == pytest.approx((100 + 60 + 0 + 40 + 0) / 370)
    assert (now.accounts, now.kept_accounts) == (5, 3)


def test_the_published_example_of_retention(book, alice) -> None:
    Subscription.objects.filter(account__name__in=["Elm", "Fir"]).delete()
    now = figures.kept(scope.of(alice, "all")).now
    assert now.nrr == pytest.approx(0.70)
    assert now.grr == pytest.approx(0.533, abs=0.001)
    assert now.logos == pytest.approx(0.667, abs=0.001)


def test_revenue_at_risk_moves_only_with_the_bands(book, alice) -> None:
    found = figures.at_risk(scope.of(alice, "all"))
    assert (found.accounts, found.mrr) == (1, 60)
    assert found.before == 500, "Dogwood was at risk a week ago; cancelled Fir is no customer any more"
    assert found.change == Decimal(-440)
    assert found.share == pytest.approx(60 / 750)


def test_renewals_count_both_ends_of_the_window(book, alice) -> None:
    found = figures.renewals(scope.of(alice, "all"))
    assert [(one.account.name, one.band) for one in found] == [("Birch", "risk"), ("Dogwood", "watch")]
    ahead = figures.ahead(found)
    assert (ahead.accounts, ahead.mrr, ahead.risk_accounts, ahead.risk_mrr) == (2, 560, 1, 60)


def test_the_weeks_cover_the_window_once() -> None:
    for week_start in (0, 6):
        spans = renewals.weeks(TODAY, week_start)
        days = [first + timedelta(days=at) for first, last in spans for at in range((last - first).days + 1)]
        assert days == [TODAY + timedelta(days=at) for at in range(91)]
        assert all(first.weekday() == week_start for first, _ in spans[1:])


def test_the_chart_adds_up_and_each_part_opens_its_list(book, alice) -> None:
    whose = scope.of(alice, "all")
    series = renewals.chart(whose, figures.renewals(whose))["series"]
    items = [item for one in series for item in one["data"]]
    assert sum(item["value"] for item in items) == 560
    assert all("renewal=" in item["url"] and "health=" in item["url"] for item in items if item["value"])


def test_the_week_tells_falls_and_rises_and_why(book, alice) -> None:
    week = movement.week(scope.of(alice, "all"))
    assert (week.fell, week.rose) == (2, 1)
    assert week.accounts[("watch", "risk")] == 1
    assert sum(week.mrr.values()) == 750
    assert [mover.account.name for mover in week.movers][-1] == "Dogwood", "falls come before rises"
    assert week.movers[0].before == week.movers[0].score + 12
    assert (week.reason["en"], week.reason_count) == ("Seats", 2)


def test_ones_own_accounts_are_the_default_where_there_are_some(book, alice, bob) -> None:
    assert scope.of(alice, "").key == "all"
    assert scope.of(bob, "").key == "mine"
    assert figures.recurring_revenue(scope.of(bob, "")).now == 210
    assert scope.of(bob, "all").count == 4
    assert "csm=me" in scope.of(bob, "mine").list_url()


def test_a_member_who_sees_only_own_accounts_gets_no_other_number(workspace, book, bob) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    everything = scope.of(bob, "all")
    assert everything.count == 2
    assert figures.recurring_revenue(everything).now == 210
    assert figures.kept(everything).now.start_mrr == 200
    assert {one.account.name for one in figures.renewals(everything)} == {"Birch"}


def test_the_page_shows_the_numbers_in_the_readers_language(workspace, book, alice, sign_in) -> None:
    client, url = sign_in(alice), f"/w/{workspace.slug}/"
    html = client.get(url).content.decode()
    assert "¥750" in html
    assert "54.1%" in html, "GRR 200 of 370"
    assert re.search(r"2 accounts fell</a>, <a[^>]*>1 rose", html)
    client.cookies["evergrow_language"] = "zh-hans"
    assert "2 家下降" in client.get(url).content.decode()


def test_the_page_holds_no_inline_style_or_script(workspace, book, alice, sign_in) -> None:
    html = sign_in(alice).get(f"/w/{workspace.slug}/?by=mrr").content.decode()
    assert " style=" not in html
    assert not re.search(r"\son\w+=\"", html)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_an_empty_workspace_is_told_how_to_begin(workspace, alice, carol, sign_in, frozen) -> None:
    url = f"/w/{workspace.slug}/"
    assert "No customers yet" in sign_in(alice).get(url).content.decode()
    assert "Ask an administrator" in sign_in(carol).get(url).content.decode()


def test_nothing_crosses_workspaces(book, mallory) -> None:
    assert scope.of(mallory, "all").all == 0
    assert figures.recurring_revenue(scope.of(mallory, "all")).now == 0


def test_home_asks_the_stores_a_fixed_number_of_questions(
    workspace, book, bob, sign_in, django_assert_max_num_queries
) -> None:
    client = sign_in(bob)
    with django_assert_max_num_queries(28):
        client.get(f"/w/{workspace.slug}/?scope=all")


@pytest.fixture
def signal(workspace, book):
    return Signal.objects.create(
        workspace=workspace,
        account=Account.objects.get(name="Birch"),
        kind="health_fell",
        dedupe_key="health_fell:Birch",
        severity=3,
        reason={"en": "Health fell to at risk", "zh": "健康度降为风险"},
        evaluated_on=TODAY,
    )


def test_a_signal_is_taken_from_home_and_comes_back_to_home(workspace, signal, alice, bob, carol, sign_in) -> None:
    client, url = sign_in(bob), f"/w/{workspace.slug}/"
    html = client.get(url).content.decode()
    assert "Health fell to at risk" in html
    act = f"{url}signals/{signal.pk}/moves/"
    assert act in html
    assert act not in sign_in(carol).get(url).content.decode(), "a viewer looks and changes nothing"
    assert client.post(act, {"move": "take", "next": url}).url == url
    signal.refresh_from_db()
    assert (signal.state, signal.owner) == ("acknowledged", bob)
    assert "Nothing waits for a decision" in client.get(url).content.decode()


def test_a_task_is_done_from_home(workspace, book, bob, sign_in) -> None:
    ash = Account.objects.get(name="Ash")
    task = Task.objects.create(
        workspace=workspace, account=ash, name={"en": "Call the champion"}, owner=bob, state="ready", due_on=YEAR_AGO
    )
    client, url = sign_in(bob), f"/w/{workspace.slug}/"
    html = client.get(url).content.decode()
    assert "Call the champion" in html
    assert "365 d late" in html
    assert "1 overdue" in html
    client.post(f"{url}tasks/{task.pk}/moves/", {"move": "finish", "next": url})
    task.refresh_from_db()
    assert task.state == "done"


def test_what_others_did_since_the_last_visit_is_told(workspace, book, alice, bob, frozen) -> None:
    ash = Account.objects.get(name="Ash")
    bob.previous_seen_at = frozen - timedelta(days=1)
    timeline.add(ash, "account.tier", {"from": "general", "to": "vip"}, by=alice, at=frozen - timedelta(hours=2))
    timeline.add(ash, "account.tier", {"from": "vip", "to": "general"}, by=bob, at=frozen - timedelta(hours=1))
    timeline.add(ash, "account.tier", {"from": "general", "to": "vip"}, by=alice, at=frozen - timedelta(days=2))
    found = since.last_visit(scope.of(bob, "mine"))
    assert [line.at for line in found.lines] == [frozen - timedelta(hours=2)], "not one's own, not what was seen"
    assert not found.is_first


def test_the_cohort_behind_retention_opens_as_a_list(workspace, book, alice, sign_in, warehouse_db) -> None:
    assert set(Account.objects.filter(paid_on(alice, ["2025-03-25"])).values_list("name", flat=True)) == {
        "Ash", "Birch", "Cedar", "Elm", "Fir",
    }  # fmt: skip
    with pytest.raises(ValueError, match="no day"), translation.override("en"):
        paid_on(alice, ["yesterday"])
    client, url = sign_in(alice), f"/w/{workspace.slug}/"
    link = re.search(r'href="([^"]*paid_on=[^"]*)"', client.get(url).content.decode()).group(1)
    html = client.get(link.replace("&amp;", "&")).content.decode()
    assert "Cedar" in html
    assert "Dogwood" not in html
    assert client.get(f"{url}accounts/?paid_on=yesterday").status_code == 200
