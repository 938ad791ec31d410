"""The shipped sample, unmoved: what its README counted independently must come out of every table."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.csv
import pytest

from evergrow import warehouse
from evergrow.insight import queries
from evergrow.insight.period import Between, Interval
from evergrow.insight.trend import ask
from evergrow.insight.trend.plan import STEPS, Plan
from evergrow.insight.trend.question import Measure, simple
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "saas_growth" / "product_events.csv.gz"
DAYS = Between(date(2024, 1, 1), date(2026, 3, 31))
COUNTS = {
    "login": 246_851,
    "viewed_dashboard": 90_773,
    "created_project": 63_503,
    "exported_report": 47_700,
    "used_automation": 42_286,
    "created_workspace": 12_000,
    "completed_profile": 6_939,
    "invited_teammate": 6_340,
    "connected_integration": 5_529,
}
ACTIVE = {"2024-06": 1_807, "2025-01": 3_051, "2025-06": 3_352, "2025-12": 2_676, "2026-03": 2_201}

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def sample(workspace: Workspace, warehouse_db: None) -> Workspace:
    """All 521,921 events, each on its own date, accounts numbered by their first appearance."""
    table = pyarrow.csv.read_csv(SAMPLE).sort_by("event_timestamp")
    size, days = table.num_rows, pc.cast(table["event_timestamp"], pyarrow.date32())
    numbers = pc.add(table["account_id"].combine_chunks().dictionary_encode().indices, 1)
    at = pc.cast(days, pyarrow.timestamp("ms", "UTC"))
    nothing = pyarrow.nulls(size, pyarrow.map_(pyarrow.string(), pyarrow.string())).fill_null([])
    columns = {
        "workspace_id": np.full(size, workspace.pk, np.uint32),
        "event": table["event_name"],
        "at": at,
        "day": days,
        "person": numbers.cast(pyarrow.uint32()),
        "account": numbers.cast(pyarrow.uint32()),
        "message_id": pc.cast(table["event_id"], pyarrow.string()),
        "properties": nothing,
    }
    warehouse.insert("events", columns)
    return workspace


def test_the_published_counts_come_out_of_both_tables(sample: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def from_raw(plan: Plan) -> Plan:
        return replace(plan, table="events")

    with clock.frozen(datetime(2026, 4, 15, tzinfo=UTC)):
        assert {seen.event: seen.times for seen in queries.events_seen(sample)} == COUNTS
        for steps in (STEPS, (*STEPS, from_raw)):
            monkeypatch.setattr("evergrow.insight.trend.plan.STEPS", steps)
            for event, count in COUNTS.items():
                question = simple(event, Measure.COUNT, Interval.MONTH, DAYS)
                result = ask.ask(question, sample)
                assert (result.whole.total, sum(result.whole.values)) == (count, count)
            active = ask.ask(simple("", Measure.ACCOUNTS, Interval.MONTH, DAYS), sample)
            months = {str(bucket.first)[:7]: place for place, bucket in enumerate(active.buckets)}
            assert {month: active.whole.values[months[month]] for month in ACTIVE} == ACTIVE
            assert active.whole.total == 12_000
