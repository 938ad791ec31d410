"""What went against the plan, counted in the event store; a few messages of each; and kinds of values as sent."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

import numpy as np

from evergrow import warehouse
from evergrow.intake.capture.messages import Message
from evergrow.intake.plan import kinds
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

SAMPLES = 5
LONGEST_SAMPLE = 4000
LOOKED_AT = 2000
LOOKED_AT_EACH = 20
QUARTER = 15 * 60 * 1000
MOST_KNOWN = 50_000


class Violation(NamedTuple):
    """One thing that is counted. ``act`` is what was done: ``flag`` or ``block``."""

    event: str
    day: date
    property: str
    kind: str
    act: str


class Sample(NamedTuple):
    """A message of a violation, masked. ``received`` in milliseconds since 1970."""

    event: str
    property: str
    kind: str
    act: str
    detail: str
    message: str
    source: str
    received: int
    message_id: str


def store(workspace: Workspace, counts: Mapping[Violation, int], samples: list[Sample], segment: str) -> None:
    """Write what a segment did against the plan; the same segment again changes nothing."""
    if not counts:
        return
    token = f"{segment}:{workspace.pk}:plan"
    rows = list(counts)
    size = len(rows)
    warehouse.insert(
        "plan_violations",
        {
            "workspace_id": np.full(size, workspace.pk, np.uint32),
            **{name: [getattr(row, name) for row in rows] for name in Violation._fields},
            "count": np.array(list(counts.values()), np.uint64),
        },
        token=token,
    )
    warehouse.insert(
        "plan_samples",
        {
            "workspace_id": np.full(len(samples), workspace.pk, np.uint32),
            "event": [each.event for each in samples],
            "property": [each.property[:200] for each in samples],
            "kind": [each.kind for each in samples],
            "act": [each.act for each in samples],
            "slot": np.array(
                [crc32(each.message_id.encode("utf-8", "replace")) % SAMPLES for each in samples], np.uint8
            ),
            "detail": [each.detail for each in samples],
            "message": [each.message[:LONGEST_SAMPLE] for each in samples],
            "source": [each.source for each in samples],
            "received_at": np.array([each.received for each in samples], "datetime64[ms]"),
        },
        token=token,
    )


def day_of(quarter: int, workspace: Workspace) -> date:
    """The day in the workspace's zone on which a quarter of an hour falls, counted since 1970 in UTC."""
    return _day_of(quarter, workspace.zone)


@lru_cache(maxsize=4096)
def _day_of(quarter: int, zone: str) -> date:
    return datetime.fromtimestamp(quarter * QUARTER // 1000, UTC).astimezone(ZoneInfo(zone)).date()


Sent = dict[tuple[str, str], int]
_known: set[tuple[int, str, str, int, date]] = set()


def some_of(messages: list[Message]) -> list[Message]:
    """Messages to look at closely: all of a small batch, every so many of a large one."""
    return messages[:: max(1, len(messages) // LOOKED_AT)]


def kinds_sent(messages: Iterable[Message]) -> Sent:
    """The kinds of values that clients sent, as bits, by event and property; a few messages of each event are read.

    Only properties that are stored count.
    """
    read: Counter[str] = Counter()
    found: Sent = {}
    for message in messages:
        if read[message.event] >= LOOKED_AT_EACH:
            continue
        read[message.event] += 1
        given = message.raw.get("properties")
        if not isinstance(given, dict):
            continue
        for name, value in given.items():
            if name in message.properties and (bit := kinds.bit_of(value)):
                key = message.event, name[:200]
                found[key] = found.get(key, 0) | bit
    return found


def note_kinds(workspace: Workspace, sent: Sent) -> None:
    """Write kinds down that were not seen today; writing one twice changes nothing."""
    today = clock.now().astimezone(workspace.tz).date()
    fresh = {key: bits for key, bits in sent.items() if (workspace.pk, *key, bits, today) not in _known}
    if not fresh:
        return
    size = len(fresh)
    warehouse.insert(
        "property_kinds",
        {
            "workspace_id": np.full(size, workspace.pk, np.uint32),
            "event": [event for event, _ in fresh],
            "property": [name for _, name in fresh],
            "day": [today] * size,
            "kinds": np.array(list(fresh.values()), np.uint16),
        },
    )
    if len(_known) > MOST_KNOWN:
        _known.clear()
    _known.update((workspace.pk, *key, bits, today) for key, bits in fresh.items())


def forget_kinds() -> None:
    """Look at all kinds again, after the event store changed underneath."""
    _known.clear()
