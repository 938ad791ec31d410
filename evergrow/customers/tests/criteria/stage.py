"""Events for the tests of criteria, straight into the event store."""

from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.workspaces.models import Workspace

_ids = count(1)
Told = tuple[str, datetime, int, int, Mapping[str, str]]  # event, at, person, account, properties


def tell(workspace: Workspace, events: list[Told]) -> None:
    """Put events in, in this order; their day is that of the workspace's zone."""
    size = len(events)
    moments = [at for _, at, *_ in events]
    numbers = [next(_ids) for _ in events]
    warehouse.insert(
        "events",
        {
            "workspace_id": np.full(size, workspace.pk, np.uint32),
            "event": [name for name, *_ in events],
            "at": moments,
            "day": [at.astimezone(workspace.tz).date() for at in moments],
            "person": np.array([each[2] for each in events], np.uint32),
            "account": np.array([each[3] for each in events], np.uint32),
            "message_id": [f"criteria-{number}" for number in numbers],
            "distinct_id": [""] * size,
            "sequence": np.array(numbers, np.uint64),
            "properties": [dict(each[4]) for each in events],
            "original_at": moments,
            "received_at": moments,
            "source": ["test"] * size,
            "import_id": np.zeros(size, np.uint64),
            "segment": ["test"] * size,
        },
    )


def ask(workspace: Workspace, kind: str, data: Any) -> list[int]:
    """Who meets criteria by the event store; each subject alone must say the same."""
    from evergrow.customers import criteria

    asked = criteria.parse(data, kind, workspace)
    found = criteria.find(workspace, asked).tolist()
    holds = criteria.evaluator(asked)
    everyone = criteria.find(workspace, criteria.parse(None, kind, workspace)).tolist()
    alone = [number for number in everyone if holds(criteria.subject(workspace, kind, number))]
    assert found == alone, data
    assert criteria.count(workspace, asked) == len(found)
    return found
