"""From the spool into the stores: read a segment, resolve who, insert under the segment's name, delete the file.

Every step can run again: identity finds what it made before, rejects and events carry the segment and their position.
So a crash anywhere costs a repetition, never an event.
"""

import fcntl
import logging
import os
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from django.db import OperationalError, close_old_connections, connection, transaction

from evergrow import warehouse
from evergrow.customers import overrides
from evergrow.intake.capture import frames, keys, messages, people, profile
from evergrow.intake.capture.identity import Everyone, Who
from evergrow.intake.capture.messages import Bad, Message
from evergrow.intake.capture.rejects import keep
from evergrow.intake.capture.spool import Spool
from evergrow.intake.events import Inserted, insert_events, properties_column
from evergrow.intake.pipeline import meters
from evergrow.intake.pipeline.tally import Tally
from evergrow.intake.plan.check import Check
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
PATIENCE_SECONDS = 5.0
TRIES = 5


class Drain:
    """A thread that empties a spool. Of several processes on one folder only one drains at a time."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.counted = self.duplicates = self.rejected = 0
        self.trouble = ""
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._is_ready = False
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
        try:
            while not self._stop.is_set():
                if not self._try_lock(lock):
                    self._stop.wait(PATIENCE_SECONDS)
                    continue
                self.spool.sealed.clear()
                close_old_connections()
                if not self.drain_all():
                    self.spool.sealed.wait(LOOK_SECONDS)
        finally:
            os.close(lock)

    def _try_lock(self, lock: int) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def drain_all(self) -> int:
        """Drain every ready segment, waiting a while after trouble; how many were done."""
        done = 0
        for file in self.spool.segments():
            if self._stop.is_set():
                break
            try:
                write_through()
                self._get_ready()
                with meters.DRAIN.time():
                    self.drain(file)
                self.trouble = ""
                done += 1
            except (warehouse.StoreUnavailable, OperationalError, OSError) as error:
                self._wait_after(file, error, counts=False)  # the machine's trouble, not the segment's
                break
            except Exception as error:
                self._wait_after(file, error, counts=True)
                break
        return done

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
        segment = file.stem
        good: dict[int, list[Message]] = defaultdict(list)
        bad: dict[int, list[Bad]] = defaultdict(list)
        position, end, used = 0, 0, set()
        tally = Tally(segment)
        for frame in frames.read(file):
            end = frame.end
            tally.see(frame, position)
            used.add(frame.about["k"])
            for found in messages.read(frame, segment, position):
                (bad if isinstance(found, Bad) else good)[frame.about["w"]].append(found)  # type: ignore[arg-type]
                position = found.position + 1
        workspaces = Workspace.objects.in_bulk({*good, *bad})
        for gone in {*good, *bad} - workspaces.keys():
            log.warning("The workspace %s is gone; %s events for it are dropped.", gone, len(good[gone]))
        counted = duplicates = 0
        for key, workspace in workspaces.items():
            result = bring(workspace, good[key], bad[key], segment, tally)
            counted, duplicates = counted + result.counted, duplicates + result.duplicates
            self.rejected += len(bad[key])
        tally.keep()
        keys.note_use(used)
        self.counted, self.duplicates = self.counted + counted, self.duplicates + duplicates
        self.retire(file, end)
        return Inserted(counted, duplicates)

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


def bring(workspace: Workspace, good: list[Message], bad: list[Bad], segment: str, tally: Tally) -> Inserted:
    """One workspace's part of a segment. What cannot be followed joins ``bad``, which is kept as rejects."""
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
    inserted = insert_events(workspace, columns(seen), segment=segment)
    tally.add(workspace.pk, [message for message, _, _ in seen], inserted.is_new, bad, check.flagged)
    return inserted


def columns(seen: list[Any]) -> dict[str, Any]:
    """The events as columns for ``insert_events``."""
    found = [message for message, _, _ in seen]
    return {
        "event": [message.event for message in found],
        "at": _moments([message.at for message in found]),
        "message_id": [message.message_id for message in found],
        "person": [number_of(who) for _, who, _ in seen],
        "account": [firm.row.number if firm is not None else 0 for _, _, firm in seen],
        "distinct_id": [message.user or message.anonymous for message in found],
        "sequence": [message.position for message in found],
        "properties": properties_column([message.properties for message in found]),
        "original_at": _moments([message.original for message in found]),
        "received_at": _moments([message.received for message in found]),
        "source": [message.source for message in found],
    }


def number_of(who: Who | None) -> int:
    """The person's number once saved, 0 for nobody."""
    return people.row_of(who.root()).number if who is not None else 0


def _moments(milliseconds: list[int]) -> np.ndarray[Any, Any]:
    return np.array(milliseconds, dtype="datetime64[ms]")


def wait_until_empty(spool: Spool, seconds: float) -> bool:
    """Wait until everything acknowledged so far has arrived in the stores; whether it has."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not spool.depth():
            return True
        time.sleep(0.02)
    return False
