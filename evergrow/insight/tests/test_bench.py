"""The benchmark runs, keeps the house's form, and its two ways agree."""

from argparse import Namespace

from evergrow.insight import bench


def test_the_bench_reports_each_question_beside_plain_sql(warehouse_db: None) -> None:
    report = bench.run(Namespace(events=5_000, seconds=0.01))
    medians = [row for row in report["results"] if row["metric"].endswith("median")]
    assert report["bench"] == "trend"
    assert [bool(row["baseline_value"]) for row in medians] == [True, True, True, True, False]
    assert all(row["unit"] == "ms" and row["value"] > 0 for row in medians)
