"""What the tests of segments put on the stage."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.actions.numbers import next_number
from evergrow.customers.models import Person, Segment
from evergrow.customers.segments import current, refresh
from evergrow.workspaces.models import Workspace

_ids = count(1)


def make_people(workspace: Workspace, size: int, **fields: Any) -> list[Person]:
    return [
        Person.objects.create(
            workspace=workspace,
            number=next_number(workspace, "person"),
            name=f"Person {n}",
            email=f"p{n}@example.com",
            **fields,
        )
        for n in range(1, size + 1)
    ]


def happen(workspace: Workspace, event: str, at: datetime, people: Iterable[int], account: int = 0) -> None:
    """Each of these people does an event once."""
    who = list(people)
    size = len(who)
    moment = np.array([at.replace(tzinfo=None)] * size, "datetime64[ms]")
    day = np.array([at.astimezone(workspace.tz).date()] * size, "datetime64[D]")
    warehouse.insert(
        "events",
        {
            "workspace_id": np.full(size, workspace.pk, np.uint32),
            "event": [event] * size,
            "at": moment,
            "day": day,
            "person": np.array(who, np.uint32),
            "account": np.full(size, account, np.uint32),
            "message_id": [f"s{next(_ids)}" for _ in who],
            "distinct_id": [""] * size,
            "sequence": np.zeros(size, np.uint32),
            "original_at": moment,
            "received_at": moment,
            "source": ["test"] * size,
            "import_id": np.zeros(size, np.uint64),
            "segment": ["test"] * size,
        },
    )


def found(segment: Segment) -> set[int]:
    """Find the members anew; their numbers."""
    refresh.refresh(segment.workspace, [segment])
    segment.refresh_from_db()
    return members(segment)


def members(segment: Segment) -> set[int]:
    return set(current(segment.workspace, segment).tolist())
