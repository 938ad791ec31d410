"""The usual benchmark of churn models: ranking and percentages, by folds that never see what they are tested on."""

import pytest

from evergrow.health.risk import bench, telco
from evergrow.health.risk.fitting import boosting, logistic

pytestmark = [pytest.mark.once, pytest.mark.timeout(900)]


def test_the_table_is_the_published_one():
    rows = telco.read(bench.COPY)
    assert len(rows) == 7043
    assert rows.outcome.sum() == 1869


def test_ranking_and_percentages_hold_out_of_fold():
    found = telco.cross_validate(telco.read(bench.COPY), (logistic(1.0), boosting(100, 0.1)))
    assert 0.845 <= found.auc <= 0.87
    assert found.error <= 0.02
    assert found.error_by_width <= 0.02
    assert found.auc_interval[0] > found.baseline_auc
    assert found.lift > 2.7
