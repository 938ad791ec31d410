"""Tables as files for Excel and other programs: CSV that streams, XLSX that is written row by row."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import IO, Any

Cell = str | int | float | Decimal | bool | date | datetime | None

# The title of a sheet, and its rows of a name and what it says
Notes = tuple[str, Iterable[tuple[str, Cell]]]

BYTE_ORDER_MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_ROWS = 1_048_576
XLSX_TEXT = 32_767


class TooManyRows(ValueError):
    """The table does not fit an Excel sheet."""


def harmless(text: str) -> str:
    """Text that a spreadsheet will show and not run: a quote goes before what it would read as a formula.

    After OWASP's "CSV Injection"; full-width signs are there because Excel takes them too.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, zone: tzinfo = UTC) -> Iterator[bytes]:
    """A CSV file in UTF-8, piece by piece.

    It begins with a byte order mark so that Excel reads Chinese. Moments are shown in ``zone``, dates as
    ``2026-03-25``, nothing as an empty field. Numbers stay numbers, also negative ones.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([harmless(head) for head in heads])
    for row in rows:
        writer.writerow([_csv_cell(cell, zone) for cell in row])
        if buffer.tell() > 32_768:
            yield _drained(buffer)
    yield _drained(buffer)


def _csv_cell(cell: Cell, zone: tzinfo) -> str | int | float | Decimal:
    if cell is None or cell != cell:  # not a number: unknown
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else cell


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def write_xlsx(
    out: IO[bytes],
    heads: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    zone: tzinfo = UTC,
    title: str = "Sheet1",
    notes: Notes | None = None,
) -> int:
    """Write one sheet into ``out`` (a binary file that can seek) and give the number of rows below the head.

    ``notes`` go to a second sheet.

    Memory stays constant: a row is on disk before the next begins. Text is always text, never a formula or a link;
    text beyond Excel's 32,767 characters ends with ``…``. Raises TooManyRows beyond 1,048,575 rows.
    """
    import xlsxwriter  # only where there is a file to write, not in every process

    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}
    )
    try:
        sheet = book.add_worksheet(_sheet_name(title))
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, max(0, len(heads) - 1), 16)
        for column, text in enumerate(heads):
            sheet.write_string(0, column, text, head)
        count = 0
        for count, row in enumerate(rows, start=1):
            if count >= XLSX_ROWS:
                raise TooManyRows(f"An Excel sheet holds {XLSX_ROWS - 1:,} rows. Export CSV, or filter the list first.")
            for column, cell in enumerate(row):
                _write_cell(sheet, count, column, cell, zone, day, moment)
        if notes is not None:
            beside = book.add_worksheet(_sheet_name(notes[0]))
            beside.set_column(0, 0, 24)
            beside.set_column(1, 1, 80)
            for place, (name, cell) in enumerate(notes[1]):
                beside.write_string(place, 0, name, head)
                _write_cell(beside, place, 1, cell, zone, day, moment)
    finally:
        book.close()
    return count


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, zone: tzinfo, day: Any, moment: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.astimezone(zone).replace(tzinfo=None), moment)
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif isinstance(cell, str):
        sheet.write_string(row, column, cell if len(cell) <= XLSX_TEXT else f"{cell[: XLSX_TEXT - 1]}…")
    elif cell == cell and abs(cell) != float("inf"):
        sheet.write_number(row, column, cell)


def _sheet_name(title: str) -> str:
    """A title without the signs that Excel refuses, at most 31 characters."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31].strip() or "Sheet1"
