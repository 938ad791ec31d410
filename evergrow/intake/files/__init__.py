"""Files people bring: CSV, CSV.gz, Excel, JSON lines. Each reader yields rows of text under the same columns."""

from collections.abc import Iterator
from pathlib import Path

from evergrow.intake.files import delimited, excel, json_lines
from evergrow.intake.files.layout import Layout, UnusableFile, refuse_other_formats

__all__ = ["Layout", "UnusableFile", "examine", "read"]

MAX_COLUMNS = 300
EXAMINE = {"csv": delimited.examine, "xlsx": excel.examine, "jsonl": json_lines.examine}
READ = {"csv": delimited.read, "xlsx": excel.read, "jsonl": json_lines.read}


def examine(path: Path, name: str) -> Layout:
    """How the file has to be read: form, encoding, delimiter, columns and number of rows.

    ``name`` is the name it had where it came from. Raises UnusableFile with a sentence that says what to do.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    form = refuse_other_formats(head, name)
    layout = EXAMINE[form](path)
    if not layout.rows:
        raise UnusableFile("no_rows")
    if len(layout.columns) > MAX_COLUMNS:
        raise UnusableFile("too_many_columns", count=len(layout.columns), limit=MAX_COLUMNS)
    return layout


def read(path: Path, layout: Layout) -> Iterator[list[str]]:
    """The rows below the head, each as many cells of text as there are columns. An empty line gives ``[]``.

    The first row yielded is row 2, as a spreadsheet would count.
    """
    return READ[layout.form](path, layout)
