"""Excel (.xlsx): the first sheet with something in it."""

import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from evergrow.intake.files.delimited import unique
from evergrow.intake.files.layout import Layout, UnusableFile, refuse_bomb

BROKEN = (zipfile.BadZipFile, KeyError, ValueError, ParseError, EOFError, OSError)


def examine(path: Path) -> Layout:
    """Sheet and columns of a workbook."""
    try:
        book = _open(path)
        names = list(book.sheetnames)
        for name in names:
            rows = _rows(book[name])
            head = next(rows, None)
            if head is None:
                continue
            if not any(head):
                raise UnusableFile("no_head")
            while head and not head[-1]:
                head.pop()
            count = sum(1 for _ in rows)
            others = [other for other in names if other != name]
            return Layout("xlsx", unique(head), count, sheet=name, other_sheets=others)
    except UnusableFile:
        raise
    except BROKEN as error:
        raise UnusableFile("broken_excel") from error
    raise UnusableFile("empty")


def read(path: Path, layout: Layout) -> Iterator[list[str]]:
    """The rows below the head as text; dates become ISO dates."""
    width = len(layout.columns)
    try:
        rows = _rows(_open(path)[layout.sheet])
        next(rows, None)
        for row in rows:
            yield [*row, *[""] * (width - len(row))][:width] if any(row) else []
    except FileNotFoundError as error:
        raise UnusableFile("missing") from error
    except BROKEN as error:
        raise UnusableFile("broken_excel") from error


def _open(path: Path) -> Any:
    import openpyxl  # only where there is a workbook, not in every process
    from openpyxl.utils.exceptions import InvalidFileException

    with zipfile.ZipFile(path) as archive:
        refuse_bomb(sum(part.file_size for part in archive.infolist()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(path.open("rb"), read_only=True, data_only=True)
        except InvalidFileException as error:
            raise UnusableFile("broken_excel") from error


def _rows(sheet: Any) -> Iterator[list[str]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in sheet.iter_rows(values_only=True):
            yield [as_text(value) for value in row]


def as_text(value: Any) -> str:
    """A cell as a person would type it: 12 rather than 12.0, ISO dates, yes and no as true and false."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return repr(value.total_seconds() / 3600)
    return str(value).strip()
