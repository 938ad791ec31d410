"""The plain evaluator says what scikit-learn says, and its parts add up exactly."""

import json
from itertools import permutations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from evergrow.health.risk import fitting, plain, trees
from evergrow.health.risk.choosing import calibration
from evergrow.health.risk.fitting import Rows


def made(seed: int, size: int = 600, width: int = 5) -> Rows:
    draw = np.random.default_rng(seed)
    values = draw.normal(size=(size, width)) * 3
    odds = values[:, 0] - 0.5 * values[:, 1] * (values[:, 2] > 0)
    outcome = (draw.random(size) < 1 / (1 + np.exp(-odds))).astype(float)
    values[draw.random(values.shape) < 0.1] = np.nan
    return Rows(values, outcome, np.arange(size), np.zeros(width, dtype=bool))


@pytest.mark.parametrize("seed", range(4))
def test_trees_come_to_what_scikit_learn_comes_to(seed):
    rows = made(seed)
    model = fitting.boosted(rows, 40, 0.1, 2 + seed % 2)
    definition = json.loads(json.dumps(fitting.written(model)))
    assert plain.log_odds(definition, rows.values) == pytest.approx(model.decision_function(rows.values), abs=1e-9)
    assert plain.predict(definition, rows.values) == pytest.approx(model.predict_proba(rows.values)[:, 1], abs=1e-9)


def test_logistic_comes_to_what_scikit_learn_comes_to():
    rows = made(9)
    full = Rows(np.nan_to_num(rows.values), rows.outcome, rows.group, np.array([True, False, True, False, False]))
    definition = json.loads(json.dumps(fitting.logistic(0.5).fit(full)))
    ready = plain.prepared(full.values, full.logs)
    table = np.clip((ready - ready.mean(axis=0)) / ready.std(axis=0), -3, 3)
    model = LogisticRegression(C=0.5, max_iter=2000).fit(table, full.outcome)
    assert plain.predict(definition, full.values) == pytest.approx(model.predict_proba(table)[:, 1], abs=1e-9)


@pytest.mark.parametrize("candidate", [fitting.logistic(1.0), fitting.boosting(30, 0.1), fitting.boosting(10, 0.1, 3)])
def test_base_and_effects_add_up_to_the_chance_exactly(candidate):
    rows = made(3)
    definition = candidate.fit(rows) | {"calibration": {"slope": 1.3, "intercept": -0.4}}
    parts = plain.explain(definition, rows.values)
    assert plain.probability(parts.log_odds) == pytest.approx(plain.predict(definition, rows.values), abs=1e-12)


def test_effects_of_trees_are_shapley_values_over_all_orders():
    """Against the definition: the mean over all orders of what a feature adds when it becomes known."""
    rows = made(5, size=400, width=3)
    definition = fitting.written(fitting.boosted(rows, 6, 0.3, 2))
    some = rows.values[:25]
    found = trees.parts(definition, some)
    for place, row in enumerate(some):
        expected = np.zeros(3)
        for order in permutations(range(3)):
            known = set()
            for feature in order:
                before = sum(walked(tree, row, known) for tree in definition["trees"])
                known.add(feature)
                expected[feature] += sum(walked(tree, row, known) for tree in definition["trees"]) - before
        assert found.effects[place] == pytest.approx(expected / 6, abs=1e-9)


def walked(tree, row, known, node=0):
    feature = tree["feature"][node]
    if feature == -1:
        return tree["value"][node]
    left, right = tree["left"][node], tree["right"][node]
    if feature in known:
        value = row[feature]
        goes_left = tree["gaps_left"][node] if np.isnan(value) else value <= tree["threshold"][node]
        return walked(tree, row, known, left if goes_left else right)
    share = tree["count"][left] / tree["count"][node]
    return share * walked(tree, row, known, left) + (1 - share) * walked(tree, row, known, right)


def test_a_feature_the_model_does_not_use_has_no_effect():
    rows = made(6)
    rows.values[:, 4] = 1.0
    for candidate in (fitting.logistic(1.0), fitting.boosting(20, 0.1)):
        parts = plain.explain(candidate.fit(rows), rows.values)
        assert np.abs(parts.effects[:, 4]).max() < 1e-12


def test_calibration_brings_overconfident_odds_back():
    draw = np.random.default_rng(2)
    odds = draw.normal(size=40_000) - 1
    outcome = (draw.random(len(odds)) < plain.probability(odds)).astype(float)
    found = calibration(3 * odds + 2, outcome)
    assert found["slope"] == pytest.approx(1 / 3, rel=0.05)
    assert found["intercept"] == pytest.approx(-2 / 3, abs=0.06)
