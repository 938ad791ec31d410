"""What was said of traits over time, in the event store."""

import hashlib
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.db import transaction

from evergrow import warehouse
from evergrow.customers.criteria import values
from evergrow.customers.models import UntoldHistory
from evergrow.customers.traits.precedence import Said, text_of
from evergrow.customers.traits.subjects import Kind
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
COMPUTED = "computed"
SHOWN = 200
BLOCK = 200_000
GONE = values.Value("", None, "text")


Counts = dict[tuple[Kind, str, str], tuple[int, int]]  # by kind, trait, source: how often, and when last


@dataclass(frozen=True, slots=True)
class Line:
    """One value of one subject's trait, as the history keeps it. ``at`` in milliseconds since 1970."""

    kind: Kind
    subject: int
    trait: str
    at: int
    source: str
    text: str
    number: float | None
    type: str
    is_gone: bool
    by: str = ""
    tie: int = 0
    is_again: bool = False  # may have been written before, with more


def line(workspace: Workspace, kind: Kind, subject: int, trait: str, said: Said, by: str = "") -> Line:
    """What to write down of a value that was said."""
    try:
        found = values.read(said.value, workspace.tz)
    except OverflowError:  # a whole number beyond those of a double
        found = values.Value(text_of(said.value)[:400], None, "text")
    tie = 0
    if said.source != COMPUTED:
        tie = int.from_bytes(hashlib.blake2b(text_of(said.value).encode(), digest_size=8).digest()) >> 1
    read = found or GONE
    return Line(
        kind, subject, trait, said.at, said.source, read.text, read.number, read.type, found is None, by[:160], tie
    )


def write_on_commit(workspace: Workspace, lines: Sequence[Line], spoken: Counts | None = None) -> None:
    """Write down values once the transaction is through; the store may be away, then they are kept for later."""
    if lines or spoken:
        transaction.on_commit(lambda: _write_or_keep(workspace, lines, spoken or {}))


def _write_or_keep(workspace: Workspace, lines: Sequence[Line], spoken: Counts) -> None:
    try:
        write(workspace, lines)
        count(workspace, spoken)
    except warehouse.StoreUnavailable:
        log.exception("The history of traits could not be written; it is kept and written at the next chance.")
        UntoldHistory.objects.create(workspace=workspace, rows=[asdict(each) for each in lines])


def write_kept(workspace: Workspace) -> int:
    """Write down what the store could not take before; how many lines. Raises ``warehouse.StoreUnavailable``."""
    total = 0
    for kept in UntoldHistory.objects.filter(workspace=workspace).order_by("pk"):
        total += write(workspace, [Line(**row) for row in kept.rows])
        kept.delete()
    return total


def write(workspace: Workspace, lines: Sequence[Line]) -> int:
    """Write down values; the same ones again change nothing. Raises ``warehouse.StoreUnavailable``."""
    if not lines:
        return 0
    names = ("kind", "subject", "trait", "source", "text", "number", "type", "by", "tie")
    columns: dict[str, Any] = {name: [getattr(each, name) for each in lines] for name in names}
    columns["workspace_id"] = [workspace.pk] * len(lines)
    columns["at"] = [moment(each.at) for each in lines]
    columns["is_gone"] = [int(each.is_gone) for each in lines]
    now = time.time_ns()
    columns["version"] = [1 if each.is_again else now for each in lines]
    if all(number is None for number in columns["number"]):
        del columns["number"]
    return warehouse.insert("trait_history", columns)


def count(workspace: Workspace, spoken: Counts) -> None:
    """Note how often sources spoke of traits. Raises ``warehouse.StoreUnavailable``."""
    if not spoken:
        return
    kinds, traits, names = zip(*spoken, strict=True)
    warehouse.insert(
        "trait_sources",
        {
            "workspace_id": [workspace.pk] * len(spoken),
            "kind": kinds,
            "trait": traits,
            "source": names,
            "said": [times for times, _ in spoken.values()],
            "last_at": [moment(last) for _, last in spoken.values()],
        },
    )


def write_computed(
    workspace: Workspace,
    kind: Kind,
    trait: str,
    at: datetime,
    changes: Sequence[tuple[int, values.Value | None]],
) -> None:
    """Write down what a computed trait came to on the day that begins at ``at``, for those where it changed.

    A later computation of the same day takes the place of an earlier one.
    """
    for part in batched(changes, BLOCK):
        count = len(part)
        read = [value or GONE for _, value in part]
        columns: dict[str, Any] = {
            "workspace_id": np.full(count, workspace.pk, np.uint32),
            "kind": [kind] * count,
            "subject": np.array([number for number, _ in part], np.uint32),
            "trait": [trait] * count,
            "at": [at] * count,
            "source": [COMPUTED] * count,
            "tie": np.zeros(count, np.uint64),
            "text": [value.text for value in read],
            "type": [value.type for value in read],
            "is_gone": np.array([value is None for _, value in part], np.uint8),
            "by": [""] * count,
            "version": np.full(count, time.time_ns(), np.uint64),
        }
        if any(value.number is not None for value in read):
            columns["number"] = [value.number for value in read]
        warehouse.insert("trait_history", columns)


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of a trait's history, as a page shows it. ``counted`` says whether it was the value that counted."""

    at: datetime
    source: str
    by: str
    text: str
    number: float | None
    is_gone: bool


def of(workspace: Workspace, kind: Kind, numbers: Sequence[int], trait: str, now: Said | None = None) -> list[Moment]:
    """The history of a subject's trait, newest first, with what was said of those merged into it.

    ``now`` is the value on the row, which is not in the store before another one comes. A value that only repeats the
    one before is left out. Raises ``warehouse.StoreUnavailable``.
    """
    rows = warehouse.rows(
        warehouse.statement("customers", "trait_history"),
        workspace=workspace.pk,
        kind=kind,
        subjects=list(numbers),
        trait=trait,
        most=SHOWN,
    )
    told = [
        Moment(at, source, by, text, number, bool(is_gone)) for at, source, by, text, number, is_gone in reversed(rows)
    ]
    if now is not None and now.source:
        told = _with(told, line(workspace, kind, 0, trait, now))
    fresh = [
        each
        for before, each in zip([None, *told], told, strict=False)
        if before is None or (each.text, each.is_gone, each.source) != (before.text, before.is_gone, before.source)
    ]
    return fresh[::-1]


def moment(milliseconds: int) -> datetime:
    """Milliseconds since 1970 as a moment."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _with(told: list[Moment], now: Line) -> list[Moment]:
    at = moment(now.at)
    if any((each.at, each.source, each.text) == (at, now.source, now.text) for each in told):
        return told
    mine = Moment(at, now.source, "", now.text, now.number, now.is_gone)
    return sorted([*told, mine], key=lambda each: each.at)
