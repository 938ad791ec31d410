"""A back-test from the request to the page, on a small world whose every loss is written here."""

import csv
import io
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied as Forbidden
from django.urls import reverse
from sklearn.metrics import roc_auc_score

from conftest import make_member
from evergrow import warehouse
from evergrow.customers.models import Subscription, TeamSeat
from evergrow.health import actions as health
from evergrow.health.backtest import actions, queries
from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.outcomes import Outcome
from evergrow.health.backtest.plan import Plan
from evergrow.health.default_card import definition
from evergrow.health.tests import stage
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AccountScope, Role

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
TODAY = stage.TODAY
SIZE = 66
PLAN = Plan(within=30, capacity=2)


@pytest.fixture
def world(workspace: Any) -> Any:
    """66 customers for 500 days. The first 33 leave, three a month; two thirds of them stop using it 40 days before."""
    rows = []
    for number in range(1, SIZE + 1):
        account = stage.account(workspace, number, signed_up_on=TODAY - timedelta(days=500))
        left = TODAY - timedelta(days=10 + 11 * number) if number <= 33 else None
        Subscription.objects.create(
            workspace=workspace,
            account=account,
            external_id=f"S{number}",
            plan="Pro",
            status="cancelled" if left else "active",
            mrr=10 * number,
            started_on=TODAY - timedelta(days=500),
            cancelled_on=left,
        )
        quiet = left - timedelta(days=40) if left and number % 3 else left or TODAY
        rows += stage.steady_use(number, until=quiet, days=500 - (TODAY - quiet).days, every=3 + number % 4)
    stage.events(workspace, rows)
    return workspace


def run(workspace: Any, by: Any, plan: Plan = PLAN) -> BackTest:
    made = actions.request_backtest(workspace=workspace, plan=plan, by=by)
    while jobs.run_next():
        pass
    made.refresh_from_db()
    assert made.is_done, made.job.error
    return made


def draft(workspace: Any, by: Any, **weights: float) -> None:
    """A draft in which groups weigh otherwise."""
    card = deepcopy(definition())
    for group in card["groups"]:
        group["weight"] = weights.get(group["key"], group["weight"])
    health.start_draft(workspace=workspace, by=by)
    health.save_draft(workspace=workspace, definition=card, by=by)


def url(name: str, *more: Any) -> str:
    return reverse(f"health:{name}", args=["acme", *more])


def test_the_result_is_what_the_rows_say(world: Any, alice: Any) -> None:
    draft(world, alice, commerce=0, support=0)
    found = run(world, alice)
    result, rows = found.result, queries.rows(found, alice)
    assert (result["rows"], result["accounts"]) == (len(rows), SIZE - 1), "the 33rd was lost before the first day"
    scored = [row for row in rows if row.score == row.score and row.other == row.other]
    assert result["compared"] == len(scored)
    lost = [row.happened for row in scored]
    for name, risk in [
        ("tested", [-row.score for row in scored]),
        ("published", [-row.other for row in scored]),
        ("idle", [row.idle for row in scored]),
    ]:
        area = result["scorers"][name]["area"]
        assert area["value"] == pytest.approx(roc_auc_score(lost, risk))
        assert area["low"] < area["value"] < area["high"] or area["high"] == 1
    assert result["differences"]["idle"]["value"] == pytest.approx(
        result["scorers"]["tested"]["area"]["value"] - result["scorers"]["idle"]["area"]["value"]
    )
    for side, band in [("tested", "band"), ("published", "other_band")]:
        for key, part in result["bands"][side].items():
            here = [row for row in rows if getattr(row, band) == key]
            assert (part["rows"], part["happened"]) == (len(here), sum(row.happened for row in here))
    team = result["scorers"]["tested"]["team"]
    assert team["picks"] == sum(row.taken for row in rows)
    assert team["hits"] == sum(row.taken and row.happened for row in rows)
    assert team["lost"] == len({row.account for row in scored if row.happened})


def test_each_loss_stands_in_the_month_before_it(world: Any, alice: Any) -> None:
    for row in queries.rows(run(world, alice), alice):
        left = TODAY - timedelta(days=10 + 11 * row.account) if row.account <= 33 else None
        assert bool(row.happened) == (left is not None and row.day < left <= row.day + timedelta(days=30))
        assert left is None or row.day < left, "whoever is gone is not asked any more"
        assert row.ended == left


def test_few_losses_are_said_in_plain_words_and_give_no_curve(world: Any, alice: Any, sign_in: Any) -> None:
    Subscription.objects.filter(account__number__gt=4).update(cancelled_on=None)
    found = run(world, alice)
    assert found.result["scorers"]["tested"]["area"] is None
    page = sign_in(alice).get(url("backtest", found.number)).content.decode()
    assert "Too few data" in page
    assert "ROC curve</h2>" not in page
    assert "How often each band came true" in page


def test_nobody_to_test_on_is_no_error(workspace: Any, alice: Any, sign_in: Any) -> None:
    found = run(workspace, alice)
    assert found.result["rows"] == 0
    assert "nothing to test on" in sign_in(alice).get(url("backtest", found.number)).content.decode()


def test_running_it_twice_keeps_one_set_of_rows(world: Any, alice: Any) -> None:
    found = run(world, alice)
    before, count = found.result, len(queries.rows(found, alice))
    actions.run(backtest=found)
    found.refresh_from_db()
    assert found.result == before
    assert len(queries.rows(found, alice)) == count


def test_the_result_stays_when_the_draft_changes_or_goes(world: Any, alice: Any) -> None:
    draft(world, alice, depth=90)
    found = run(world, alice)
    health.discard_draft(workspace=world, by=alice)
    found.refresh_from_db()
    assert next(g for g in found.definition["groups"] if g["key"] == "depth")["weight"] == 90
    assert found.result["rows"]


def test_what_cannot_be_tested_is_refused_in_words(world: Any, alice: Any) -> None:
    card = deepcopy(definition())
    card["groups"] = [group for group in card["groups"] if group["key"] == "commerce"]
    card["groups"][0]["measures"] = card["groups"][0]["measures"][2:]
    health.start_draft(workspace=world, by=alice)
    health.save_draft(workspace=world, definition=card, by=alice)
    with pytest.raises(actions.CannotTest, match="No measure of version 2"):
        actions.request_backtest(workspace=world, plan=PLAN, by=alice)
    with pytest.raises(actions.CannotTest, match="30, 60, 90 or 180"):
        actions.request_backtest(workspace=world, plan=Plan(within=31), by=alice)
    with pytest.raises(actions.CannotTest, match="capacity"):
        actions.request_backtest(workspace=world, plan=Plan(capacity=0), by=alice)
    assert not BackTest.objects.exists()


def test_only_one_runs_at_a_time_and_it_can_be_stopped(world: Any, alice: Any, bob: Any) -> None:
    made = actions.request_backtest(workspace=world, plan=PLAN, by=alice)
    with pytest.raises(actions.TooMany):
        actions.request_backtest(workspace=world, plan=PLAN, by=alice)
    with pytest.raises(Forbidden):
        actions.stop_backtest(backtest=made, by=bob)
    assert actions.stop_backtest(backtest=made, by=alice)
    made.refresh_from_db()
    while jobs.run_next():
        pass
    assert not made.is_done
    again = actions.request_backtest(workspace=world, plan=PLAN, by=alice)
    assert again.number == 2
    with pytest.raises(Forbidden):
        actions.request_backtest(workspace=world, plan=PLAN, by=bob)


def test_a_member_with_few_accounts_tests_and_sees_only_these(world: Any, alice: Any, sign_in: Any) -> None:
    dora = make_member(world, "Dora", Role.MANAGER, scope=AccountScope.OWN)
    for number in (1, 40):
        account = world.accounts.get(number=number)
        TeamSeat.objects.create(account=account, role="csm", member=dora, started_on=TODAY)
    hers, all_of_them = run(world, dora), run(world, alice)
    assert hers.result["accounts"] == 2
    assert all_of_them.result["accounts"] == SIZE - 1
    assert [one.number for one in queries.visible(dora)] == [hers.number]
    assert {one.number for one in queries.visible(alice)} == {1, 2}
    client = sign_in(dora)
    assert client.get(url("backtest", all_of_them.number)).status_code == 404
    assert client.get(url("backtest_rows", all_of_them.number)).status_code == 404
    assert client.get(url("backtest", hers.number)).status_code == 200


def test_every_number_opens_the_rows_it_counts(world: Any, alice: Any, sign_in: Any) -> None:
    found = run(world, alice)
    client = sign_in(alice)
    for band, part in found.result["bands"]["tested"].items():
        shown = client.get(url("backtest_rows", found.number), {"band": band, "happened": "yes"})
        assert shown.context["count"] == part["happened"]
        assert all(row.band == band and row.happened for row, _ in shown.context["rows"])
    taken = client.get(url("backtest_rows", found.number), {"taken": "1", "happened": "yes"})
    assert taken.context["count"] == found.result["scorers"]["tested"]["team"]["hits"]
    assert client.get(url("backtest_rows", found.number), {"band": "wrong"}).status_code == 404


def test_the_file_holds_every_row(world: Any, alice: Any, sign_in: Any) -> None:
    found = run(world, alice)
    answer = sign_in(alice).get(url("backtest_file", found.number, "csv"))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert len(lines) == found.result["rows"] + 1
    assert lines[0][:3] == ["As of", "Account number", "Account"]
    assert sign_in(alice).get(url("backtest_file", found.number, "xlsx")).status_code == 200


@pytest.mark.parametrize(("language", "words"), [("en", "What it would have told"), ("zh-hans", "它当时会说什么")])
def test_the_page_tells_it_in_both_languages(world: Any, alice: Any, sign_in: Any, language: str, words: str) -> None:
    draft(world, alice, commerce=0)
    client = sign_in(alice)
    client.cookies["evergrow_language"] = language
    answer = client.post(url("backtests"), {"outcome": "lost", "within": 30, "step": "monthly", "capacity": 3})
    assert answer.url == url("backtest", 1)
    waiting = client.get(answer.url, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in waiting
    assert "every 2s" in waiting
    while jobs.run_next():
        pass
    page = client.get(answer.url).content.decode()
    assert words in page
    assert client.get(url("backtests")).status_code == 200
    assert "account_day" in page


def test_shrinking_and_renewals_can_be_asked_too(world: Any, alice: Any) -> None:
    for outcome in (Outcome.SHRANK, Outcome.EITHER, Outcome.NOT_RENEWED):
        found = run(world, alice, Plan(outcome, 30, capacity=2))
        assert found.outcome == outcome
    assert found.result["rows"] == 0, "no renewal date is recorded in this world"


def test_rows_of_accounts_that_are_gone_are_not_shown(world: Any, alice: Any) -> None:
    found = run(world, alice)
    count = len(queries.rows(found, alice))
    mine = warehouse.scalar("select count() from health_backtest_rows where account = 5")
    world.accounts.get(number=5).delete()
    assert mine
    assert len(queries.rows(found, alice)) == count - mine
