"""A file system of its own that can be filled to the last byte."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def small_disk(folder: Path, mebibytes: int) -> Iterator[Path | None]:
    """A file system of its own at ``folder`` that can be filled to the last byte; None where none can be made."""
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if made.returncode:
        yield None
        return
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder: Path) -> Path:
    """Leave no byte free on the file system of ``folder``; the file to delete afterwards."""
    filler = folder / "filler"
    block = b"\0" * 1024 * 1024
    with filler.open("wb", buffering=0) as file:
        while len(block):
            try:
                file.write(block)
            except OSError:
                block = block[: len(block) // 2]
    return filler
