"""Acknowledged means on disk; a torn tail was never acknowledged; a failed write leaves nothing half-written."""

import asyncio
import errno
import fcntl
import os
import threading
from pathlib import Path

import pytest

from evergrow.intake.capture import frames
from evergrow.intake.capture.spool import SEAL_SECONDS, SEAL_SECONDS_OF_MUCH, Spool, SpoolUnavailable


def bodies(*files: Path) -> list[bytes]:
    return [frame.body for file in files for frame in frames.read(file)]


@pytest.fixture
def spool(tmp_path: Path):
    spool = Spool(tmp_path)
    spool.start()
    yield spool
    spool.stop()


def test_what_was_written_is_read_back_in_order(spool: Spool) -> None:
    for number in range(50):
        spool.write(frames.pack({"w": 1}, str(number).encode()))
    spool.stop()
    assert bodies(*spool.segments()) == [str(number).encode() for number in range(50)]
    assert list(spool.folder.glob("*.open")) == []


def test_one_fsync_serves_all_that_wait(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs = []
    slow = threading.Event()
    real = os.fdatasync

    def sync(handle: int) -> None:
        syncs.append(handle)
        slow.wait(0.05)
        real(handle)

    monkeypatch.setattr(os, "fdatasync", sync)
    writers = [threading.Thread(target=spool.write, args=(frames.pack({}, b"x" * 100),)) for _ in range(40)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(syncs) < 10
    spool.stop()
    assert len(bodies(*spool.segments())) == 40


def test_nothing_is_acknowledged_before_it_is_on_disk(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (hold.wait(5), real(handle)))
    done = threading.Event()
    writer = threading.Thread(target=lambda: (spool.write(frames.pack({}, b"x")), done.set()))
    writer.start()
    assert not done.wait(0.1)
    hold.set()
    assert done.wait(5)
    writer.join()


def test_a_torn_tail_ends_the_reading_and_the_rest_counts(tmp_path: Path) -> None:
    whole = frames.pack({}, b"one") + frames.pack({}, b"two")
    file = tmp_path / "1.seg"
    for cut in range(1, len(frames.pack({}, b"three"))):
        file.write_bytes(whole + frames.pack({}, b"three")[:cut])
        assert bodies(file) == [b"one", b"two"]
    damaged = bytearray(whole)
    damaged[-1] ^= 1
    file.write_bytes(damaged)
    assert bodies(file) == [b"one"]


def test_what_a_killed_process_left_is_taken_over_and_a_living_ones_file_is_not(spool: Spool) -> None:
    spool.write(frames.pack({}, b"mine"))
    (spool.folder / "0-dead.open").write_bytes(frames.pack({}, b"orphan") + b"EGF1 torn")
    neighbour = Spool(spool.folder)
    neighbour.start()
    neighbour.stop()
    assert bodies(*spool.segments()) == [b"orphan"]
    assert len(list(spool.folder.glob("*.open"))) == 1
    spool.write(frames.pack({}, b"mine too"))
    spool.stop()
    assert bodies(*spool.segments()) == [b"orphan", b"mine", b"mine too"]


def test_a_disk_that_fills_up_in_the_middle_of_a_write_leaves_no_half(spool: Spool, monkeypatch) -> None:
    spool.write(frames.pack({}, b"before"))
    real = os.write

    def half(handle: int, data: memoryview) -> int:
        if len(data) > 500:
            return real(handle, data[:200])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(SpoolUnavailable, match="No space left"):
        spool.write(frames.pack({}, b"x" * 600))
    monkeypatch.setattr(os, "write", real)
    spool.write(frames.pack({}, b"after"))
    spool.stop()
    assert bodies(*spool.segments()) == [b"before", b"after"]


def test_a_spool_that_stopped_takes_nothing(spool: Spool) -> None:
    spool.stop()
    with pytest.raises(SpoolUnavailable):
        spool.write(b"")


def test_a_file_is_sealed_by_itself_soon_after_its_first_frame(spool: Spool) -> None:
    spool.write(frames.pack({}, b"x"))
    assert spool.sealed.wait(3)
    assert len(spool.segments()) == 1
    assert spool.depth() > 0


def test_a_file_that_cannot_be_renamed_stops_nobody_and_is_adopted_later(spool: Spool, monkeypatch) -> None:
    real = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, target: (_ for _ in ()).throw(OSError(errno.EIO, "no rename")))
    spool.write(frames.pack({}, b"first"))
    spool._seal()
    spool.write(frames.pack({}, b"second"))
    monkeypatch.setattr(Path, "rename", real)
    spool.stop()
    spool.adopt_orphans()
    assert sorted(bodies(*spool.segments())) == [b"first", b"second"]


def test_what_is_being_sealed_still_waits(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for the spool to be empty must not find it so between the two names of a file."""
    seen: list[int] = []
    rename = Path.rename

    def watched(file: Path, target: Path) -> Path:
        seen.append(spool.depth())
        renamed = rename(file, target)
        seen.append(spool.depth())
        return renamed

    monkeypatch.setattr(Path, "rename", watched)
    spool.write(frames.pack({"w": 1}, b"x" * 100))
    spool.stop()
    assert len(seen) == 2
    assert min(seen) > 100
    assert spool.depth() == spool.segments()[0].stat().st_size


def test_a_file_that_was_drained_a_moment_ago_has_no_bytes(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "segments", lambda: [spool.folder / "gone.seg"])
    assert spool.depth() == 0


def test_no_more_waits_in_memory_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path, max_waiting=1000)
    spool.start()
    hold, reached = threading.Event(), threading.Event()
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (reached.set(), hold.wait(5), real(handle)))
    frame = frames.pack({}, b"x" * 600)
    writer = threading.Thread(target=spool.write, args=(frame,))
    writer.start()
    assert reached.wait(5)
    with pytest.raises(SpoolUnavailable, match="too slow"):
        spool.write(frame)
    hold.set()
    writer.join()
    spool.write(frame)
    spool.stop()
    assert bodies(*spool.segments()) == [b"x" * 600] * 2


def test_a_folder_that_cannot_be_synced_costs_no_handle_and_leaves_no_file(spool: Spool, monkeypatch) -> None:
    real = os.fsync
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(errno.EIO, "no sync")))
    for _ in range(5):
        with pytest.raises(SpoolUnavailable, match="no sync"):
            spool.write(frames.pack({}, b"x"))
    assert len(os.listdir("/proc/self/fd")) == before
    assert list(spool.folder.iterdir()) == []
    monkeypatch.setattr(os, "fsync", real)
    spool.write(frames.pack({}, b"after"))
    spool.stop()
    assert bodies(*spool.segments()) == [b"after"]


def test_a_new_file_that_another_process_takes_for_an_orphan_is_not_written(spool: Spool, monkeypatch) -> None:
    """It could be drained and deleted while we write to it."""
    neighbour, real, first = Spool(spool.folder), fcntl.flock, []

    def lock(handle: int, how: int) -> None:
        if how == fcntl.LOCK_EX and not first:
            first.append(handle)
            neighbour.adopt_orphans()
            for file in neighbour.segments():
                file.unlink()
        real(handle, how)

    monkeypatch.setattr(fcntl, "flock", lock)
    spool.write(frames.pack({}, b"x"))
    spool.stop()
    assert bodies(*spool.segments()) == [b"x"]


def test_a_file_that_could_not_be_sealed_is_taken_up_by_the_next_one(spool: Spool, monkeypatch) -> None:
    real = Path.rename
    monkeypatch.setattr(Path, "rename", lambda self, target: (_ for _ in ()).throw(OSError(errno.EIO, "no rename")))
    spool.write(frames.pack({}, b"first"))
    spool.stop()
    monkeypatch.setattr(Path, "rename", real)
    spool._stopping, spool._is_full = False, False
    spool._stopping = False
    spool._thread = threading.Thread(target=spool._run, daemon=True)
    spool._thread.start()
    spool.write(frames.pack({}, b"second"))
    spool.stop()
    assert sorted(bodies(*spool.segments())) == [b"first", b"second"]


def test_a_loop_that_ends_while_its_request_waits_does_not_end_the_spool(spool: Spool, monkeypatch) -> None:
    hold, real = threading.Event(), os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (hold.wait(5), real(handle)))
    loop = asyncio.new_event_loop()
    spool.append(frames.pack({}, b"first"), loop)
    monkeypatch.setattr(loop, "is_closed", lambda: False)
    loop.close()
    hold.set()
    spool.write(frames.pack({}, b"second"))
    spool.stop()
    assert bodies(*spool.segments()) == [b"first", b"second"]


def test_while_much_comes_in_files_are_sealed_less_often(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool._opened_at, spool._size = 100.0, 1_000
    assert spool._due_at == 100.0 + SEAL_SECONDS
    spool._size = 1_000_000
    assert spool._due_at == 100.0 + SEAL_SECONDS_OF_MUCH > 100.0 + SEAL_SECONDS
