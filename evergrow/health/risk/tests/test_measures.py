"""The measures of predictions, each against a slow and obvious computation or a published one."""

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from evergrow.health.risk import drift, measures
from evergrow.lib.shares import wilson


def drawn(seed, size=300):
    draw = np.random.default_rng(seed)
    chance = np.round(draw.random(size), 2)
    outcome = (draw.random(size) < chance).astype(float)
    return chance, outcome, draw.integers(0, 80, size)


def test_the_area_counts_pairs_in_the_right_order():
    for seed in range(50):
        chance, outcome, _ = drawn(seed, 40)
        pairs = [(a > b) + (a == b) / 2 for a in chance[outcome == 1] for b in chance[outcome == 0]]
        assert measures.auc(chance, outcome) == pytest.approx(sum(pairs) / len(pairs))


def test_area_brier_and_log_loss_agree_with_scikit_learn():
    chance, outcome, _ = drawn(1)
    assert measures.auc(chance, outcome) == pytest.approx(roc_auc_score(outcome, chance))
    assert measures.brier(chance, outcome) == pytest.approx(brier_score_loss(outcome, chance))
    kept = np.clip(chance, 0.01, 0.99)
    assert measures.log_loss(kept, outcome) == pytest.approx(log_loss(outcome, kept))


def test_weights_in_the_area_are_as_good_as_repeated_rows():
    chance, outcome, _ = drawn(4, 60)
    order = np.argsort(chance, kind="stable")
    weight = np.random.default_rng(3).integers(0, 3, 60)
    repeated = np.repeat(order, weight)
    found = measures._weighted_auc(chance[order], outcome[order], weight)
    assert found == pytest.approx(measures.auc(chance[repeated], outcome[repeated]))


def test_the_interval_holds_the_area_and_is_wider_for_fewer_accounts():
    chance, outcome, group = drawn(5)
    low, high = measures.auc_interval(chance, outcome, np.arange(len(chance)))
    assert low < measures.auc(chance, outcome) < high
    few = measures.auc_interval(chance, outcome, np.sort(group) // 8)
    assert few[0] < few[1]


def test_calibration_error_by_hand():
    chance, outcome = np.array([0.1, 0.1, 0.9, 0.9]), np.array([0.0, 1.0, 1.0, 1.0])
    assert measures.calibration_error(chance, outcome, 2) == pytest.approx((0.4 + 0.1) / 2)
    assert measures.calibration_error(chance, outcome, 2, by_width=True) == pytest.approx((0.4 + 0.1) / 2)


def test_lift_of_the_likeliest_tenth():
    chance = np.arange(100) / 100
    outcome = np.zeros(100)
    outcome[90:95] = 1
    outcome[:5] = 1
    assert measures.lift(chance, outcome) == pytest.approx(5 / 10 / 0.1)
    assert measures.lift(np.full(100, 0.1), outcome) == pytest.approx(1.0)


def test_the_interval_of_a_share_is_wilsons():
    low, high = wilson(5, 50)
    assert (low, high) == (pytest.approx(0.0434, abs=5e-4), pytest.approx(0.2136, abs=5e-4))
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_roc_curve_runs_from_nothing_to_everything():
    chance, outcome, _ = drawn(8)
    curve = measures.roc(chance, outcome, 1000)
    assert curve[0] == [0, 0]
    assert curve[-1] == [1, 1]
    x, y = np.array(curve).T
    assert np.trapezoid(y, x) == pytest.approx(measures.auc(chance, outcome), abs=1e-3)


def test_the_same_customers_do_not_drift_and_others_do():
    draw = np.random.default_rng(1)
    then = np.where(draw.random(3000) < 0.1, np.nan, draw.normal(size=3000))
    reference = drift.reference(then)
    assert drift.verdict(drift.index(reference, then[:1500])) == "steady"
    assert drift.verdict(drift.index(reference, draw.normal(size=1500) + 1)) == "much"
    assert drift.verdict(drift.index(reference, np.full(200, np.nan))) == "much"


def test_the_population_stability_index_by_hand():
    reference = {"edges": [0.0], "shares": [0.5, 0.5, 0.0], "rows": 10**9}
    now = np.array([-1.0] * 800_000 + [1.0] * 200_000)
    by_hand = (0.8 - 0.5) * np.log(0.8 / 0.5) + (0.2 - 0.5) * np.log(0.2 / 0.5)
    assert drift.index(reference, now) == pytest.approx(by_hand, abs=1e-4)
