"""How much memory a server and its helpers really have, looked at again and again while they work.

Two sums would say more than a machine ever gave: of what each process had at most, at a moment of its own, and of what
each has mapped, where they share libraries. Memory that is each process's alone is added up at the same moment;
mapped files count by shares (Pss), once for all who have them.
"""

import re
import threading
from contextlib import suppress
from pathlib import Path

LOOK_SECONDS = 0.1  # at numbers that the system keeps anyway: half a millisecond for all
FILES_LOOK_SECONDS = 3.0  # the shares are counted page by page: 20 ms for a server
OWN = re.compile(r"^Rss(?:Anon|Shmem):\s+(\d+) kB", re.MULTILINE)
FILES = re.compile(r"^Pss_File:\s+(\d+) kB", re.MULTILINE)


class Watch:
    """Looks at a process and those that it began, in a thread of its own, until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._own = self._files = 0
        self._is_done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="memory", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Before the process ends."""
        self._is_done.set()
        self._thread.join()

    def peak_mib(self) -> int:
        """The most memory of their own that they had together so far, with the most that their files took, in MiB.

        Raises RuntimeError where the system does not tell.
        """
        if not self._is_done.is_set():
            self.look()
        if not (self._own and self._files):
            raise RuntimeError("The memory of the server cannot be read from /proc.")
        return round((self._own + self._files) / 1024)

    def look(self, *, at_files: bool = True) -> None:
        """Once, at what they have now."""
        pids = family(self.pid)
        self._own = max(self._own, sum(_kib(pid, "status", OWN) for pid in pids))
        if at_files:
            self._files = max(self._files, sum(_kib(pid, "smaps_rollup", FILES) for pid in pids))

    def _run(self) -> None:
        looks = 0
        while not self._is_done.wait(LOOK_SECONDS):
            self.look(at_files=looks % round(FILES_LOOK_SECONDS / LOOK_SECONDS) == 0)
            looks += 1


def family(pid: int) -> list[int]:
    """A process, those that it began, and those that these began; they come and go."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def _kib(pid: int, name: str, what: re.Pattern[str]) -> int:
    """What a file of a process adds up to; nothing when the process has ended."""
    try:
        return sum(map(int, what.findall(Path(f"/proc/{pid}/{name}").read_text())))
    except OSError:
        return 0
