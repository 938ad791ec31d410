"""A fall raises nothing while it is noise, while it is fresh, or while data is merely missing."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from evergrow.health import card as cards
from evergrow.health import queries, snapshots
from evergrow.health.actions import ensure_scorecard
from evergrow.health.observation import Observed
from evergrow.health.scoring import score
from evergrow.health.settling import settled_falls
from evergrow.health.tests import stage

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
TODAY = stage.TODAY
WEEK_AGO = TODAY - timedelta(days=7)
PLAIN = {
    "null_policy": "within-group",
    "min_coverage": 0.5,
    "trend_days": 30,
    "trend_epsilon": 5,
    "bands": [{"key": "risk", "from": 0}, {"key": "watch", "from": 50}, {"key": "healthy", "from": 75}],
    "groups": [
        {
            "key": "one",
            "name": {"en": "One", "zh": "一"},
            "weight": 1,
            "measures": [
                {
                    "key": key,
                    "source": source,
                    "name": {"en": key, "zh": key},
                    "weight": 1,
                    "scoring": {"kind": "linear", "knots": [[0, 0], [100, 100]]},
                }
                for key, source in [("a", "active_days_28"), ("b", "features_28")]
            ],
        }
    ],
}
NONE = float("nan")


@pytest.fixture
def store(workspace: Any) -> Any:
    """``store({days back: (a, b)})`` keeps snapshots of one account under a card of two equal measures."""
    version = ensure_scorecard(workspace=workspace)
    version.definition = PLAIN
    version.save()
    account = stage.account(workspace, 1)

    def put(days: dict[int, tuple[float, float]], version_key: int | None = None) -> None:
        card = cards.read(PLAIN)
        for back, values in days.items():
            grid = np.array([values], dtype=float)
            shape = np.zeros(grid.shape, dtype=np.uint8)
            seen = Observed(TODAY - timedelta(days=back), np.array([account.number]), grid, shape, shape)
            fresh = snapshots.made(version_key or version.pk, card, seen, score(card, grid))
            snapshots.store(workspace.pk, fresh, [])

    return put


def found(workspace: Any) -> list[tuple[str, str]]:
    return [(move.before, move.after) for move in settled_falls(workspace, WEEK_AGO, TODAY)]


def test_a_deep_fall_counts_at_once(workspace: Any, store: Any) -> None:
    store({7: (80, 80), 1: (80, 80), 0: (70, 74)})
    assert found(workspace) == [("healthy", "watch")]


def test_a_fall_just_over_the_edge_waits_for_a_second_evaluation(workspace: Any, store: Any) -> None:
    store({7: (80, 80), 1: (80, 80), 0: (74, 74)})
    assert found(workspace) == []


def test_found_there_twice_in_a_row_it_counts(workspace: Any, store: Any) -> None:
    store({7: (80, 80), 1: (74, 73), 0: (74, 74)})
    assert found(workspace) == [("healthy", "watch")]


def test_a_score_that_swings_about_the_edge_raises_nothing(workspace: Any, store: Any) -> None:
    store({7: (78, 78), 3: (74, 74), 2: (76, 76), 1: (76, 77), 0: (74, 74)})
    assert found(workspace) == []


def test_a_small_fall_raises_nothing_however_long_it_lasts(workspace: Any, store: Any) -> None:
    store({7: (76, 76), 2: (74, 74), 1: (74, 74), 0: (74, 74)})
    assert found(workspace) == []


def test_a_measure_that_went_missing_raises_nothing(workspace: Any, store: Any) -> None:
    store({7: (90, 65), 1: (NONE, 65), 0: (NONE, 65)})
    assert [(m.before, m.after) for m in queries.band_moves(workspace, WEEK_AGO, TODAY)] == [("healthy", "watch")]
    assert found(workspace) == []


def test_a_measure_that_came_to_be_known_raises_nothing(workspace: Any, store: Any) -> None:
    store({7: (90, NONE), 1: (90, 30), 0: (90, 30)})
    assert found(workspace) == []


def test_no_data_at_all_raises_nothing(workspace: Any, store: Any) -> None:
    store({7: (80, 80), 1: (NONE, NONE), 0: (NONE, NONE)})
    assert found(workspace) == []


def test_an_evaluation_without_data_breaks_the_row(workspace: Any, store: Any) -> None:
    store({7: (80, 80), 1: (NONE, NONE), 0: (74, 74)})
    assert found(workspace) == []


def test_another_scorecard_raises_nothing(workspace: Any, store: Any) -> None:
    store({7: (80, 80)}, 999)
    store({1: (20, 20), 0: (20, 20)})
    assert found(workspace) == []
