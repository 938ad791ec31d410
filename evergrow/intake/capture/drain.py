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
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from django.db import OperationalError, close_old_connections, connection, connections, transaction

from evergrow import warehouse
from evergrow.customers import overrides
from evergrow.intake.capture import frames, keys, messages, people, profile
from evergrow.intake.capture.identity import Everyone, Who
from evergrow.intake.capture.messages import Bad, Message
from evergrow.intake.capture.rejects import keep
from evergrow.intake.capture.spool import Spool, begun_at
from evergrow.intake.events import Inserted, insert_events, properties_column
from evergrow.intake.known_ids import known_ids
from evergrow.intake.pipeline import meters
from evergrow.intake.pipeline.tally import Tally
from evergrow.intake.plan.check import Check
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 5.0
TRIES = 5
# Messages that are in memory at once, however small they are. Never more than in a version before: a part that was
# inserted there, and is read again here after a crash, must not have grown.
PART = 50_000
PLACES = 22  # bits of an event's sequence that say its place in the segment

Step = Callable[[Path], bool]


@dataclass(slots=True)
class Part:
    """Some messages of a segment by workspace, to be inserted under ``name``; its last frame ends at ``end``."""

    name: str
    tally: Tally
    good: dict[int, list[Message]] = field(default_factory=lambda: defaultdict(list))
    bad: dict[int, list[Bad]] = field(default_factory=lambda: defaultdict(list))
    used: set[int] = field(default_factory=set)
    end: int = 0
    is_last: bool = False


@dataclass(slots=True)
class Batch:
    """One workspace's events of a part, ready to be inserted, the messages they came from, and those refused.

    ``flagged`` are the positions of messages that go on although they went against the plan.
    """

    workspace: Workspace
    segment: str
    columns: dict[str, Any]
    messages: list[Message]
    bad: list[Bad]
    flagged: set[int]


@dataclass(slots=True)
class InHand:
    """A part that is being inserted."""

    file: Path
    part: Part
    batches: list[Batch]
    results: Future[list[Inserted]]
    begun: float


class Drain:
    """A thread that empties a spool. Of several processes on one folder only one drains at a time."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.counted = self.duplicates = self.rejected = 0
        self.trouble = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_ready = False
        self._inserter: ThreadPoolExecutor | None = None
        self._in_hand: InHand | None = None
        self._done = 0
        self._failures: dict[str, int] = defaultdict(int)

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="drain", daemon=True)
        self._thread.start()

    def stop(self, patience: float = 20.0) -> None:
        """Finish the segment in hand and end; what is left is drained at the next start."""
        self._stop.set()
        self.spool.sealed.set()
        if self._thread:
            self._thread.join(patience)

    def _run(self) -> None:
        lock = os.open(self.spool.folder / "drain.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._inserter = ThreadPoolExecutor(1, "insert")
        try:
            while not self._stop.is_set():
                try:
                    self._turn(lock)
                except Exception as error:  # whatever it is, it must not end the only thread that drains
                    self.trouble = str(error)[:500]
                    log.exception("The spool could not be drained.")
                    self._stop.wait(PATIENCE_SECONDS)
        finally:
            self._inserter.submit(connections.close_all)
            self._inserter.shutdown()
            known_ids.stop()
            os.close(lock)

    def _turn(self, lock: int) -> None:
        if not self._try_lock(lock):
            self._stop.wait(PATIENCE_SECONDS)
            return
        self.spool.sealed.clear()
        close_old_connections()
        if not self.drain_all():
            self.spool.sealed.wait(LOOK_SECONDS)

    def _try_lock(self, lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def drain_all(self) -> int:
        """Drain every ready segment, waiting a while after trouble; how many were done."""
        before = self._done
        while files := self._waiting():
            if not all(self._try(file, self._hand_over) for file in files):
                break
        if self._in_hand is not None:
            self._try(self._in_hand.file, self._settle)
        return self._done - before

    def _waiting(self) -> list[Path]:
        """The segments that are not yet in hand; none when we are to stop."""
        in_hand = self._in_hand.file if self._in_hand else None
        return [] if self._stop.is_set() else [file for file in self.spool.segments() if file != in_hand]

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
        if is_done:
            self.trouble = ""
        return is_done

    def _hand_over(self, file: Path) -> bool:
        """Read a segment part by part, each while the one before is inserted. False when one before was not done."""
        if self._stop.is_set():
            return False
        write_through()
        self._get_ready()
        begun = time.monotonic()
        for part in parts(file):
            batches = prepare(part)
            if self._in_hand is not None and not self._try(self._in_hand.file, self._settle):
                return False  # what was read is read again, after the part that was not done
            self._in_hand = InHand(file, part, batches, self._begin(batches), begun)
        return True

    def _begin(self, batches: list[Batch]) -> Future[list[Inserted]]:
        """Insert in a thread of its own; without one (in a test) at once."""
        if self._inserter is not None:
            return self._inserter.submit(insert_apart, batches)
        results: Future[list[Inserted]] = Future()
        try:
            results.set_result(insert(batches))
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
            hand.part.tally.add(batch.workspace.pk, batch.messages, result.is_new, batch.bad, batch.flagged)
        hand.part.tally.keep()
        keys.note_use(hand.part.used)
        if hand.part.is_last:
            self.retire(hand.file, hand.part.end)
            self._done += 1
            meters.DRAIN.observe(time.monotonic() - hand.begun)
        return True

    def _get_ready(self) -> None:
        """Once: tables as they should be, and every merge known to the event store."""
        if not self._is_ready:
            warehouse.migrate()
            overrides.write_all()
            self.adopt_set_aside()
            self._is_ready = True

    def _wait_after(self, file: Path, error: Exception, *, counts: bool) -> None:
        self.trouble = str(error)[:500]
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


def write_through() -> None:
    """Let SQLite wait for the disk in this thread: the spool file goes once its people are written down."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        connection.cursor().execute("PRAGMA synchronous = FULL")


def parts(file: Path) -> Iterator[Part]:
    """A segment's messages, as many at a time as memory should hold; cut at the same places whenever it is read."""
    segment, position, number = file.stem, 0, 0
    part = Part(segment, Tally(segment))
    for frame in frames.read(file):
        if position >= PART * (number + 1):
            yield part
            number += 1
            # To the store a segment of its own: a message that an earlier part brought is a duplicate.
            name = f"{segment}.{number}"
            part = Part(name, Tally(name))
        part.end = frame.end
        part.tally.see(frame, position)
        part.used.add(frame.about["k"])
        workspace = frame.about["w"]
        good, bad = part.good[workspace], part.bad[workspace]
        for found in messages.read(frame, segment, position):
            if isinstance(found, Bad):
                bad.append(found)
            else:
                good.append(found)
            position = found.position + 1
    part.is_last = True
    yield part


def prepare(part: Part) -> list[Batch]:
    """Write down who they are and what cannot be taken; the events to insert, workspace by workspace."""
    workspaces = Workspace.objects.in_bulk(part.good.keys() | part.bad.keys())
    for gone in (part.good.keys() | part.bad.keys()) - workspaces.keys():
        log.warning("The workspace %s is gone; %s events for it are dropped.", gone, len(part.good[gone]))
    return [bring(workspace, part.good.pop(key), part.bad.pop(key), part.name) for key, workspace in workspaces.items()]


def bring(workspace: Workspace, good: list[Message], bad: list[Bad], segment: str) -> Batch:
    """One workspace's messages of a part as events. What cannot be followed joins ``bad``, which is kept as rejects."""
    check = Check(workspace, segment)
    good, refused = check.enforce(good)
    bad += refused
    everyone = Everyone(workspace, good)
    seen = []
    for message in good:
        found = everyone.see(message)
        if found is None:
            bad.append(messages.refused(message, "both_identified"))
        else:
            seen.append((message, *found))
    with transaction.atomic():
        merged = people.save(everyone)
        profile.apply(workspace, [(number_of(who), message) for message, who, _ in seen if message.profile])
    keep(workspace, check.masked(bad), segment)
    check.record()
    if merged:
        overrides.write(merged)
    return Batch(workspace, segment, columns(seen, segment), [message for message, _, _ in seen], bad, check.flagged)


def insert_apart(batches: list[Batch]) -> list[Inserted]:
    """``insert`` in a thread that lives on: a connection that broke meanwhile is not used again."""
    close_old_connections()
    return insert(batches)


def insert(batches: list[Batch]) -> list[Inserted]:
    """What came of inserting each."""
    return [insert_events(batch.workspace, batch.columns, segment=batch.segment) for batch in batches]


def columns(seen: list[Any], segment: str) -> dict[str, Any]:
    """The events as columns for ``insert_events``."""
    found = [message for message, _, _ in seen]
    return {
        "event": [message.event for message in found],
        "at": _moments([message.at for message in found]),
        "message_id": [message.message_id for message in found],
        "person": [number_of(who) for _, who, _ in seen],
        "account": [firm.number if firm is not None else 0 for _, _, firm in seen],
        "distinct_id": [message.user or message.anonymous for message in found],
        "sequence": _sequence([message.position for message in found], segment),
        "properties": properties_column([message.properties for message in found]),
        "original_at": _moments([message.original for message in found]),
        "received_at": _moments([message.received for message in found]),
        "source": [message.source for message in found],
    }


def _sequence(positions: list[int], segment: str) -> np.ndarray[Any, Any]:
    """Numbers that order events of the same time as they were sent: the segment's beginning, then the place in it."""
    places = np.minimum(np.array(positions, dtype=np.uint64), np.uint64((1 << PLACES) - 1))
    return places | np.uint64(begun_at(segment) << PLACES)


def number_of(who: Who | None) -> int:
    """The person's number once saved, 0 for nobody."""
    return who.root().number if who is not None else 0


def _moments(milliseconds: list[int]) -> np.ndarray[Any, Any]:
    return np.array(milliseconds, dtype="datetime64[ms]")
