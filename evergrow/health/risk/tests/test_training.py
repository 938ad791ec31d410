"""Training from stored facts to a published model that scores, keeps history, and says why."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied

from evergrow.customers.models import Account
from evergrow.health.risk import actions, enough, plain, records, rows, scores, validation
from evergrow.health.risk.models import ChurnChance, ExpansionChance, RiskModel, RiskSetting
from evergrow.health.risk.tests import stage
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Job

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


@pytest.fixture
def past(workspace: Any) -> Any:
    stage.history(workspace)
    actions.configure(workspace=workspace, target="churn", horizon_days=30, retrain_days=30, by=None)
    return workspace


def test_a_model_is_trained_published_scores_and_says_why(past: Any, alice: Any, bob: Any) -> None:
    model = actions.train(workspace=past, target="churn")
    assert model.state == "draft"
    assert ChurnChance.objects.count() == 0
    check_card(model)
    with pytest.raises(PermissionDenied):
        actions.publish(workspace=past, target="churn", number=1, by=bob)
    actions.publish(workspace=past, target="churn", number=1, by=alice)
    count = actions.score(workspace=past, target="churn")
    check_scores(past, count)
    again = actions.score(workspace=past, target="churn")
    assert again == count == ChurnChance.objects.count()
    check_retraining(past, alice)


def check_card(model: RiskModel) -> None:
    card = model.card
    base = {row["key"]: row for row in card["baselines"]}
    assert card["measures"]["auc"] > 0.75
    assert card["measures"]["auc"] > base["base_rate"]["auc"]
    assert card["measures"]["brier"] < base["base_rate"]["brier"]
    assert base["base_rate"]["auc"] == 0.5
    assert "brier" in base["last_activity"]
    assert "brier" not in base["health_score"]
    assert card["measures"]["auc_interval"][0] < card["measures"]["auc"] < card["measures"]["auc_interval"][1]
    assert card["data"]["censored"] > 0
    assert date.fromisoformat(card["learned"][1]) + timedelta(days=37) <= date.fromisoformat(card["tested"][0])
    listed = {row["key"] for row in card["features"]} | {row["key"] for row in card["left_out"]}
    assert {"days_since_use", "tenure_days", "health_score", "tier_level"} <= listed
    assert card["features"][0]["weight"] > 0


def check_scores(workspace: Any, count: int) -> None:
    states = ChurnChance.objects.select_related("account").order_by("-chance")
    assert len(states) == count
    likeliest, unlikeliest = states[0], states.reverse()[0]
    assert likeliest.chance > 2 * unlikeliest.chance
    assert likeliest.low <= likeliest.chance <= likeliest.high
    assert likeliest.reasons[0]["effect"] > 0
    assert likeliest.reasons[0]["zh"]
    told = scores.detail(workspace.pk, "churn", likeliest.account.number, likeliest.model_id, likeliest.as_of)
    odds = told["base"] + sum(told["effects"])
    assert plain.probability(np.array([odds]))[0] == pytest.approx(likeliest.chance, abs=1e-12)
    points = scores.history(workspace.pk, "churn", likeliest.account.number, stage.TODAY - timedelta(days=1))
    assert [point.chance for point in points] == [likeliest.chance]
    watch = RiskModel.objects.get().watch
    assert watch["customers"] == count
    assert watch["outcome"].get("first_on") or watch["outcome"]["rows"]


def check_retraining(workspace: Any, alice: Any) -> None:
    second = actions.train(workspace=workspace, target="churn")
    third = actions.train(workspace=workspace, target="churn")
    states = dict(RiskModel.objects.values_list("number", "state"))
    assert states == {1: "published", second.number: "retired", third.number: "draft"}
    assert third.definition == second.definition
    with pytest.raises(actions.NoModel):
        actions.publish(workspace=workspace, target="churn", number=second.number, by=alice)
    actions.retire(workspace=workspace, target="churn", number=1, by=alice)
    assert ChurnChance.objects.count() == 0
    assert actions.score(workspace=workspace, target="churn") == 0
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"risk.trained", "risk.published", "risk.retired", "risk.configured"} <= verbs


def test_expansion_is_learned_from_rising_invoices_by_the_same_way(workspace: Any, alice: Any) -> None:
    stage.history(workspace, size=200, months=16, rises=(2, 3))
    actions.configure(workspace=workspace, target="expansion", horizon_days=30, retrain_days=0, by=None)
    model = actions.train(workspace=workspace, target="expansion")
    assert model is not None
    base = {row["key"]: row for row in model.card["baselines"]}
    assert model.card["measures"]["auc_interval"][0] > 0.6
    assert model.card["measures"]["auc"] > base["last_activity"]["auc"]
    assert model.card["measures"]["brier"] < base["base_rate"]["brier"]
    assert model.card["measures"]["calibration_error"] < 0.1
    assert date.fromisoformat(model.card["learned"][1]) + timedelta(days=30) <= date.fromisoformat(
        model.card["tested"][0]
    )
    actions.publish(workspace=workspace, target="expansion", number=model.number, by=alice)
    assert actions.score(workspace=workspace, target="expansion") == ExpansionChance.objects.count() > 0
    likeliest = ExpansionChance.objects.order_by("-chance")[0]
    assert likeliest.low <= likeliest.chance <= likeliest.high
    assert likeliest.reasons[0]["zh"]
    assert not ChurnChance.objects.exists()


def test_with_too_few_data_there_is_no_model_and_the_missing_numbers_are_named(workspace: Any) -> None:
    stage.history(workspace, size=40, months=8)
    assert actions.train(workspace=workspace, target="churn") is None
    kept = RiskSetting.objects.get()
    lacking = {row["what"]: row for row in kept.result["missing"]}
    assert lacking["customers"]["have"] < lacking["customers"]["need"] == enough.LEAST_CUSTOMERS
    assert not RiskModel.objects.exists()


def test_an_empty_workspace_has_no_model_and_no_error(workspace: Any) -> None:
    assert actions.train(workspace=workspace, target="churn") is None
    assert actions.score(workspace=workspace, target="churn") == 0


def test_rows_whose_time_is_not_over_are_left_out(past: Any) -> None:
    table = rows.collect(past, records.read(past), "churn", 30)
    newest = date.fromordinal(int(table.day.max()))
    assert newest + timedelta(days=37) <= stage.TODAY
    assert table.censored > 0
    assert Account.objects.count() >= len(np.unique(table.account))


def test_no_month_to_learn_from_reaches_into_a_later_one() -> None:
    months = rows.months(date(2023, 1, 15), date(2026, 3, 25))
    assert len(months) == rows.MONTHS
    for days in (30, 60, 97, 180):
        wait = timedelta(days=days)
        wanted = validation.plan(months, wait)
        assert max(wanted.learn) + wait <= min(wanted.test)
        for train, block in wanted.folds:
            assert max(train) + wait <= min(block)
            assert set(block) <= set(wanted.learn)
        assert validation.plan(months[: validation.least_months(wait)], wait)
        assert validation.plan(months[:2], wait) is None


def test_the_schedule_asks_again_after_its_days_and_not_before(workspace: Any, alice: Any, bob: Any) -> None:
    assert not actions.due(workspace, "churn")  # the first training is asked for by hand
    actions.train(workspace=workspace, target="churn")
    assert not actions.due(workspace, "churn")
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert actions.due(workspace, "churn")
    actions.configure(workspace=workspace, target="churn", horizon_days=90, retrain_days=0, by=alice)
    assert not actions.due(workspace, "churn")
    with pytest.raises(PermissionDenied):
        actions.request_training(workspace=workspace, target="churn", by=bob)
    actions.request_training(workspace=workspace, target="churn", by=alice)
    actions.request_training(workspace=workspace, target="churn", by=alice)
    assert Job.objects.filter(kind="health.risk.train").count() == 1
    with pytest.raises(actions.BadSetting):
        actions.configure(workspace=workspace, target="churn", horizon_days=7, retrain_days=0, by=alice)
