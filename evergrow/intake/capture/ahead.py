"""Reading on while nobody asks: the file that still grows, so that little is left to read once it is sealed.

What was written last may be taken back after a failed write, and other frames come in its place. So the bytes that were
read are kept, and held against the file once it is asked for: where they differ, it is read anew.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from evergrow.intake.capture import frames, reading
from evergrow.intake.capture.reading import Progress, Reading

STEP = 512 * 1024  # so much at a time: whoever asks waits no longer


class Ahead:
    """What was read of one file, before it was asked for. ``least`` is the size in bytes from which on files are."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.apart: frozenset[int] = frozenset()
        self.least = 0
        self._progress: Progress | None = None
        self._how: tuple[frozenset[int], int] = (self.apart, 0)
        self._parts: list[Reading] = []
        self._bytes: list[bytes] = []
        self._left = ""

    def step(self) -> bool:
        """Read a little more of the file that grows; False when there is nothing to read now."""
        if self._progress is None and not self._begin():
            return False
        try:
            return self._go_on()
        except Exception:  # whoever asks for the file hears what is wrong with it
            self._leave()
            return False

    def read(self, file: Path, apart: Collection[int]) -> Iterator[Reading]:
        """A sealed segment in parts, as ``reading.read`` gives them, going on where it was left."""
        self.folder, self.apart = file.parent, frozenset(apart)
        progress = self._progress
        if progress is None or progress.segment != file.stem:
            yield from reading.read(file, apart)
            return
        parts, known = self._parts, self._bytes
        is_same = self._how == (self.apart, reading.PART)
        self._leave()
        data = file.read_bytes()
        if not is_same or not _begins_with(data, known):
            yield from reading.read(file, apart)
            return
        yield from parts
        yield from progress.go_on(frames.within(data[progress.end :], progress.end))
        yield progress.last()

    def _begin(self) -> bool:
        """Choose the newest file that grows, once it is large enough to be asked for."""
        if self.folder is None:
            return False
        newest = max(self.folder.glob("*.open"), default=None)
        if newest is None or newest.stem == self._left or _size_of(newest) < self.least:
            return False
        self._progress = Progress(newest.stem, self.apart)
        self._how = (self.apart, reading.PART)
        return True

    def _go_on(self) -> bool:
        progress = self._progress
        data = self._more(STEP)
        if progress is None or not data:
            return False
        before = progress.end
        self._parts.extend(progress.go_on(frames.within(data, before)))
        if progress.end == before and len(data) == STEP:  # one frame is larger than that
            data = self._more(-1)
            self._parts.extend(progress.go_on(frames.within(data, before)))
        self._bytes.append(data[: progress.end - before])
        return progress.end > before

    def _more(self, size: int) -> bytes:
        """What comes next in the file, whether it still grows or is sealed; nothing when it is gone."""
        if self._progress is None or self.folder is None:
            return b""
        for kind in ("open", "seg"):
            with suppress(FileNotFoundError), (self.folder / f"{self._progress.segment}.{kind}").open("rb") as file:
                file.seek(self._progress.end)
                return file.read(size)
        self._leave()
        return b""

    def _leave(self) -> None:
        """Forget what was read; the same file is not begun again."""
        if self._progress is not None:
            self._left = self._progress.segment
        self._progress, self._parts, self._bytes = None, [], []


def _begins_with(data: bytes, pieces: list[bytes]) -> bool:
    place = 0
    for piece in pieces:
        if not data.startswith(piece, place):
            return False
        place += len(piece)
    return True


def _size_of(file: Path) -> int:
    """How many bytes a file has; none when it was sealed a moment ago."""
    try:
        return os.stat(file).st_size
    except FileNotFoundError:
        return 0
