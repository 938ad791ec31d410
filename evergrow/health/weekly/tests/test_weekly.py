"""The weekly readings: what they find, what they are held against, who is told when, and what pages and API say."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from sklearn.metrics import roc_auc_score

from evergrow.customers.models import Subscription
from evergrow.health import actions as health
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.backtest import actions as backtests
from evergrow.health.models import BackTest, Reading, ScorecardVersion
from evergrow.health.risk import features, outcomes, records
from evergrow.health.risk.catalogue import KEYS
from evergrow.health.risk.models import RiskModel
from evergrow.health.risk.tests import stage as risk_stage
from evergrow.health.tests import stage
from evergrow.health.weekly import actions, chart, looking, queries, words
from evergrow.health.weekly.notices import told as say
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job
from evergrow.workspaces.notices.models import Notice
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]
TODAY = stage.TODAY
SIZE = 60


@pytest.fixture
def world(workspace: Any) -> Any:
    """60 customers for 700 days; the first 30 leave in the last year, most after falling idle. A card since a year."""
    rows = []
    for number in range(1, SIZE + 1):
        account = stage.account(workspace, number, signed_up_on=TODAY - timedelta(days=700))
        left = TODAY - timedelta(days=10 + 12 * number) if number <= 30 else None
        Subscription.objects.create(
            workspace=workspace, account=account, external_id=f"S{number}", plan="Pro", mrr=10,
            status="cancelled" if left else "active", started_on=TODAY - timedelta(days=700), cancelled_on=left,
        )  # fmt: skip
        quiet = left - timedelta(days=40) if left and number % 3 else left or TODAY
        rows += stage.steady_use(number, until=quiet, days=700 - (TODAY - quiet).days, every=5 + number % 4)
    stage.events(workspace, rows)
    version = ensure_scorecard(workspace=workspace)
    ScorecardVersion.objects.filter(pk=version.pk).update(published_at=clock.now() - timedelta(days=365))
    return workspace


def test_a_week_is_read_once_by_itself_and_says_what_a_test_by_hand_says(world: Any, alice: Any) -> None:
    assert actions.read_week(world) == 1
    assert actions.read_week(world) == 0, "once a week"
    made = Reading.objects.get(is_reference=False)
    test = backtests.request_backtest(workspace=world, plan=actions.PLAN, by=alice)
    while jobs.run_next():
        pass
    area = BackTest.objects.get(pk=test.pk).result["scorers"]["tested"]["area"]
    assert (made.area, made.low, made.high) == pytest.approx((area["value"], area["low"], area["high"]))
    assert (made.week, made.version, made.within) == (date(2026, 3, 23), 1, 90)
    assert made.happened >= 20
    reference = Reading.objects.get(is_reference=True)
    assert reference.week == made.week, "a year ago nobody had been lost: it is held against the first with data enough"
    with clock.frozen(clock.now() + timedelta(days=7)):
        assert actions.read_week(world) == 1
        latest = Reading.objects.order_by("-week").first()
        assert latest.drop is not None
        assert latest.drop == pytest.approx(made.area - latest.area)
        assert not latest.has_fallen
        assert Notice.objects.filter(kind="health.ranking_fell").count() == 0
        drawn = chart.weeks(queries.watches(world)[0])
        assert drawn["legend"]["data"] == ["AUC", "95% interval", "At publishing"]
        lines = {each.get("name", ""): each["data"] for each in drawn["series"]}
        assert lines["At publishing"] == [pytest.approx(made.area, abs=1e-4)] * 2
        high = [below + wide for below, wide in zip(lines[""], lines["95% interval"], strict=True)]
        assert high == pytest.approx(lines["Interval, high end"], abs=2e-4), "the area is as high as the interval"
        assert "within chance" in words.answer(queries.watches(world)[0]).lead


def test_a_clear_fall_is_told_once_to_those_who_manage(world: Any, alice: Any, bob: Any, sign_in: Any) -> None:
    Reading.objects.create(
        workspace=world, watched="scorecard", version=1, week=date(2025, 3, 24), is_reference=True, within=90,
        area=0.995, low=0.99, high=1.0, error=0.002,
    )  # fmt: skip
    Subscription.objects.filter(account__number__gt=45).update(
        status="cancelled", cancelled_on=TODAY - timedelta(days=150)
    )
    assert actions.read_week(world) == 1
    made = Reading.objects.get(is_reference=False)
    assert made.has_fallen
    assert made.drop_low == pytest.approx(made.drop - 1.959964 * (0.002**2 + made.error**2) ** 0.5)
    actions.read_week(world, anew=True)
    told = Notice.objects.filter(kind="health.ranking_fell")
    assert [notice.member for notice in told] == [alice]
    assert "Scorecard v1 ranks accounts clearly worse" in say(told[0])
    page = sign_in(bob).get(reverse("health:watch", args=["acme"])).content.decode()
    assert "Clearly worse than at publishing: AUC 1.00 → " in page
    assert "Read this week now" not in page
    items = caller(bob).get("/api/v1/health/watch", {"watched": "scorecard"}).json()["items"]
    assert [(each["is_reference"], each["has_fallen"]) for each in items] == [(False, True), (True, False)]


def test_too_few_data_are_said_in_plain_words(workspace: Any, alice: Any, sign_in: Any) -> None:
    page = reverse("health:watch", args=["acme"])
    client = sign_in(alice)
    assert "Not read yet." in client.get(page).content.decode()
    assert client.post(reverse("health:watch_reading", args=["acme"])).status_code == 302
    while jobs.run_next():
        pass
    shown = client.get(page).content.decode()
    assert "Too few data to say." in shown
    assert "a curve needs 20 of both" in shown
    assert Reading.objects.get(is_reference=False).area is None


def test_a_model_is_read_on_months_it_has_not_learned_from_and_held_against_its_card(workspace: Any) -> None:
    risk_stage.history(workspace, size=150, months=16)
    card = risk_stage.empty_card()
    card["data"]["last_month"] = (TODAY - timedelta(days=260)).replace(day=1).isoformat()
    key = "days_since_use"
    one = {"kind": "logistic", "intercept": -3.0, "features": [key], "calibration": {"slope": 1.0, "intercept": 0.0}}
    columns = {"log": [0], "mean": [0.0], "scale": [200.0], "coefficient": [1.0], "gap": [0.0], "gap_share": [0.0]}
    definition = one | columns | {"intervals": [[0.0, 1.0, 0.0, 1.0, 100]]}
    model = RiskModel.objects.create(
        workspace=workspace, target="churn", number=4, state="published", horizon_days=30, card=card,
        definition=definition, published_at=clock.now(),
    )  # fmt: skip
    months = looking.unseen(model, TODAY)
    assert len(months) == looking.MOST_MONTHS
    assert months[0].isoformat() > card["data"]["last_month"]
    assert outcomes.settled("churn", months[-1], 30) <= TODAY
    found = looking.of_model(workspace, model, TODAY)
    risk, happened = [], []
    known = records.read(workspace)
    for month in months:
        seen, became = features.observe(workspace, known, month), outcomes.read("churn", known, month, 30)
        risk += np.nan_to_num(seen.of(became.accounts)[:, KEYS.index(key)]).tolist()
        happened += became.happened.tolist()
    assert found.area is not None
    assert found.area.value == pytest.approx(roc_auc_score(happened, risk))
    assert actions.read_week(workspace) == 2
    reference = Reading.objects.get(watched="churn", is_reference=True)
    assert (reference.area, reference.low, reference.high) == (0.7, 0.6, 0.8)
    model.card["data"]["last_month"] = TODAY.replace(day=1).isoformat()
    model.save()
    actions.read_week(workspace, anew=True)
    said = words.answer(next(each for each in queries.watches(workspace) if each.watched == "churn"))
    assert said.lead == "Too early to say."


def test_it_is_asked_for_every_night_and_only_managers_ask_by_hand(workspace: Any, alice: Any, bob: Any) -> None:
    with clock.frozen(clock.now().replace(hour=20, minute=30)):
        ticks.enqueue_due()
    assert Job.objects.filter(workspace=workspace, kind=actions.KIND).count() == 1
    with pytest.raises(PermissionDenied):
        actions.request_reading(workspace=workspace, by=bob)
    assert health.ensure_scorecard(workspace=workspace).number == 1
