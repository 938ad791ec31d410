"""Normal events into the event store: each message once, for ever.

Capture and imports both end here. A *segment* names the batch that an event came in with (a spool file, a chunk of
an import). The same segment again changes nothing, which is what a crash between “inserted” and “done” needs; a
message id that another segment brought before is a duplicate and is left out.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, transaction

from evergrow import warehouse
from evergrow.intake.known_ids import Flags, known_ids
from evergrow.lib.siphash import siphash
from evergrow.workspaces.models import Workspace

BLOCK = 100_000
QUARTER = 15 * 60 * 1000
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class NormalEvent:
    """One captured fact in the one form all wire formats end in.

    ``at`` is the corrected time, ``original_at`` what the client said, ``received_at`` when we got it (all aware).
    ``person`` and ``account`` are numbers within the workspace, 0 for none. Property values are text.
    """

    event: str
    at: datetime
    message_id: str
    person: int = 0
    account: int = 0
    distinct_id: str = ""
    sequence: int = 0
    properties: Mapping[str, str] = field(default_factory=dict)
    original_at: datetime | None = None
    received_at: datetime | None = None
    source: str = ""
    import_id: int = 0


NAMES = tuple(part.name for part in fields(NormalEvent))
Columns = Mapping[str, Any]
Order = np.ndarray[Any, Any] | None


@dataclass(frozen=True, slots=True)
class Inserted:
    """How many events of a batch count now, and how many were left out because their message was known.

    ``is_new`` says which: one truth for each event, in the order in which they were given.
    """

    counted: int
    duplicates: int
    is_new: Flags = field(default_factory=lambda: np.zeros(0, dtype=bool), compare=False)


def insert_events(workspace: Workspace, events: Sequence[NormalEvent] | Columns, *, segment: str) -> Inserted:
    """Store a batch; events whose message id is known from another segment, or twice in the batch, are left out.

    ``events`` is a list, or for large batches a mapping of equally long columns named like the fields of
    ``NormalEvent`` (``event``, ``at`` and ``message_id`` are needed; ``at`` may be ``datetime64`` in UTC,
    ``properties`` a sequence of mappings or an Arrow map array; ``person``, ``account``, ``source``, ``import_id``…
    may be one value for all). Calling again with the same segment and events changes nothing and gives the same
    counts. Raises ``warehouse.StoreUnavailable`` when the store is away; then call again.
    """
    table, order = lay_out(workspace, events, segment=segment)
    return told(put_in(workspace, table, segment=segment), order)


def lay_out(workspace: Workspace, events: Sequence[NormalEvent] | Columns, *, segment: str) -> tuple[pa.Table, Order]:
    """The first half of ``insert_events``, which needs no store: the rows as they are stored, and how they were moved.

    They stand in the order in which they were sent; the places say where each stood before, None for where it stands.
    """
    columns = events if isinstance(events, Mapping) else {name: [getattr(e, name) for e in events] for name in NAMES}
    table = _arrow(columns)
    order = _order(table)
    table = _stamped(workspace, table, segment)
    return table if order is None else table.take(order), order


def put_in(workspace: Workspace, table: pa.Table, *, segment: str, block: warehouse.Buffer | None = None) -> Flags:
    """The second half: store what ``lay_out`` gave, but for what is known; one truth for each row that counts now.

    ``block`` is the table as one Arrow stream, where there is one: usually all of it is stored, and as it is.
    """
    if not table.num_rows:
        return np.zeros(0, dtype=bool)
    with alone(workspace):
        is_new = _is_new(workspace, table["message_id"].combine_chunks(), segment)
        # Cut first, then leave out: a row must never move into a block whose token is known from an earlier try.
        for number, start in enumerate(range(0, table.num_rows, BLOCK)):
            token = f"{segment}:{workspace.pk}:{number}"
            if block is not None and table.num_rows <= BLOCK and is_new.all():
                warehouse.insert_block("events", table.column_names, block, token=token)
                break
            rows, counts = table.slice(start, BLOCK), is_new[start : start + BLOCK]
            if not counts.all():
                rows = rows.filter(pa.array(counts))
            warehouse.insert("events", {name: rows[name] for name in rows.column_names}, token=token)
    return is_new


def told(is_new: Flags, order: Order) -> Inserted:
    """What came of the rows, in the order in which their events were given."""
    counted = int(is_new.sum())
    return Inserted(counted, len(is_new) - counted, _put_back(is_new, order))


def _order(table: pa.Table) -> Order:
    """The places of the events in the order they were sent; None where they stand in it already."""
    at, sequence = table["at"].to_numpy().astype(np.int64), table["sequence"].to_numpy()
    later, same = at[1:] > at[:-1], at[1:] == at[:-1]
    if (later | same & (sequence[1:] >= sequence[:-1])).all():
        return None
    return np.lexsort((sequence, at))


def _put_back(flags: Flags, order: Order) -> Flags:
    """Flags of ordered rows in the order in which the rows were given."""
    if order is None:
        return flags
    given = np.empty_like(flags)
    given[order] = flags
    return given


def delete_import(workspace: Workspace, import_id: int) -> int:
    """Take back the events of an import, from the rollups and the known message ids too; how many there were."""
    which = {"workspace_id": workspace.pk, "import_id": import_id}
    ask = warehouse.statement
    found = warehouse.rows(ask("intake", "import_days"), **which)
    count, first, last = found[0]
    if not count:
        return 0
    days = {"workspace_id": workspace.pk, "first": first, "last": last}
    with alone(workspace):
        for table in ("seen_messages", "events", "events_on_the_move"):
            warehouse.execute(ask("intake", f"delete_import_{table}"), **which)
        for rollup in ("activity", "account_day", "property_days", "property_people"):
            warehouse.execute(ask("intake", f"delete_{rollup}"), **days)
            warehouse.execute(ask("intake", f"rebuild_{rollup}"), **days)
        warehouse.touch(workspace.pk)
    return int(count)


def _is_new(workspace: Workspace, ids: pa.Array, segment: str) -> Flags:
    """Which of the ids count: the first of each, unless another segment brought it before."""
    low, high = siphash(ids)
    fresh = _firsts(low, high)
    doubtful = np.flatnonzero(known_ids.may_be_known(workspace.pk, low) & fresh)
    for start in range(0, len(doubtful), BLOCK):
        part = doubtful[start : start + BLOCK]
        pairs = list(zip(low[part].tolist(), high[part].tolist(), strict=True))
        found = warehouse.columns(
            warehouse.statement("intake", "seen_elsewhere"),
            workspace_id=workspace.pk,
            hashes=[upper << 64 | lower for lower, upper in pairs],
            segment=segment,
        )
        if len(found["low"]):
            known = set(zip(found["low"].tolist(), found["high"].tolist(), strict=True))
            fresh[part] = [pair not in known for pair in pairs]
    return fresh


def _firsts(low: np.ndarray[Any, Any], high: np.ndarray[Any, Any]) -> Flags:
    """The first of each hash, given by its halves."""
    _, firsts, counts = np.unique(low, return_index=True, return_counts=True)
    first = np.ones(len(low), dtype=bool)
    if len(firsts) == len(low):
        return first
    seen = set()
    for place in np.flatnonzero(np.isin(low, low[firsts[counts > 1]])).tolist():
        pair = int(low[place]), int(high[place])
        first[place] = pair not in seen
        seen.add(pair)
    return first


PROPERTIES = pa.map_(pa.string(), pa.string())
KINDS = {
    "event": pa.string(),
    "at": pa.timestamp("ms", "UTC"),
    "message_id": pa.string(),
    "person": pa.uint32(),
    "account": pa.uint32(),
    "distinct_id": pa.string(),
    "sequence": pa.uint64(),
    "properties": PROPERTIES,
    "original_at": pa.timestamp("ms", "UTC"),
    "received_at": pa.timestamp("ms", "UTC"),
    "source": pa.string(),
    "import_id": pa.uint64(),
}
EMPTY: dict[str, Any] = {"properties": [], "distinct_id": "", "source": ""}


def _arrow(columns: Columns) -> pa.Table:
    """The columns with their store types, the missing ones filled in."""
    size = len(columns["message_id"])
    filled: dict[str, pa.Array] = {}
    for name, kind in KINDS.items():
        value = columns.get(name)
        if value is None or isinstance(value, str | int | datetime):
            if value is None and name.endswith("_at"):
                filled[name] = filled["at"]
                continue
            filled[name] = pa.repeat(pa.scalar(EMPTY.get(name, 0) if value is None else value, kind), size)
        else:
            filled[name] = _column(name, value, kind)
    for name in ("original_at", "received_at"):
        filled[name] = pc.coalesce(filled[name], filled["at"])
    return pa.table(filled)


def _column(name: str, values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values.cast(kind)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return pa.array(values.astype("datetime64[ms]"), pa.timestamp("ms")).cast(kind)
    if name == "properties":
        return properties_column(values)
    if name.endswith("at"):
        return pa.array(values, pa.timestamp("us", "UTC")).cast(kind, safe=False)
    return pa.array(values, kind)


def properties_column(values: Sequence[Mapping[str, str]]) -> pa.Array:
    """Mappings of text to text as a column."""
    names: list[str] = []
    texts: list[str] = []
    for each in values:
        names.extend(each)
        texts.extend(each.values())
    ends = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum(np.fromiter(map(len, values), np.int32, len(values)), out=ends[1:])
    return pa.MapArray.from_arrays(pa.array(ends), pa.array(names, pa.string()), pa.array(texts, pa.string()))


def _stamped(workspace: Workspace, table: pa.Table, segment: str) -> pa.Table:
    """With the workspace, the segment, and the day each event falls on in the workspace's zone."""
    size = table.num_rows
    day = pa.array(_days(workspace, table["at"].to_numpy().astype(np.int64)), pa.date32())
    table = table.append_column("workspace_id", pa.repeat(pa.scalar(workspace.pk, pa.uint32()), size))
    table = table.append_column("segment", pa.repeat(pa.scalar(segment), size))
    return table.append_column("day", day)


def _days(workspace: Workspace, at: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The day in the workspace's zone of moments in milliseconds.

    The zone is asked once per quarter of an hour: clocks are put forward and back at such moments.
    """
    quarters, place = np.unique(at // QUARTER, return_inverse=True)
    begins = (datetime.fromtimestamp(quarter * QUARTER // 1000, UTC) for quarter in quarters.tolist())
    offsets = [begin.astimezone(workspace.tz).utcoffset() or timedelta() for begin in begins]
    shift = np.array([offset // timedelta(milliseconds=1) for offset in offsets], dtype=np.int64)
    return (at + shift[place]).astype("datetime64[ms]").astype("datetime64[D]")


def lock_here() -> AbstractContextManager[Any]:
    """What one thread of this process at a time holds while it changes stored events."""
    return _one_at_a_time


_lock = lock_here


def lock_with(other: Callable[[], AbstractContextManager[Any]]) -> None:
    """Hold this instead of the process's own lock: that of the process whose store this one changes."""
    global _lock
    _lock = other


@contextmanager
def alone(workspace: Workspace) -> Iterator[None]:
    """Two batches must not look for known messages at the same time, or both would count the same one."""
    with _lock():
        if connection.vendor != "postgresql":
            yield
            return
        with transaction.atomic():
            connection.cursor().execute("select pg_advisory_xact_lock(%s, %s)", [7_301_002, workspace.pk])
            yield
