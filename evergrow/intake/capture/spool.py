"""The spool: what is acknowledged is on disk. Append-only files; one fsync serves all requests that wait for it.

A file is ``….open`` while it grows and ``….seg`` when it is ready to be drained; its name is the *segment* under which
its events are inserted. The process that writes a file holds a lock on it, so that after a crash the next start can
tell an orphan and seal it. Whoever drains deletes the file once everything in it has arrived.
"""

import fcntl
import logging
import os
import re
import secrets
import shutil
import threading
import time
from asyncio import AbstractEventLoop
from asyncio import Future as LoopFuture
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from evergrow.intake.pipeline import meters

log = logging.getLogger(__name__)
# A file is sealed after half a second; while much comes in a little later, because each costs as much to drain as
# some thousand events.
SEAL_SECONDS, SEAL_SECONDS_OF_MUCH = 0.5, 0.6
# And while one before is not drained yet, it would only wait: it grows for a while, and costs less for each event.
SEAL_SECONDS_OF_WAITING, WAITING_LOOK_SECONDS = 1.2, 0.05
MUCH_BYTES = 256 * 1024
SEAL_BYTES = 12 * 1024 * 1024
STEP_NS = 1_000_000
DISK_LOOK_SECONDS = 1.0

NAMED = re.compile(r"(?:^|-)(\d{20})-")


class Soon(Protocol):
    """Somebody in a loop who is told once, there, what became of a frame, as a future is."""

    def get_loop(self) -> AbstractEventLoop: ...

    def done(self) -> bool: ...

    def set_result(self, nothing: None, /) -> None: ...

    def set_exception(self, error: Exception, /) -> None: ...


Promise = Soon | Future[None]


class Waiting(NamedTuple):
    """Bytes on disk including the growing file, sealed files, and seconds since the oldest of them was begun."""

    bytes: int
    segments: int
    oldest: float | None


class SpoolUnavailable(Exception):
    """Nothing can be written now: the disk is (nearly) full or refuses. Trying again later may help."""


class Spool:
    """Spool files in ``folder``; refuses to write when less than ``min_free`` bytes are left on its disk, and while
    ``max_waiting`` bytes wait for it (0: no bound)."""

    def __init__(self, folder: Path, *, min_free: int = 0, max_waiting: int = 0, group: bool = True) -> None:
        self.folder, self.min_free, self.max_waiting, self.group = folder, min_free, max_waiting, group
        self._wake = threading.Condition()
        self._waiting: list[tuple[bytes, Promise]] = []
        self._waiting_bytes = 0
        self._coming: dict[AbstractEventLoop, list[tuple[bytes, Soon]]] = {}
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._file = -1
        self._path = Path()
        self._size = 0
        self._opened_at = 0.0
        self._look_again_at = 0.0
        self._named_at = 0
        self._looked_at = 0.0
        self._is_full = False
        self._is_left_behind = False
        self.sealed = threading.Event()

    def start(self) -> None:
        """Seal what a killed process left behind, and begin to take frames."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.adopt_orphans()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="spool", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, seal the file and end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        if self._thread:
            self._thread.join()
            self._thread = None

    def segments(self) -> list[Path]:
        """The files that are ready to be drained, oldest first."""
        return sorted(self.folder.glob("*.seg"))

    def set_aside(self) -> list[Path]:
        """The files that could not be drained again and again; the next start tries them once more."""
        return sorted((self.folder / "stuck").glob("*.seg"))

    def damaged(self) -> list[Path]:
        """The files that were drained as far as they could be read; they are kept for a look."""
        return sorted((self.folder / "damaged").glob("*.seg"))

    def waiting(self) -> Waiting:
        """What waits to be drained; files that go meanwhile are left out."""
        growing, files = self._size, self.segments()
        begun = [int(file.name[:20]) for file in files if file.name[:20].isdigit()]
        oldest = max(0.0, time.time() - min(begun) / 1e9) if begun else None
        return Waiting(growing + sum(map(_size_of, files)), len(files), oldest)

    def depth(self) -> int:
        """How many bytes wait to be drained, including the file that is still growing."""
        growing = self._size  # read first: what is sealed meanwhile is counted twice rather than not at all
        return growing + sum(map(_size_of, self.segments()))

    def adopt_orphans(self) -> None:
        """Seal files that nobody writes any more."""
        for path in sorted(self.folder.glob("*.open")):
            try:
                handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            except FileNotFoundError:  # sealed or adopted a moment ago
                continue
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.rename(path.with_suffix(".seg"))
                self.sealed.set()
            except OSError:
                continue
            finally:
                os.close(handle)

    def append(self, frame: bytes, loop: AbstractEventLoop) -> "LoopFuture[None]":
        """A future of ``loop`` that is done once the frame is on disk; raises SpoolUnavailable."""
        waiting: LoopFuture[None] = loop.create_future()
        self._push(frame, waiting)
        return waiting

    def append_soon(self, frame: bytes, waiting: Soon) -> None:
        """Put a frame on disk with all others of this turn of the loop, which wake the thread that writes once.

        To be called in the loop. ``waiting`` is told there; it hears SpoolUnavailable, too.
        """
        loop = waiting.get_loop()
        coming = self._coming.get(loop)
        if coming is None:
            coming = self._coming[loop] = []
            loop.call_soon(self._take_in, loop)
        coming.append((frame, waiting))

    def _take_in(self, loop: AbstractEventLoop) -> None:
        refused: list[tuple[Soon, SpoolUnavailable]] = []
        with self._wake:
            for frame, waiting in self._coming.pop(loop):
                try:
                    self._add(frame, waiting)
                except SpoolUnavailable as reason:
                    refused.append((waiting, reason))
            self._wake.notify()
        for each, why in refused:
            _settle(each, why)

    def write(self, frame: bytes) -> None:
        """Put a frame on disk and wait for it. Raises SpoolUnavailable."""
        waiting: Future[None] = Future()
        self._push(frame, waiting)
        waiting.result()

    def check_room(self) -> None:
        """Raise SpoolUnavailable when the disk is nearly full; looks at most once a second."""
        now = time.monotonic()
        if now - self._looked_at > DISK_LOOK_SECONDS:
            self._looked_at = now
            self._is_full = shutil.disk_usage(self.folder).free < self.min_free
        if self._is_full:
            raise SpoolUnavailable("The disk of the spool is nearly full. Nothing is taken until there is room.")

    def _push(self, frame: bytes, waiting: Promise) -> None:
        with self._wake:
            self._add(frame, waiting)
            self._wake.notify()

    def _add(self, frame: bytes, waiting: Promise) -> None:
        if self._thread is None or self._stopping:
            raise SpoolUnavailable("The server is stopping.")
        if not self._thread.is_alive():
            raise SpoolUnavailable("The spool's thread has ended. Restart the server; what is on disk stays.")
        if self.max_waiting and self._waiting_bytes + len(frame) > self.max_waiting:
            raise SpoolUnavailable("The disk is too slow for what comes in. Nothing is taken until it has caught up.")
        self._waiting.append((frame, waiting))
        self._waiting_bytes += len(frame)

    def _run(self) -> None:
        while True:
            with self._wake:
                if not self._waiting and not self._stopping:
                    self._wake.wait(self._patience())
                batch, self._waiting = self._waiting, []
                stopping = self._stopping
            groups = [batch] if self.group else [[each] for each in batch]
            for group in groups:
                if group:
                    self._commit(group)
                    self._forget(group)
            if self._file >= 0 and self._size and (stopping or self._is_due()):
                self._seal()
            if stopping and not batch:
                return

    def _forget(self, group: list[tuple[bytes, Promise]]) -> None:
        with self._wake:
            self._waiting_bytes -= sum(len(frame) for frame, _ in group)

    def _patience(self) -> float | None:
        return max(0.0, max(self._due_at, self._look_again_at) - time.monotonic()) if self._size else None

    def _is_due(self) -> bool:
        """Whether the file is large or old enough, and of use to the drain now."""
        now = time.monotonic()
        if self._size >= SEAL_BYTES or now >= self._opened_at + SEAL_SECONDS_OF_WAITING:
            return True
        if now < max(self._due_at, self._look_again_at):
            return False
        if next(self.folder.glob("*.seg"), None) is None:
            return True
        self._look_again_at = now + WAITING_LOOK_SECONDS
        return False

    @property
    def _due_at(self) -> float:
        return self._opened_at + (SEAL_SECONDS if self._size < MUCH_BYTES else SEAL_SECONDS_OF_MUCH)

    def _commit(self, batch: list[tuple[bytes, Promise]]) -> None:
        """Write all frames, make them durable once, and tell everybody."""
        error: Exception | None = None
        try:
            if self._file < 0:
                self._open_anew()
            self._write_all(b"".join(frame for frame, _ in batch))
        except Exception as reason:
            log.error("The spool could not be written: %s", reason)
            error = SpoolUnavailable(f"The spool could not be written: {reason}")
            self._take_back()
        _tell([waiting for _, waiting in batch], error)

    def _open_anew(self) -> None:
        try:
            self._open()
        except FileNotFoundError:
            self._open()

    def _open(self) -> None:
        if self._is_left_behind:
            self._is_left_behind = False
            self.adopt_orphans()
        # A later segment has a later name, although the clock may be put back: names order what was sent.
        self._named_at = max(time.time_ns(), self._named_at + STEP_NS)
        path = self.folder / f"{self._named_at:020d}-{secrets.token_hex(6)}.open"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not _is_at(path, handle):
                raise FileNotFoundError("Another process took the new file for one that was left behind.")
            self._sync_folder()
        except OSError:
            os.close(handle)
            path.unlink(missing_ok=True)
            raise
        self._file, self._path, self._size, self._opened_at = handle, path, 0, time.monotonic()

    def _write_all(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        with meters.FSYNC.time():
            os.fdatasync(self._file)
        if not self._size:
            self._opened_at = time.monotonic()
        self._size += len(data)

    def _take_back(self) -> None:
        """After a failed write nothing half-written may stay before later frames: cut it off, or begin a new file."""
        if self._file < 0:
            return
        try:
            os.ftruncate(self._file, self._size)
            os.lseek(self._file, self._size, os.SEEK_SET)
        except OSError:
            self._seal()

    def _seal(self) -> None:
        """Close the file under its final name. Where it cannot be renamed, the next file or start adopts it."""
        handle, self._file = self._file, -1
        try:
            self._path.rename(self._path.with_suffix(".seg"))
        except OSError as reason:
            log.error("The spool file %s could not be sealed: %s", self._path, reason)
            self._is_left_behind = True
        self._size = 0
        with suppress(OSError):
            os.close(handle)
        self.sealed.set()

    def _sync_folder(self) -> None:
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_at(path: Path, handle: int) -> bool:
    """Whether an open file still has this name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _size_of(file: Path) -> int:
    """How many bytes a file has; none when it was drained a moment ago."""
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def begun_at(segment: str) -> int:
    """When a segment was begun, in milliseconds since 1970; 0 where its name does not say."""
    found = NAMED.search(segment)
    return int(found[1]) // STEP_NS if found else 0


def _tell(waiting: list[Promise], error: Exception | None) -> None:
    loops: dict[AbstractEventLoop, list[Soon]] = {}
    for each in waiting:
        if isinstance(each, Future):
            _settle(each, error)
        else:
            loops.setdefault(each.get_loop(), []).append(each)
    for loop, futures in loops.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, futures, error)


def _settle_all(futures: list[Soon], error: Exception | None) -> None:
    for future in futures:
        _settle(future, error)


def _settle(future: Promise, error: Exception | None) -> None:
    if future.done():
        return
    try:
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
    except Exception:  # the others are told all the same
        log.exception("Somebody could not be told what became of a frame.")
