"""Who is in a segment: read from the event store, and written there as a whole with every refresh."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from evergrow import warehouse
from evergrow.customers.models import Segment
from evergrow.customers.segments import canon
from evergrow.customers.segments.canon import NOBODY, Numbers
from evergrow.workspaces.models import Workspace

MEMBERS = (
    "(select groupBitmapMergeState(members) from (select members from segment_versions"
    " where workspace_id = {workspace_id:UInt32} and segment = %d order by at desc limit 1))"
)


def members_sql(segment_id: int) -> str:
    """The members of a segment as a bitmap expression for a statement with the parameter ``workspace_id``.

    It is empty for a segment never refreshed. The number is pasted in, since a statement may ask for several.
    """
    return MEMBERS % int(segment_id)


def current(workspace: Workspace, segment: Segment) -> Numbers:
    """The members as of the last refresh, sorted, people under the numbers they have now."""
    return canon.read(workspace.pk, segment.kind).of(stored(segment))


def stored(segment: Segment) -> Numbers:
    """The members as the last refresh wrote them."""
    sql = warehouse.statement("customers", "segment_members")
    found = warehouse.columns(sql, workspace_id=segment.workspace_id, segment=segment.pk)
    return found["subject"].astype(np.uint32) if found else NOBODY


def stored_of(workspace_id: int, segments: Sequence[Segment]) -> dict[int, Numbers]:
    """The members of several segments as their last refreshes wrote them, by the row key."""
    keys = [segment.pk for segment in segments]
    found: dict[int, Numbers] = dict.fromkeys(keys, NOBODY)
    if keys:
        sql = warehouse.statement("customers", "segments_members")
        columns = warehouse.columns(sql, workspace_id=workspace_id, segments=keys)
        if columns and len(columns["segment"]):
            each, first = np.unique(columns["segment"], return_index=True)
            parts = np.split(columns["subject"].astype(np.uint32), first[1:])
            found |= dict(zip(each.tolist(), parts, strict=True))
    return found


def holding(workspace_id: int, keys: Sequence[int], number: int) -> set[int]:
    """The row keys of those of these segments that hold a subject now."""
    if not keys:
        return set()
    sql = warehouse.statement("customers", "segments_holding")
    return {int(key) for key, _ in warehouse.rows(sql, workspace_id=workspace_id, segments=keys, subject=number)}


@dataclass(frozen=True, slots=True)
class Written:
    """What one refresh found of a segment: everybody, who came, who left."""

    segment: Segment
    at: datetime
    version: int
    members: Numbers
    entered: Numbers
    left: Numbers
    cause: str


def write_moves(found: Sequence[Written]) -> None:
    """Write who came and left; the same again is the same."""
    parts = [part for part in found if len(part.entered) or len(part.left)]
    if not parts:
        return
    sizes = [len(part.entered) + len(part.left) for part in parts]
    flags = [np.concatenate([np.ones(len(p.entered), np.uint8), np.zeros(len(p.left), np.uint8)]) for p in parts]
    warehouse.insert(
        "segment_moves",
        {
            "workspace_id": np.repeat(np.array([p.segment.workspace_id for p in parts], np.uint32), sizes),
            "segment": np.repeat(np.array([p.segment.pk for p in parts], np.uint32), sizes),
            "subject": np.concatenate([np.concatenate([p.entered, p.left]) for p in parts]).astype(np.uint32),
            "at": np.repeat(_moments([p.at for p in parts]), sizes),
            "entered": np.concatenate(flags),
            "cause": _repeated([p.cause for p in parts], sizes),
        },
    )


def write_members(found: Sequence[Written], days: Sequence[date]) -> None:
    """Write everybody as they are now, and the size of the day."""
    head = {
        "workspace_id": np.array([part.segment.workspace_id for part in found], np.uint32),
        "segment": np.array([part.segment.pk for part in found], np.uint32),
        "at": _moments([part.at for part in found]),
    }
    warehouse.insert(
        "segment_versions",
        {
            **head,
            "version": np.array([part.version for part in found], np.uint32),
            "subjects": _lists([part.members for part in found]),
        },
    )
    sizes = np.array([len(part.members) for part in found], np.uint64)
    warehouse.insert("segment_sizes", {**head, "day": np.array(days, "datetime64[D]"), "size": sizes})


def _moments(moments: Sequence[datetime]) -> Numbers:
    return np.array([round(moment.timestamp() * 1000) for moment in moments], "datetime64[ms]")


def _repeated(words: Sequence[str], sizes: Sequence[int]) -> Any:
    places = pa.array(np.repeat(np.arange(len(words), dtype=np.int32), sizes))
    return pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string())).cast(pa.string())


def _lists(parts: Sequence[Numbers]) -> Any:
    ends = np.concatenate([[0], np.cumsum([len(part) for part in parts])]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pa.array(np.concatenate(parts).astype(np.uint32)))
