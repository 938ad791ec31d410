"""Whom colleagues put on a list. Kept as they were typed, so that a merge taken back gives both people back."""

import time

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Segment
from evergrow.customers.segments.canon import NOBODY, Numbers


def read(segment: Segment) -> Numbers:
    """Everybody on the list, under the numbers they had when they were put there."""
    sql = warehouse.statement("customers", "segment_list")
    found = warehouse.columns(sql, workspace_id=segment.workspace_id, segment=segment.pk)
    return found["subject"].astype(np.uint32) if found else NOBODY


def put(segment: Segment, numbers: Numbers, *, away: bool = False) -> None:
    """Put these on the list, or take them off it; the same again does no harm."""
    count = len(numbers)
    if not count:
        return
    warehouse.insert(
        "segment_lists",
        {
            "workspace_id": np.full(count, segment.workspace_id, np.uint32),
            "segment": np.full(count, segment.pk, np.uint32),
            "subject": np.asarray(numbers, np.uint32),
            "is_deleted": np.full(count, int(away), np.uint8),
            "version": np.full(count, time.time_ns(), np.uint64),
        },
    )
