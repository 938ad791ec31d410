"""From the spool into the stores: read a segment, resolve who, insert under the segment's name, delete the file.

Every step can run again: identity finds what it made before, rejects and events carry the segment and their position.
So a crash anywhere costs a repetition, never an event.

While one part is inserted, which the event store does beside us, the next one is read. Parts are inserted in order, one
at a time, and a file goes when its own last part is in.
"""

import fcntl
import logging
import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.db import OperationalError, close_old_connections, connection, connections

from evergrow import warehouse
from evergrow.customers import overrides
from evergrow.intake.capture import keys, nobody, reattribution
from evergrow.intake.capture.bringing import Batch, Part, part_of, prepare
from evergrow.intake.capture.plain import Source
from evergrow.intake.capture.reader import Reader
from evergrow.intake.capture.reading import read
from evergrow.intake.capture.spool import Spool
from evergrow.intake.events import Inserted, insert_events
from evergrow.intake.pipeline import meters
from evergrow.intake.pipeline.tally import Rows
from evergrow.intake.plan.rules import set_apart

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 5.0
OVERDUE_SECONDS = 60.0
TRIES = 5

Step = Callable[[Path], bool]
Insert = Callable[[Batch], Inserted]


@dataclass(slots=True)
class News:
    """What the drain says of itself after each step: its counts since it began, and its trouble ("" for none).

    ``part`` names the part that was done, with its counts by source (``rows``); ``seconds`` is how long a whole
    segment took, where this was its last part.
    """

    counted: int
    duplicates: int
    rejected: int
    trouble: str
    part: str = ""
    rows: Rows = field(default_factory=dict)
    seconds: float | None = None


def note(news: News) -> None:
    """Count it for Prometheus, in the process that serves."""
    meters.drained(news.rows)
    if news.seconds is not None:
        meters.DRAIN.observe(news.seconds)


def insert(batch: Batch) -> Inserted:
    """What came of inserting a batch, by this process."""
    return insert_events(batch.workspace, batch.columns, segment=batch.segment)


@dataclass(slots=True)
class InHand:
    """A part that is being inserted."""

    file: Path
    part: Part
    batches: list[Batch]
    results: Future[list[Inserted]]
    begun: float


class Drain:
    """Empties a spool. Of several processes on one folder only one drains at a time.

    ``insert`` brings a batch into the event store, and ``tell`` hears what became of each part before its file goes.
    """

    def __init__(
        self,
        spool: Spool,
        reader: Reader | None = None,
        insert: Insert = insert,
        tell: Callable[[News], object] = note,
    ) -> None:
        self.spool, self.reader, self.insert, self.tell = spool, reader, insert, tell
        self.counted = self.duplicates = self.rejected = 0
        self.trouble = ""
        self._stop = threading.Event()
        self._is_ready = False
        self._inserter: ThreadPoolExecutor | None = None
        self._in_hand: InHand | None = None
        self._done = 0
        self._catch_up_at = 0.0
        self._overdue_at = time.monotonic() + OVERDUE_SECONDS
        self._failures: dict[str, int] = defaultdict(int)

    def stop(self) -> None:
        """Finish the segment in hand and return from ``run``; what is left is drained at the next start."""
        self._stop.set()
        self.spool.sealed.set()

    def run(self) -> None:
        """Drain until ``stop`` is called, in a thread or process of its own: its connections are closed at the end."""
        lock = os.open(self.spool.folder / "drain.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._inserter = ThreadPoolExecutor(1, "insert")
        try:
            while not self._stop.is_set():
                try:
                    self._turn(lock)
                except Exception as error:  # whatever it is, it must not end the only one that drains
                    self._fail(error)
                    log.exception("The spool could not be drained.")
                    self._stop.wait(PATIENCE_SECONDS)
        finally:
            self._inserter.submit(connections.close_all)
            self._inserter.shutdown()
            if self.reader is not None:
                self.reader.stop()
            connections.close_all()
            os.close(lock)

    def _turn(self, lock: int) -> None:
        if not self._try_lock(lock):
            self._stop.wait(PATIENCE_SECONDS)
            return
        self.spool.sealed.clear()
        close_old_connections()
        is_idle = not self.drain_all()
        if is_idle or self._is_overdue:
            self._catch_up()
        if is_idle:
            self.spool.sealed.wait(LOOK_SECONDS)

    @property
    def _is_overdue(self) -> bool:
        """Whether segments have followed each other for so long that nothing was caught up with."""
        return time.monotonic() >= self._overdue_at

    def _catch_up(self) -> None:
        """Now and then, with no part in hand: events whose owner a colleague changed."""
        now = time.monotonic()
        if now >= self._catch_up_at:
            self._catch_up_at, self._overdue_at = now + PATIENCE_SECONDS, now + OVERDUE_SECONDS
            self._get_ready()
            reattribution.run_all()

    def _try_lock(self, lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def drain_all(self) -> int:
        """Drain every ready segment, waiting a while after trouble; how many were done."""
        before = self._done
        while (files := self._waiting()) or self._another_comes():
            if not all(self._try(file, partial(self._hand_over, then=then)) for file, then in _with_next(files)):
                break
        if self._in_hand is not None:
            self._try(self._in_hand.file, self._settle)
        return self._done - before

    def _waiting(self) -> list[Path]:
        """The segments that are not yet in hand; none when we are to stop."""
        in_hand = self._in_hand.file if self._in_hand else None
        return [] if self._stop.is_set() else [file for file in self.spool.segments() if file != in_hand]

    def _another_comes(self) -> bool:
        """Whether another segment is ready before the part in hand is inserted; then it is read meanwhile."""
        if self._in_hand is None or self._is_overdue:
            return False
        results = self._in_hand.results
        results.add_done_callback(lambda _: self.spool.sealed.set())
        while not results.done():
            self.spool.sealed.wait(LOOK_SECONDS)
            self.spool.sealed.clear()
            if self._waiting():
                return True
        return False

    def _try(self, file: Path, step: Step) -> bool:
        """Do something with a segment; False when it, or one before it, was not done."""
        try:
            is_done = step(file)
        except (warehouse.StoreUnavailable, OperationalError, OSError) as error:
            self._wait_after(file, error, counts=False)  # the machine's trouble, not the segment's
            return False
        except Exception as error:
            self._wait_after(file, error, counts=True)
            return False
        if is_done and self.trouble:
            self.trouble = ""
            self._say()
        return is_done

    def _hand_over(self, file: Path, then: Sequence[Path] = ()) -> bool:
        """Read a segment part by part, each while the one before is inserted. False when one before was not done.

        What comes ``then`` may be read meanwhile.
        """
        if self._stop.is_set():
            return False
        write_through()
        self._get_ready()
        begun = time.monotonic()
        apart = set_apart() | nobody.set_apart()
        for reading in self.reader.read(file, apart, then) if self.reader else read(file, apart):
            part = part_of(Source(file, reading))
            batches = prepare(part)
            if self._in_hand is not None and not self._try(self._in_hand.file, self._settle):
                return False  # what was read is read again, after the part that was not done
            self._in_hand = InHand(file, part, batches, self._begin(batches), begun)
        return True

    def _begin(self, batches: list[Batch]) -> Future[list[Inserted]]:
        """Insert in a thread of its own; without one (in a test) at once."""
        if self._inserter is not None:
            return self._inserter.submit(self._insert_apart, batches)
        results: Future[list[Inserted]] = Future()
        try:
            results.set_result([self.insert(batch) for batch in batches])
        except Exception as error:
            results.set_exception(error)
        return results

    def _settle(self, _file: Path) -> bool:
        """Wait until the part in hand is inserted, count, and delete its file when that was the last of it."""
        if self._in_hand is None:
            return True
        hand, self._in_hand = self._in_hand, None
        for batch, result in zip(hand.batches, hand.results.result(), strict=True):
            self.counted += result.counted
            self.duplicates += result.duplicates
            self.rejected += len(batch.bad)
            hand.part.tally.add(batch.workspace.pk, batch.stored, result.is_new, batch.bad, batch.flagged)
        # By now everything is in that was read before this part, and knew less.
        for batch in hand.batches:
            if batch.changes_owners:
                reattribution.run(batch.workspace)
        rows = hand.part.tally.keep()
        keys.note_use(hand.part.used)
        is_last = hand.part.is_last
        # Said before the file goes: whoever sees an empty spool finds everything counted.
        self._say(hand.part.name, rows, time.monotonic() - hand.begun if is_last else None)
        if is_last:
            self.retire(hand.file, hand.part.end)
            self._done += 1
        return True

    def _insert_apart(self, batches: list[Batch]) -> list[Inserted]:
        """Insert in a thread that lives on: a connection that broke meanwhile is not used again."""
        close_old_connections()
        return [self.insert(batch) for batch in batches]

    def _say(self, part: str = "", rows: Rows | None = None, seconds: float | None = None) -> None:
        self.tell(News(self.counted, self.duplicates, self.rejected, self.trouble, part, rows or {}, seconds))

    def _fail(self, error: Exception) -> None:
        """Say what went wrong, unless even that cannot be said: who should hear it is gone."""
        self.trouble = str(error)[:500]
        with suppress(warehouse.StoreUnavailable):
            self._say()

    def _get_ready(self) -> None:
        """Once: tables as they should be, and every merge known to the event store."""
        if not self._is_ready:
            warehouse.migrate()
            overrides.write_all()
            reattribution.run_all()
            self.adopt_set_aside()
            self._is_ready = True

    def _wait_after(self, file: Path, error: Exception, *, counts: bool) -> None:
        self._fail(error)
        log.error("The segment %s could not be drained yet: %s", file.name, error, exc_info=counts)
        if counts:
            self._failures[file.name] += 1
        if self._failures[file.name] >= TRIES:
            # One segment must not hold up the others; it is tried again at the next start.
            log.error("The segment %s is set aside in %s.", file.name, self.spool.folder / "stuck")
            (self.spool.folder / "stuck").mkdir(exist_ok=True)
            file.rename(self.spool.folder / "stuck" / file.name)
        self._stop.wait(min(PATIENCE_SECONDS, 0.2 * 2 ** self._failures[file.name]))

    def adopt_set_aside(self) -> None:
        """Give the segments that were set aside another chance."""
        for file in self.spool.set_aside():
            file.rename(self.spool.folder / file.name)

    def drain(self, file: Path) -> Inserted:
        """Bring one segment into the stores and delete it."""
        counted, duplicates = self.counted, self.duplicates
        self._hand_over(file)
        self._settle(file)
        return Inserted(self.counted - counted, self.duplicates - duplicates)

    def retire(self, file: Path, end: int) -> None:
        """Delete a segment that was read to its end; keep one with bytes behind its last whole frame for a look."""
        left = file.stat().st_size - end
        if not left:
            file.unlink()
            return
        damaged = self.spool.folder / "damaged"
        log.error("%s bytes of the segment %s cannot be read; it is kept in %s.", left, file.name, damaged)
        damaged.mkdir(exist_ok=True)
        file.rename(damaged / file.name)


def _with_next(files: list[Path]) -> Iterator[tuple[Path, list[Path]]]:
    """Each with the one that comes after it."""
    return ((file, files[place : place + 1]) for place, file in enumerate(files, 1))


def write_through() -> None:
    """Let SQLite wait for the disk in this thread: the spool file goes once its people are written down."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        connection.cursor().execute("PRAGMA synchronous = FULL")
