"""CSV and its relatives: comma, tab, semicolon or bar between the cells; plain or gzip."""

import csv
import io
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from evergrow.intake.files import encodings
from evergrow.intake.files.layout import Layout, UnusableFile, open_bytes

DELIMITERS = (",", "\t", ";", "|")
LOOKED_AT = 50


def examine(path: Path) -> Layout:
    """Encoding, delimiter and columns of a delimited file."""
    csv.field_size_limit(1_000_000)
    encoding = encodings.detect(path)
    with _text(path, encoding) as text:
        sample = list(islice(text, LOOKED_AT))
    delimiter = best_delimiter(sample)
    rows = _records(path, encoding, delimiter)
    head = next(rows, [])
    if not any(cell.strip() for cell in head):
        raise UnusableFile("no_head")
    count = sum(1 for _ in rows)
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return Layout("csv", unique(head), count, encoding, delimiter, is_gzip)


def read(path: Path, layout: Layout) -> Iterator[list[str]]:
    """The rows below the head, cut or filled to the number of columns."""
    csv.field_size_limit(1_000_000)
    width = len(layout.columns)
    rows = _records(path, layout.encoding, layout.delimiter)
    next(rows, None)
    for row in rows:
        if len(row) == width:
            yield row
        elif row:
            yield [*row, *[""] * (width - len(row))][:width]
        else:
            yield row


def best_delimiter(lines: list[str]) -> str:
    """The delimiter that cuts most of the lines into the same number (over one) of cells; a comma when none does."""

    def score(delimiter: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        if not widths or widths[0] < 2:
            return (0.0, 0)
        return (widths.count(widths[0]) / len(widths), widths[0])

    return max(DELIMITERS, key=score)


def unique(head: list[str]) -> list[str]:
    """Column names without blanks around them; empty ones are numbered, repeated ones get a number behind."""
    names: list[str] = []
    for position, cell in enumerate(head, 1):
        name = " ".join(cell.replace("\x00", "").split())[:120] or f"#{position}"
        copies = sum(1 for other in names if other == name or other.startswith(f"{name} ("))
        names.append(f"{name} ({copies + 1})" if copies else name)
    return names


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BufferedReader(open_bytes(path), 1 << 18), encoding, newline="")  # type: ignore[type-var]


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    line = 1
    try:
        with _text(path, encoding) as text:
            for row in csv.reader(text, delimiter=delimiter, strict=True):
                yield row
                line += 1
    except csv.Error as error:
        raise UnusableFile("csv_line", line=line) from error
    except UnicodeDecodeError as error:
        raise UnusableFile("encoding") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile("broken_gzip") from error
