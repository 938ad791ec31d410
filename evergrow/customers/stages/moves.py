"""Writing stays: the only place that does, so that nobody is ever in two stages of one lifecycle at once.

Every move names the stay it starts from. It is made only if that one is still open, inside one transaction; a second
job, or a colleague who was quicker, makes it fall away. The database refuses a second open stay besides.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.db import transaction

from evergrow.customers.models import (
    Account,
    Lifecycle,
    Person,
    Product,
    StagedKind,
    StageGate,
    StageSource,
    StageStay,
    TimelineEntry,
)
from evergrow.customers.stages.definition import PAUSED, TERMINAL, Definition, Stage, between, is_backward
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Member

log = logging.getLogger(__name__)
SIZE = 250
Subject = Account | Person | Product


@dataclass(frozen=True, slots=True)
class Move:
    """``subject`` is a primary key, ``stay`` the open one that it leaves (None: it comes in). ``to`` None: it leaves
    the lifecycle. ``version`` and names come from the definition that the move is made by."""

    subject: int
    stay: int | None
    to: Stage | None
    source: StageSource = StageSource.AUTO
    cause: str = ""
    reason: str = ""
    locked_until: date | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What listeners hear: ``before`` and ``after`` are keys of stages, "" for outside the lifecycle."""

    lifecycle: Lifecycle
    subject: int
    before: str
    after: str
    at: datetime
    source: str
    is_backward: bool
    by: Member | None


Listener = Callable[[Sequence[Moved]], None]
_listeners: list[Listener] = []


def on_moves(listener: Listener) -> Listener:
    """Let a room hear of every move once it is kept. The same room registers once."""
    if listener not in _listeners:
        _listeners.append(listener)
    return listener


def stop(listener: Listener) -> None:
    """Tell this one no more."""
    _listeners.remove(listener)


def carry_out(
    lifecycle: Lifecycle,
    definition: Definition,
    moves: Sequence[Move],
    *,
    by: Member | None,
    at: datetime | None = None,
) -> list[Moved]:
    """Make those moves whose subject still stands where the move says; which ones those were."""
    done: list[Moved] = []
    for part in batched(moves, SIZE):
        with transaction.atomic():
            made = _Writer(lifecycle, definition, by, at or clock.now()).write(part)
            if made:
                transaction.on_commit(partial(_tell, made))
            done += made
    return done


class _Writer:
    """Writes one block of moves."""

    def __init__(self, lifecycle: Lifecycle, definition: Definition, by: Member | None, at: datetime) -> None:
        self.lifecycle, self.definition, self.by, self.at = lifecycle, definition, by, at
        self.key = lifecycle.kind
        self.rows = StageStay.objects.filter(lifecycle=lifecycle)

    def write(self, moves: Sequence[Move]) -> list[Moved]:
        subjects = {f"{self.key}__in": [move.subject for move in moves]}
        Lifecycle.objects.select_for_update().get(pk=self.lifecycle.pk)
        open_ones = {self._of(s): s for s in self.rows.filter(left_at=None, **subjects).select_for_update()}
        spells = self._spells(subjects)
        made, stays, closed = [], [], []
        for move in moves:
            before = open_ones.get(move.subject)
            if (before.pk if before else None) != move.stay or (before is None and move.to is None):
                continue
            at = max(self.at, before.entered_at) if before else self.at
            if before:
                before.left_at = at
                closed.append(before)
            stays += self._stays(move, before, at, spells)
            made.append(self._moved(move, before, at))
        StageStay.objects.bulk_update(closed, ["left_at"], batch_size=SIZE)
        StageStay.objects.bulk_create(stays, batch_size=SIZE)
        self._carry_gates(closed, stays)
        self._write_stories(made)
        return made

    def _of(self, stay: StageStay) -> int:
        found: int = getattr(stay, f"{self.key}_id")
        return found

    def _spells(self, subjects: dict[str, list[int]]) -> dict[int, int]:
        """How many times each has been through so far."""
        rows = self.rows.filter(**subjects).order_by("spell").values_list(f"{self.key}_id", "spell")
        return dict(rows)

    def _stays(self, move: Move, before: StageStay | None, at: datetime, spells: dict[int, int]) -> list[StageStay]:
        """The stages passed over, for no time, and the one that is entered."""
        if move.to is None:
            return []
        spell = spells.get(move.subject, 0)
        if before is None or before.kind == TERMINAL:
            spell += 1
        here = self.definition.stage(before.stage) if before and before.kind != TERMINAL else None
        passed = between(self.definition, here, move.to) if here else []
        plain: dict[str, Any] = {
            "workspace_id": self.lifecycle.workspace_id,
            "lifecycle": self.lifecycle,
            f"{self.key}_id": move.subject,
            "spell": spell,
            "entered_at": at,
            "source": move.source,
            "version": self.definition.version,
            "by": self.by,
        }
        skipped = [StageStay(**plain, stage=s.key, kind=s.kind, left_at=at, is_skipped=True) for s in passed]
        entered = StageStay(
            **plain,
            stage=move.to.key,
            kind=move.to.kind,
            is_backward=bool(here and is_backward(here, move.to)),
            cause=move.cause,
            reason=move.reason,
            locked_until=move.locked_until,
        )
        return [*skipped, entered]

    def _moved(self, move: Move, before: StageStay | None, at: datetime) -> Moved:
        here = self.definition.stage(before.stage) if before else None
        return Moved(
            self.lifecycle,
            move.subject,
            before.stage if before else "",
            move.to.key if move.to else "",
            at,
            move.source,
            bool(here and move.to and is_backward(here, move.to)),
            self.by,
        )

    def _carry_gates(self, closed: Sequence[StageStay], stays: Sequence[StageStay]) -> None:
        """What was done at a gate before a pause still counts after it."""
        resumed = {self._of(stay) for stay in closed if stay.kind == PAUSED}
        for stay in stays:
            if self._of(stay) not in resumed or stay.is_skipped:
                continue
            earlier = self.rows.filter(**{self.key: self._of(stay)}, spell=stay.spell, is_skipped=False)
            last = earlier.exclude(pk=stay.pk).exclude(kind=PAUSED).order_by("-entered_at", "-pk").first()
            if last and last.stage == stay.stage:
                StageGate.objects.filter(stay=last).update(stay=stay)

    def _write_stories(self, made: Sequence[Moved]) -> None:
        """A line in the story of each account; people and products have their history of stages."""
        if self.key != StagedKind.ACCOUNT:
            return
        TimelineEntry.objects.bulk_create(
            [
                TimelineEntry(
                    account_id=each.subject,
                    kind="stage.moved",
                    at=each.at,
                    by=each.by,
                    data={"lifecycle": self.lifecycle.pk, "from": each.before, "to": each.after},
                )
                for each in made
            ]
        )


def _tell(made: Sequence[Moved]) -> None:
    for listener in _listeners:
        try:
            listener(made)
        except Exception:
            log.exception("A listener could not follow moves between stages of lifecycle %s.", made[0].lifecycle.key)
