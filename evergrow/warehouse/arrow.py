"""Columns in and out of the store as Arrow streams."""

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa

PAIRS = pa.map_(pa.string(), pa.string())


def _array(values: Any) -> pa.Array:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if isinstance(values, np.ndarray):
        if values.dtype.kind == "M":
            unit = np.datetime_data(values.dtype)[0]
            if unit == "D":
                return pa.array(values, pa.date32())
            return pa.array(values.astype("datetime64[ms]"), pa.timestamp("ms", "UTC"))
        if values.ndim == 2:
            return _lists(values)
        return pa.array(values)
    first = next((value for value in values if value is not None), None)
    if isinstance(first, datetime):
        return pa.array([value and value.astimezone(UTC) for value in values], pa.timestamp("ms", "UTC"))
    if isinstance(first, date):
        return pa.array(values, pa.date32())
    if isinstance(first, Mapping):
        return pa.array([list(value.items()) for value in values], PAIRS)
    return pa.array(values)


def _lists(grid: np.ndarray[Any, Any]) -> pa.Array:
    """One list per row of a grid, without a copy through Python objects."""
    rows, width = grid.shape
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * width)
    return pa.ListArray.from_arrays(offsets, pa.array(np.ascontiguousarray(grid).ravel()))


def from_columns(columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]]) -> pa.Table:
    """One table of equally long columns; mappings become maps of text to text."""
    return pa.table({name: _array(values) for name, values in columns.items()})


def to_bytes(table: pa.Table) -> bytes:
    """The table as one block of an Arrow stream, so that it arrives as one block and one deduplication token."""
    out = io.BytesIO()
    _write(table, out)
    return out.getvalue()


def to_buffer(table: pa.Table) -> pa.Buffer:
    """The same, as a buffer."""
    out = pa.BufferOutputStream()
    _write(table, out)
    return out.getvalue()


def _write(table: pa.Table, out: Any) -> None:
    with pa.ipc.new_stream(out, table.schema) as stream:
        stream.write_table(table.combine_chunks(), max_chunksize=max(table.num_rows, 1))


def _table(data: bytes) -> pa.Table:
    return pa.ipc.open_stream(data).read_all() if data else pa.table({})


def _values(column: pa.ChunkedArray) -> list[Any]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        values = column.cast(pa.timestamp("us", "UTC"), safe=False).to_pylist()
        return [value and value.replace(tzinfo=UTC) for value in values]
    if pa.types.is_fixed_size_binary(kind):
        return [None if value is None else int.from_bytes(value, "little") for value in column.to_pylist()]
    if pa.types.is_map(kind):
        return [None if value is None else dict(value) for value in column.to_pylist()]
    return list(column.to_pylist())


def to_rows(data: bytes) -> list[tuple[Any, ...]]:
    """Tuples of Python values."""
    table = _table(data)
    return list(zip(*(_values(column) for column in table.columns), strict=True))


def to_columns(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """numpy arrays by column name; nothing at all where the statement had no result."""
    return {name: _numbers(column) for name, column in zip(*_named_columns(_table(data)), strict=True)}


def to_grids(data: bytes) -> dict[str, np.ndarray[Any, Any]]:
    """As ``to_columns``; a column of lists of numbers becomes an array of two dimensions, without Python objects.

    Shorter lists are filled up with zeros; how long each was stands in ``<name>_width``.
    """
    found: dict[str, np.ndarray[Any, Any]] = {}
    for name, column in zip(*_named_columns(_table(data)), strict=True):
        if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
            found[name], found[f"{name}_width"] = _grid(column)
        else:
            found[name] = _numbers(column)
    return found


def _grid(column: pa.ChunkedArray) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    whole = column.combine_chunks()
    lists = pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
    widths = np.asarray(lists.value_lengths().to_numpy(zero_copy_only=False)).astype(np.int64)
    values = np.asarray(lists.flatten().to_numpy(zero_copy_only=False))
    widest = int(widths.max()) if len(widths) else 0
    if (widths == widest).all():
        return values.reshape(len(widths), widest), widths
    grid = np.zeros((len(widths), widest), dtype=values.dtype)
    grid[np.arange(widest) < widths[:, None]] = values
    return grid, widths


def _named_columns(table: pa.Table) -> tuple[list[str], list[pa.ChunkedArray]]:
    return table.column_names, table.columns


def _numbers(column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_decimal(kind) or pa.types.is_fixed_size_binary(kind):
        values = _values(column)
        array = np.empty(len(values), dtype=object)
        array[:] = values
        return array
    return np.asarray(column.combine_chunks().to_numpy(zero_copy_only=False))


def count(data: bytes) -> int:
    """The rows of an Arrow stream."""
    return int(_table(data).num_rows)


def names(data: bytes) -> list[str]:
    """The column names of an Arrow stream."""
    return list(_table(data).column_names)
