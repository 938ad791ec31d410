"""The benchmark measures what it says, in the form of every benchmark."""

from typing import Any

import pytest

from evergrow.health import bench


@pytest.mark.usefixtures("warehouse_db", "db", "frozen")
def test_the_bench_scores_its_portfolio_and_agrees_with_its_baseline() -> None:
    report: dict[str, Any] = bench.measure(accounts=40, measures=15)
    figures = {row["metric"]: row for row in report["results"]}
    assert report["bench"] == "health"
    assert figures["accounts"]["value"] == 40
    assert figures["measures"]["value"] == 15
    assert figures["daily run: score, store, compare, explain"]["target"] == 30.0
    assert figures["scoring alone"]["baseline"] == bench.PLAIN
    assert figures["scoring alone"]["ratio"] > 1
