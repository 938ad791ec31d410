"""JSON lines: one object per line; inner objects become columns with a dot (``properties.plan``)."""

import io
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from evergrow.intake.files import encodings
from evergrow.intake.files.layout import Layout, UnusableFile, open_bytes


def examine(path: Path) -> Layout:
    """All keys that occur in any line become the columns, in the order in which they first occur."""
    encoding = encodings.detect(path)
    columns: dict[str, None] = {}
    count = 0
    for row in _objects(path, encoding):
        count += 1
        for key in row:
            columns.setdefault(key)
    if not columns:
        raise UnusableFile("empty")
    with path.open("rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    return Layout("jsonl", list(columns), count, encoding, is_gzip=is_gzip)


def read(path: Path, layout: Layout) -> Iterator[list[str]]:
    """One row per line of the file."""
    for row in _objects(path, layout.encoding):
        yield [row.get(column, "") for column in layout.columns] if row else []


def _objects(path: Path, encoding: str) -> Iterator[dict[str, str]]:
    try:
        with open_bytes(path) as file, io.TextIOWrapper(file, encoding) as text:
            for number, line in enumerate(text, 1):
                if not line.strip():
                    yield {}
                    continue
                try:
                    found = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise UnusableFile("json_line", line=number) from error
                if not isinstance(found, dict):
                    raise UnusableFile("json_line", line=number)
                yield dict(_flat(found))
    except UnicodeDecodeError as error:
        raise UnusableFile("encoding") from error
    except (OSError, EOFError, zlib.error) as error:
        raise UnusableFile("broken_gzip") from error


def _flat(found: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in found.items():
        name = f"{above}{key}"[:120]
        if isinstance(value, dict) and value:
            yield from _flat(value, f"{name}.")
        elif value is None:
            continue
        elif isinstance(value, bool):
            yield name, "true" if value else "false"
        elif isinstance(value, str):
            yield name, value
        else:
            yield name, json.dumps(value, ensure_ascii=False)
