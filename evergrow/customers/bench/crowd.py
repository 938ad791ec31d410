"""The crowd of ``evergrow bench segments``: people with traits and two hundred days of events, the same every time."""

from typing import Any

import numpy as np
import pyarrow as pa

from evergrow import warehouse
from evergrow.workspaces.models import Workspace

SEED, DAYS, NAMES, ACCOUNTS, BLOCK = 20_260_325, 200, 40, 5_000, 500_000
PLANS = ["Starter", "Pro", "Business", "Enterprise"]
CITIES = [f"city {number}" for number in range(50)]


def make(people: int, events: int) -> Workspace:
    """A workspace whose mirror holds the people and whose event store holds the events."""
    workspace = Workspace.objects.create(slug="bench", name="Bench", zone="UTC")
    rnd = np.random.default_rng(SEED)
    for start in range(1, people + 1, BLOCK):
        numbers = np.arange(start, min(start + BLOCK, people + 1), dtype=np.uint32)
        size = len(numbers)
        seconds = np.float64(1_700_000_000) + numbers
        _traits(workspace, "created_at", numbers, pa.array(seconds.astype(int).astype(str)), seconds, "moment")
        _traits(workspace, "plan", numbers, _words(PLANS, rnd.integers(0, 4, size)), None, "text")
        _traits(workspace, "city", numbers, _words(CITIES, rnd.integers(0, 50, size)), None, "text")
        scores = rnd.integers(0, 101, size)
        _traits(workspace, "score", numbers, pa.array(scores.astype(str)), scores.astype(np.float64), "number")
    for start in range(0, events, BLOCK):
        _events(workspace, people, start, min(BLOCK, events - start), events, rnd)
    return workspace


def _words(words: list[str], places: np.ndarray[Any, Any]) -> pa.Array:
    return pa.array(words).take(pa.array(places))


def _traits(workspace: Workspace, trait: str, numbers: Any, texts: Any, values: Any, kind_of_value: str) -> None:
    size = len(numbers)
    warehouse.insert(
        "traits",
        {
            "workspace_id": np.full(size, workspace.pk, np.uint32),
            "kind": pa.repeat("person", size),
            "trait": pa.repeat(trait, size),
            "subject": numbers,
            "text": texts,
            "number": pa.nulls(size, pa.float64()) if values is None else values,
            "type": pa.repeat(kind_of_value, size),
            "source": pa.repeat("row", size),
            "version": np.ones(size, np.uint64),
            "is_deleted": np.zeros(size, np.uint8),
        },
    )


def _events(workspace: Workspace, people: int, start: int, size: int, total: int, rnd: np.random.Generator) -> None:
    """A block of events, oldest days first; few people and events are busy, most are not."""
    today = np.datetime64(workspace.today(), "D")
    days = np.sort((np.arange(start, start + size) * DAYS // total).astype(int))
    day = today - np.timedelta64(DAYS - 1, "D") + days
    at = day.astype("datetime64[ms]") + rnd.integers(0, 86_400_000, size).astype("timedelta64[ms]")
    person = (rnd.random(size) ** 2 * people).astype(np.uint32) + 1
    plan, amount = rnd.integers(0, 4, size), rnd.integers(1, 500, size)
    keys = pa.array(["plan", "amount"]).take(pa.array(np.tile([0, 1], size)))
    values = np.empty(2 * size, dtype=object)
    values[0::2], values[1::2] = np.array(PLANS, dtype=object)[plan], amount.astype(str)
    offsets = pa.array(np.arange(size + 1, dtype=np.int32) * 2)
    warehouse.insert(
        "events",
        {
            "workspace_id": np.full(size, workspace.pk, np.uint32),
            "event": _words([f"event_{name}" for name in range(NAMES)], (rnd.random(size) ** 3 * NAMES).astype(int)),
            "at": at,
            "day": day,
            "person": person,
            "account": (person % ACCOUNTS + 1).astype(np.uint32),
            "message_id": pa.array(np.arange(start, start + size).astype(str)),
            "distinct_id": pa.repeat("", size),
            "sequence": np.arange(start, start + size, dtype=np.uint64),
            "properties": pa.MapArray.from_arrays(offsets, keys, pa.array(values.tolist())),
            "original_at": at,
            "received_at": at,
            "source": pa.repeat("bench", size),
            "import_id": np.zeros(size, np.uint64),
            "segment": pa.repeat("bench", size),
        },
    )
