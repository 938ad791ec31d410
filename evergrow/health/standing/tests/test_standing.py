"""The portfolio's other pages, against the facts they are about."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from conftest import made_once, make_member
from evergrow.customers.models import Subscription, TeamSeat
from evergrow.health import queries
from evergrow.health.actions import compute
from evergrow.health.backtest.models import BackTest
from evergrow.health.models import AccountHealth
from evergrow.health.standing import groups, losing, missing, moving, sizes
from evergrow.health.tests import stage
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = stage.TODAY
THEN = TODAY - timedelta(days=14)


def url(name: str, *more: Any) -> str:
    return reverse(f"health:{name}", args=["acme", *more])


def pays(account: Any, since: date, until: date | None = None, mrr: int = 100) -> None:
    Subscription.objects.create(
        workspace=account.workspace,
        account=account,
        external_id=f"S{account.number}",
        plan="Pro",
        status="cancelled" if until else "active",
        mrr=mrr,
        started_on=since,
        cancelled_on=until,
    )


@pytest.fixture(scope="module")
def settled(django_db_setup: None, django_db_blocker: Any) -> Iterator[int]:
    """1 keeps using it, 2 stopped ten days ago, 3 was lost, 4 came lately, 5 never used it. Computed once."""
    with made_once(django_db_blocker):
        workspace = Workspace.objects.create(slug="acme", name="Acme", zone="Asia/Shanghai", currency="CNY")
        long_ago = TODAY - timedelta(days=300)
        ends = {1: TODAY, 2: THEN + timedelta(days=2), 3: TODAY - timedelta(days=5), 4: TODAY}
        rows = []
        for number in range(1, 6):
            status = "cancelled" if number == 3 else "active"
            account = stage.account(workspace, number, status=status, mrr=100 * number, customer_since=long_ago)
            since = TODAY - timedelta(days=6) if number == 4 else long_ago
            pays(account, since, TODAY - timedelta(days=4) if number == 3 else None, 100 * number)
            if number in ends:
                rows += stage.steady_use(number, until=ends[number], days=150)
        stage.events(workspace, rows)
        compute(workspace=workspace)
        yield workspace.pk


@pytest.fixture
def workspace(settled: int, db: None) -> Workspace:
    return Workspace.objects.get(pk=settled)


@pytest.fixture
def world(workspace: Workspace) -> Workspace:
    return workspace


def test_the_matrix_shows_who_came_who_went_and_who_moved(world: Any, alice: Any) -> None:
    found = moving.moves(world, world.accounts.all(), THEN, TODAY)
    by_number = {one.number: one for one in found.accounts}
    assert set(by_number) == {1, 2, 3, 4, 5}
    assert (by_number[1].before, by_number[1].after) == ("healthy", "healthy")
    assert by_number[2].score_after < by_number[2].score_before
    assert by_number[3].after == "gone"
    assert by_number[4].before == "come"
    assert (by_number[5].before, by_number[5].after) == ("insufficient", "insufficient")
    assert (found.gone, found.come) == (1, 1)
    cells = [cell for _, cells in found.matrix for cell in cells]
    assert sum(cell.accounts for cell in cells) == 5
    assert sum(cell.mrr for cell in cells) == 1500
    assert sum(found.count(tone) for tone in ("fell", "rose", "same", "known")) == 4, "who was lost fell by leaving"


def test_missing_data_is_no_move() -> None:
    tones = {(a, b): moving.Cell(a, b, 1, 1).tone for a in moving.BEFORE for b in moving.AFTER}
    assert tones["healthy", "risk"] == "fell"
    assert tones["risk", "watch"] == "rose"
    assert tones["watch", "insufficient"] == "known"
    assert tones["insufficient", "risk"] == "known"
    assert tones["come", "healthy"] == "known"


def test_each_cell_opens_its_accounts(world: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    asked = {"since": THEN.isoformat(), "until": TODAY.isoformat()}
    page = client.get(url("movement"), asked)
    for before, cells in page.context["found"].matrix:
        for cell in cells:
            shown = client.get(url("movement_accounts"), asked | {"before": before, "after": cell.after})
            assert len(shown.context["rows"]) == cell.accounts
    assert client.get(url("movement_accounts"), asked | {"before": "wrong"}).status_code == 404
    odd = client.get(url("movement"), {"since": "2030-01-01", "until": "x"})
    assert odd.context["found"].since == odd.context["found"].until == TODAY


def test_without_probabilities_the_list_says_how_to_get_them(world: Any, alice: Any, carol: Any, sign_in: Any) -> None:
    found = losing.losses(world, queries.portfolio(alice))
    assert (found.chances, found.rows, found.unknown) == (None, [], 4)
    assert "Run a back-test" in sign_in(alice).get(url("losses")).content.decode()
    assert "Run a back-test" not in sign_in(carol).get(url("losses")).content.decode()


def some_rates(world: Any, **bands: tuple[float, int]) -> BackTest:
    version = queries.published(world)
    assert version is not None
    made = {
        key: {"share": share, "low": share / 2, "high": share * 2, "rows": rows, "happened": 1}
        for key, (share, rows) in bands.items()
    }
    return BackTest.objects.create(
        workspace=world,
        number=BackTest.objects.count() + 1,
        version=version.number,
        published_version=version.number,
        is_draft=False,
        definition=version.definition,
        published=version.definition,
        result={
            "bands": {"tested": made},
            "scorers": {"tested": {"area": {"low": 0.6}}},
            "last": "2025-12-24",
            "first": "2025-01-24",
        },
        finished_at=clock.now(),
    )


ALL = {"risk": (0.3, 100), "watch": (0.1, 100), "healthy": (0.05, 100), "insufficient": (0.9, 100)}


def test_expected_loss_is_the_rate_of_the_band_times_yearly_revenue(world: Any, alice: Any) -> None:
    some_rates(world, **ALL)
    found = losing.losses(world, queries.portfolio(alice))
    states = {s.account.number: s for s in AccountHealth.objects.select_related("account")}
    for row in found.rows:
        assert row.chance == ALL[row.state.band][0]
        assert row.expected == pytest.approx(row.chance * float(row.account.mrr) * 12)
        assert row.span == (row.chance / 2, row.chance * 2)
    assert [row.expected for row in found.rows] == sorted((row.expected for row in found.rows), reverse=True)
    assert {row.account.number for row in found.rows} == {n for n in (1, 2, 4) if states[n].band != "insufficient"}
    assert (found.unknown, found.unknown_yearly) == (1, 6000.0), "too little data is never given a rate"
    assert "back-test #1" in losing.source_words(found.chances, "en")
    assert not found.chances.is_doubtful


def test_rates_that_tell_nobody_apart_are_shown_with_doubt(world: Any, alice: Any, sign_in: Any) -> None:
    test = some_rates(world, **ALL)
    assert losing.is_telling(test.result)
    test.result["scorers"]["tested"]["area"]["low"] = 0.49
    assert not losing.is_telling(test.result)
    test.save()
    assert "Read it with doubt" in sign_in(alice).get(url("losses")).content.decode()
    for area, bands in [({"low": 0.6}, {**ALL, "watch": (0.4, 99)}), (None, ALL)]:
        other = some_rates(world, **bands)
        other.result["scorers"]["tested"]["area"] = area
        assert not losing.is_telling(other.result)


def test_a_band_with_few_rows_has_no_rate_and_another_card_gives_none(world: Any, alice: Any) -> None:
    some_rates(world, **{**ALL, "healthy": (0.05, losing.FEWEST - 1)})
    found = losing.losses(world, queries.portfolio(alice))
    assert "healthy" not in {row.state.band for row in found.rows}
    other = some_rates(world, **ALL)
    other.definition = {**other.definition, "min_coverage": 0.1}
    other.save()
    assert losing.losses(world, queries.portfolio(alice)).chances.backtest == 1
    BackTest.objects.filter(number=1).update(scope=AccountScope.OWN)
    assert losing.losses(world, queries.portfolio(alice)).chances is None


def test_a_source_of_its_own_goes_before_the_rates_of_bands(world: Any, alice: Any, monkeypatch: Any) -> None:
    some_rates(world, **ALL)
    monkeypatch.setattr(losing, "_sources", list(losing._sources))
    words = {"en": "model", "zh": "模型"}
    losing.register(lambda _w, _a: losing.Chances({5: 0.5}, words, 90, TODAY, {}), position=10)
    found = losing.losses(world, queries.portfolio(alice))
    assert [(row.account.number, row.expected) for row in found.rows] == [(5, 0.5 * 500 * 12)]
    assert found.unknown == 3


def test_sizes_hold_every_account_once_and_equal_revenue_stays_together(db: None) -> None:
    workspace = Workspace.objects.create(slug="sizes", name="Sizes")
    amounts = [0, 10, 10, 10, 10, 10, 49.5, 50, 99, 99, 200, 5000]
    for number, mrr in enumerate(amounts, start=1):
        stage.account(workspace, number, mrr=Decimal(str(mrr)))
    found = sizes.grid(workspace.accounts.all())
    assert sum(cell.accounts for _, cells in found.rows for cell in cells) == len(amounts)
    assert sum(cell.mrr for _, cells in found.rows for cell in cells) == sum(Decimal(str(a)) for a in amounts)
    for mrr in amounts:
        assert sum(size.holds(Decimal(str(mrr))) for size, _ in found.rows) == 1
    assert {cell.band for _, cells in found.rows for cell in cells if cell.accounts} == {"insufficient"}
    assert sizes.grid(workspace.accounts.none()).rows == []


def test_each_cell_of_the_grid_leads_to_its_list(world: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    found = client.get(url("revenue")).context["found"]
    listed = reverse("customers:accounts", args=["acme"])
    for size, cells in found.rows:
        for cell in cells:
            asked = {"status": "active", "health": cell.band, "mrr": size.range}
            if cell.accounts:
                assert client.get(listed, asked).status_code == 200


def test_groups_count_each_account_under_its_manager_and_tier(world: Any, alice: Any, bob: Any) -> None:
    account = world.accounts.get(number=2)
    TeamSeat.objects.create(account=account, role="csm", member=bob, started_on=TODAY)
    mine = queries.portfolio(alice)
    by_manager = {group.value: group for group in groups.groups(alice, mine, "csm", {2: 7.0})}
    assert (by_manager[str(bob.pk)].accounts, by_manager[str(bob.pk)].mrr) == (1, 200.0)
    assert by_manager[str(bob.pk)].expected == 7.0
    assert by_manager["nobody"].accounts == 3
    (tier,) = groups.groups(alice, mine, "tier", {})
    assert (tier.accounts, tier.mrr) == (4, 1200.0)
    assert sum(width for _, width, _ in tier.bars) == pytest.approx(100, abs=0.1)
    assert groups.groups(alice, mine, "segment", {}) == []


def test_gaps_name_the_accounts_and_the_reason(world: Any, alice: Any, sign_in: Any) -> None:
    today = missing.today(world, queries.portfolio(alice))
    assert today is not None
    found = {gap.measure.key: gap for gap in missing.gaps(today)}
    assert found["active_days"].accounts == 1
    assert missing.without(today, "active_days")[5]["en"] == "no product event was ever recorded"
    assert found["csat"].accounts == 4
    client = sign_in(alice)
    shown = client.get(url("gaps"), {"measure": "active_days"})
    assert [account.number for account, _ in shown.context["rows"]] == [5]
    assert client.get(url("gaps"), {"measure": "nothing"}).status_code == 404


@pytest.mark.parametrize("name", ["movement", "movement_accounts", "losses", "revenue", "groups", "gaps"])
def test_a_member_sees_only_their_own_accounts(world: Any, sign_in: Any, name: str) -> None:
    some_rates(world, **ALL)
    dora = make_member(world, "Dora", scope=AccountScope.OWN)
    TeamSeat.objects.create(account=world.accounts.get(number=1), role="csm", member=dora, started_on=TODAY)
    page = sign_in(dora).get(url(name)).content.decode()
    assert "Account 2" not in page
    assert "Account 5" not in page
    assert len(moving.moves(world, queries.customers_access.accounts(dora), THEN, TODAY).accounts) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("movement", "两个日期之间"),
        ("losses", "预期损失"),
        ("revenue", "收入分布在哪里"),
        ("groups", "按客户成功经理"),
        ("gaps", "哪些指标缺失"),
    ],
)
def test_the_pages_speak_chinese(world: Any, alice: Any, sign_in: Any, name: str, words: str) -> None:
    client = sign_in(alice)
    client.cookies["evergrow_language"] = "zh-hans"
    assert words in client.get(url(name)).content.decode()
