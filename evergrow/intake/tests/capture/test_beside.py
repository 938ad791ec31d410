"""The server's side of the process that drains: begun, woken, begun again, listened to."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evergrow.intake.capture import beside
from evergrow.intake.capture.beside import ENDED, DrainProcess
from evergrow.intake.capture.drain import News
from evergrow.intake.capture.spool import Spool
from evergrow.warehouse.sharing import Host

pytestmark = pytest.mark.once
WAITS = "import sys; print(len(sys.stdin.buffer.read()), flush=True)"


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def begun(monkeypatch) -> list["subprocess.Popen[bytes]"]:
    """The processes that were begun; they wait for the end of their input and say how much came."""
    found: list[subprocess.Popen[bytes]] = []

    def begin(_host: Host) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-c", WAITS]
        found.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0))
        return found[-1]

    monkeypatch.setattr(beside, "begin", begin)
    return found


@pytest.fixture
def drain(tmp_path: Path, begun: list["subprocess.Popen[bytes]"]) -> Iterator[DrainProcess]:
    found = DrainProcess(Spool(tmp_path))
    found.start()
    until(lambda: bool(begun))
    yield found
    found.stop()


def test_it_is_woken_by_what_was_sealed_and_ends_with_its_input(
    drain: DrainProcess, begun: list["subprocess.Popen[bytes]"]
) -> None:
    for _ in range(2):
        drain.spool.sealed.set()
        until(lambda: not drain.spool.sealed.is_set())
    time.sleep(0.05)
    drain.stop()
    assert begun[0].stdout is not None
    assert int(begun[0].stdout.read()) >= 2
    assert begun[0].returncode == 0
    assert len(begun) == 1


def test_one_that_was_killed_is_begun_again_and_the_trouble_is_said_until_it_works(
    drain: DrainProcess, begun: list["subprocess.Popen[bytes]"]
) -> None:
    begun[0].kill()
    until(lambda: len(begun) == 2)
    assert drain.trouble == ENDED
    drain.hear(News(0, 0, 0, ""))
    assert drain.trouble == ""


def test_counts_go_on_over_a_new_process_and_a_repeated_part_counts_once(tmp_path: Path) -> None:
    drain = DrainProcess(Spool(tmp_path))
    drain.hear(News(10, 1, 0, "", part="a"))
    drain.hear(News(30, 1, 2, "", part="b"))
    assert (drain.counted, drain.duplicates, drain.rejected) == (30, 1, 2)
    drain.begin_anew()
    drain.hear(News(20, 0, 2, "", part="b"))  # was told before the process was killed
    drain.hear(News(25, 4, 2, "", part="c"))
    assert (drain.counted, drain.duplicates, drain.rejected) == (35, 5, 2)


def test_trouble_is_heard_without_anything_being_counted(tmp_path: Path) -> None:
    drain = DrainProcess(Spool(tmp_path))
    drain.hear(News(0, 0, 0, "The disk is full."))
    assert (drain.trouble, drain.counted) == ("The disk is full.", 0)
