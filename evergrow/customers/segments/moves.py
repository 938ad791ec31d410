"""Who came into segments and who left them: told to other rooms as it happens, and read again later."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np
from django.db import transaction

from evergrow import warehouse
from evergrow.customers.models import Segment
from evergrow.customers.segments import canon, membership
from evergrow.customers.segments.canon import Numbers
from evergrow.customers.segments.membership import Written

log = logging.getLogger(__name__)
FIRST, REFRESH, EDITED, LISTED = "first", "refresh", "edited", "list"


@dataclass(frozen=True, slots=True)
class Moves:
    """What one refresh changed. ``cause`` is ``first`` when the segment was filled, ``edited`` after new criteria.

    ``entered`` and ``left`` are dense numbers, sorted. The same ``(segment, at)`` twice is the same change told again
    after a crash.
    """

    segment: Segment
    at: datetime
    entered: Numbers
    left: Numbers
    cause: str


Listener = Callable[[Moves], None]
_listeners: list[Listener] = []


def on_moves(listener: Listener) -> Listener:
    """Let a room hear of every change of a segment, after it is kept. It may be told twice, never not at all."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def stop(listener: Listener) -> None:
    """Tell this one no more."""
    _listeners.remove(listener)


def tell(found: Sequence[Written]) -> None:
    """Tell every listener once the transaction is through."""
    for part in found:
        if len(part.entered) or len(part.left):
            moves = Moves(part.segment, part.at, part.entered, part.left, part.cause)
            transaction.on_commit(partial(_tell, moves))


def _tell(moves: Moves) -> None:
    for listener in _listeners:
        try:
            listener(moves)
        except Exception:
            log.exception("A listener could not follow the moves of segment %s.", moves.segment.key)


@dataclass(frozen=True, slots=True)
class Move:
    """One subject's coming or going, under the number it has now."""

    subject: int
    at: datetime
    entered: bool
    cause: str


def latest(segment: Segment, most: int, skip: int = 0) -> list[Move]:
    """The newest moves, those of the first filling left out."""
    sql = warehouse.statement("customers", "segment_latest_moves")
    rows = warehouse.rows(sql, workspace_id=segment.workspace_id, segment=segment.pk, most=most, skip=skip)
    now = canon.read(segment.workspace_id, segment.kind).each(np.array([row[0] for row in rows], np.uint32))
    return [
        Move(int(number), at, bool(entered), cause) for number, (_, at, entered, cause) in zip(now, rows, strict=True)
    ]


def of_subject(workspace_id: int, segments: Sequence[int], numbers: Sequence[int]) -> dict[int, Move]:
    """The newest move of a subject in each of these segments (row keys) that it ever came into, by the row key.

    ``numbers`` are all it ever had, that of today first.
    """
    if not segments:
        return {}
    rows = warehouse.rows(
        warehouse.statement("customers", "segment_moves_of"),
        workspace_id=workspace_id,
        segments=segments,
        subjects=numbers,
    )
    return {int(key): Move(numbers[0], at, bool(is_in), cause) for key, is_in, at, cause in rows}


def inside(workspace_id: int, segments: Sequence[int], numbers: Sequence[int]) -> dict[int, datetime]:
    """Which of these segments (row keys) hold a subject now, with the moment it came in.

    Only the members of those it came into last are read: a set of every segment would be two hundred of them.
    """
    moved = of_subject(workspace_id, segments, numbers)
    came = [key for key, move in moved.items() if move.entered]
    return {key: moved[key].at for key in membership.holding(workspace_id, came, numbers[0])}
