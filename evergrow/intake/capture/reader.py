"""Reading segments in a process of its own, so that the door answers meanwhile: two processes, two interpreter locks.

The process holds nothing that matters. It is begun when much comes in, reads the segments that it is told (a line of
JSON each) and answers with what stands in them; meanwhile it reads on in the file that still grows (``ahead``). It ends
when its input does, so also when this process is killed. When it fails, the drain reads the segment itself.
See docs/decisions/0016-segments-are-read-beside-the-door.md.
"""

import gc
import logging
import os
import pickle
import select
import signal
import struct
import subprocess
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

import orjson
import pyarrow as pa

from evergrow.intake.capture import reading
from evergrow.intake.capture.ahead import Ahead
from evergrow.intake.capture.reading import Reading
from evergrow.lib import children
from evergrow.lib.filled import filled

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 30.0  # after it failed
PIPE_BYTES = 1024 * 1024
AHEAD = 2
COLLECT_EVERY = 20
LOOK_SECONDS, MOOD_SECONDS = 0.05, 3.0  # how often the file that grows is looked at, and how long after an answer
HEAD = struct.Struct("<cQ")
PART, LAST, FAILED = b"p", b"l", b"f"


class ReaderFailed(Exception):
    """The process ended, hung or could not read a segment."""


class Reader:
    """The process, from the drain's side. To be used by one thread.

    Segments of fewer bytes than ``worth_it`` are read here: they are read sooner than they are handed over.
    """

    def __init__(self, worth_it: int) -> None:
        self.worth_it = worth_it
        self._process: subprocess.Popen[bytes] | None = None
        self._asked: deque[Path] = deque()
        self._not_before = 0.0

    @property
    def pid(self) -> int | None:
        """The process's number while it lives."""
        return self._process.pid if self._process is not None else None

    def read(self, file: Path, apart: Collection[int], then: Collection[Path] = ()) -> Iterator[Reading]:
        """A segment in parts, as ``reading.read`` gives them; segments that come ``then`` are begun meanwhile."""
        if not self._is_worth_it(file):
            yield from reading.read(file, apart)
            return
        number = 0
        try:
            for part in self._parts(file, apart, then):
                yield part
                number += 1
        except ReaderFailed as reason:
            log.warning("The segment %s is read in the server's own process: %s", file.name, reason)
            self.stop()
            self._not_before = time.monotonic() + PAUSE_SECONDS
            for place, part in enumerate(reading.read(file, apart)):
                if place >= number:
                    yield part

    def stop(self) -> None:
        """End the process; the next segment begins another."""
        process, self._process = self._process, None
        self._asked.clear()
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _is_worth_it(self, file: Path) -> bool:
        return file.stat().st_size >= self.worth_it and time.monotonic() >= self._not_before

    def _parts(self, file: Path, apart: Collection[int], then: Collection[Path]) -> Iterator[Reading]:
        if self._asked and self._asked[0] != file:
            self.stop()  # something was not done, and the order is another one now
        for each in (file, *then):
            if each not in self._asked and len(self._asked) < AHEAD and self._is_worth_it(each):
                self._ask(each, apart)
        is_last = False
        try:
            while not is_last:
                kind, content = self._answer()
                if kind == FAILED:
                    raise ReaderFailed(bytes(content).decode(errors="replace"))
                if is_last := kind == LAST:
                    self._asked.popleft()
                yield unpacked(content)
        finally:
            if not is_last:
                self.stop()  # answers that nobody waits for any more are under way

    def _ask(self, file: Path, apart: Collection[int]) -> None:
        process = self._process = self._process or begin()
        try:
            if process.stdin is None:
                raise BrokenPipeError
            process.stdin.write(orjson.dumps([str(file), sorted(apart), reading.PART, self.worth_it]) + b"\n")
            process.stdin.flush()
        except OSError as error:
            raise ReaderFailed(f"it does not listen ({error})") from error
        self._asked.append(file)

    def _answer(self) -> tuple[bytes, memoryview]:
        kind, length = HEAD.unpack(self._bytes(HEAD.size))
        return kind, self._bytes(length)

    def _bytes(self, size: int) -> memoryview:
        if self._process is None or self._process.stdout is None:
            raise ReaderFailed("it was not begun")
        handle = self._process.stdout.fileno()

        def read_into(left: memoryview) -> int:
            if not select.select([handle], [], [], PATIENCE_SECONDS)[0]:
                raise ReaderFailed(f"it said nothing for {PATIENCE_SECONDS:.0f} seconds")
            return os.readv(handle, [left])

        content = filled(read_into, size)
        if content is None:
            raise ReaderFailed("it ended")
        return content


def begin() -> "subprocess.Popen[bytes]":
    """The process. It is a fresh interpreter, never a copy of this one, whose event store must not be copied."""
    process = subprocess.Popen(
        children.command(__name__),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=children.environment(),
    )
    widen(process.stdout.fileno() if process.stdout else -1)
    return process


def widen(pipe: int) -> None:
    """Let more fit into a pipe, where the system can."""
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


def packed(part: Reading) -> tuple[bytes, bytes, pa.Buffer]:
    """What was read as bytes, which belong behind each other."""
    out = pa.BufferOutputStream()
    with pa.ipc.new_stream(out, part.plain.schema) as stream:
        stream.write_table(part.plain)
    fields = (part.name, part.requests, part.ids, part.words, part.others, part.end, part.is_last)
    head = pickle.dumps(fields, protocol=5)
    return struct.pack("<Q", len(head)), head, out.getvalue()


def unpacked(content: memoryview) -> Reading:
    """The same again. The bytes come from a process that we began, and from no one else."""
    (length,) = struct.unpack_from("<Q", content)
    view = content[8:]
    name, requests, ids, words, others, end, is_last = pickle.loads(view[:length])  # noqa: S301
    plain = pa.ipc.open_stream(pa.py_buffer(view[length:])).read_all()
    return Reading(name, requests, plain, ids, words, others, end, is_last)


def main() -> None:
    """Read what is asked for until the input ends."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever prints something must not disturb the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server stops, and tells us by ending our input
    gc.collect()
    gc.freeze()
    gc.disable()  # what is read holds no cycles; errors may, so look from time to time
    ahead = Ahead()
    for number, line in enumerate(asked(0, ahead.step)):
        file, apart, reading.PART, ahead.least = orjson.loads(line)
        try:
            for part in ahead.read(Path(file), set(apart)):
                tell(answers, LAST if part.is_last else PART, *packed(part))
        except BrokenPipeError:
            return
        except Exception as error:
            tell(answers, FAILED, repr(error)[:500].encode())
        if number % COLLECT_EVERY == 0:
            gc.collect()


def asked(handle: int, meanwhile: Callable[[], bool]) -> Iterator[bytes]:
    """The lines that come in until the input ends.

    After a line, while no other one comes, ``meanwhile`` is called again and again; less often when it did nothing.
    """
    coming, until = b"", 0.0
    while True:
        *lines, coming = coming.split(b"\n")
        for line in lines:
            yield line
            until = time.monotonic() + MOOD_SECONDS
        is_busy = time.monotonic() < until and meanwhile()
        patience = 0.0 if is_busy else LOOK_SECONDS if time.monotonic() < until else None
        if select.select([handle], [], [], patience)[0]:
            data = os.read(handle, 65_536)
            if not data:
                return
            coming += data


def tell(handle: int, kind: bytes, *content: bytes | pa.Buffer) -> None:
    """Send one answer, whose content is in parts."""
    for data in (HEAD.pack(kind, sum(map(len, content))), *content):
        view = memoryview(data)
        while view:
            view = view[os.write(handle, view) :]
