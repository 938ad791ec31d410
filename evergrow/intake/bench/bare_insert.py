"""What the event store takes when nobody resolves people or looks for duplicates."""

import time
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from evergrow import warehouse
from evergrow.intake.events import PROPERTIES
from evergrow.lib import clock

BLOCK = 20_000
BLOCKS = 15


def events_per_second() -> float:
    """Rows a second into ``events`` and its rollups, in blocks of ``BLOCK``."""
    warehouse.migrate()
    begun = time.perf_counter()
    for number in range(BLOCKS):
        warehouse.insert("events", _block(number, clock.now()))
    return round(BLOCK * BLOCKS / (time.perf_counter() - begun))


def _block(number: int, now: datetime) -> dict[str, Any]:
    people = np.arange(BLOCK, dtype=np.uint32) % 5_000
    moments = np.full(BLOCK, np.datetime64((now - timedelta(seconds=number)).replace(tzinfo=None), "ms"))
    properties = [("plan", "pro"), ("seats", "7"), ("path", "/reports/weekly"), ("ok", "true"), ("note", "x" * 100)]
    return {
        "workspace_id": np.full(BLOCK, 999_999, dtype=np.uint32),
        "event": np.array(["login", "viewed_dashboard", "created_project", "exported_report"], dtype=object)[
            people % 4
        ],
        "at": moments,
        "day": moments.astype("datetime64[D]"),
        "person": people,
        "account": people % 500,
        "message_id": [f"{number}-{place}" for place in range(BLOCK)],
        "properties": pa.array([properties] * BLOCK, PROPERTIES),
        "received_at": moments,
    }
