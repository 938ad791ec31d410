"""The file of bad rows: each row as it came, with its number and the reasons in both languages."""

import os
from collections.abc import Iterable

from evergrow.intake.columns import REPORT_COLUMNS
from evergrow.intake.kinds.kind import Chunk
from evergrow.intake.models import Import
from evergrow.lib import sheets


def append(source: Import, chunk: Chunk) -> int:
    """Write the bad rows of a chunk behind those of the chunks before; the size of the file after that in bytes.

    What a run that was killed had written beyond its checkpoint is cut off first. Correct the rows in the file and
    import it: the first three columns are left out by themselves.
    """
    if not chunk.problems and not source.rejected_path.exists():
        return 0
    source.folder.mkdir(parents=True, exist_ok=True)
    with source.rejected_path.open("r+b" if source.rejected_path.exists() else "w+b") as file:
        file.truncate(source.rejected_bytes)
        file.seek(source.rejected_bytes)
        pieces = sheets.csv_lines([*REPORT_COLUMNS, *source.layout["columns"]], rows(chunk))
        text = b"".join(pieces)
        if source.rejected_bytes:
            text = text.split(b"\r\n", 1)[1]
        if chunk.problems:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return file.tell()


def rows(chunk: Chunk) -> Iterable[list[str | int]]:
    for index, problems in sorted(chunk.problems.items()):
        told = ["; ".join(problem.told(language) for problem in problems) for language in ("en", "zh-hans")]
        yield [chunk.lines[index], *told, *chunk.raw[index]]
