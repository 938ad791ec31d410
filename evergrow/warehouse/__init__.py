"""The only room that knows ClickHouse: engine, schema, rollups.

``from evergrow import warehouse`` and ask: ``warehouse.rows("select {n:UInt8}", n=1)``. The same SQL runs in this
process (the default) and on a server (``EVERGROW_CLICKHOUSE_URL``). Values are bound, never pasted into the text.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from evergrow.warehouse import arrow, engines
from evergrow.warehouse import migrate as _migrate
from evergrow.warehouse.engines import BadQuery, Buffer, StoreUnavailable, own_store
from evergrow.warehouse.meanwhile import meanwhile
from evergrow.warehouse.statements import statement

__all__ = [
    "BadQuery",
    "Buffer",
    "StoreUnavailable",
    "close",
    "columns",
    "describe",
    "execute",
    "grids",
    "insert",
    "insert_block",
    "meanwhile",
    "migrate",
    "own_store",
    "rewritten",
    "rows",
    "scalar",
    "statement",
    "touch",
    "version",
]


def rows(sql: str, **params: Any) -> list[tuple[Any, ...]]:
    """The result as tuples. Days come as ``date``, moments as aware ``datetime`` in UTC.

    ``params`` fill the ``{name:Type}`` places. Raises ``BadQuery`` for SQL the store refuses and
    ``StoreUnavailable`` when it cannot be reached.
    """
    return arrow.to_rows(engines.current().query(sql, params))


def columns(sql: str, **params: Any) -> dict[str, np.ndarray[Any, Any]]:
    """The result as one numpy array per column, by name; the fast way out for long results.

    Numbers keep their type (with a NULL among them they become float64 with NaN), text comes as objects,
    days as ``datetime64[D]``, moments as ``datetime64`` in UTC. Same errors as ``rows``.
    """
    return arrow.to_columns(engines.current().query(sql, params))


def grids(sql: str, **params: Any) -> dict[str, np.ndarray[Any, Any]]:
    """As ``columns``; lists of numbers become arrays of two dimensions, filled up with zeros to the longest.

    ``<name>_width`` says how long each list was. Same errors as ``rows``.
    """
    return arrow.to_grids(engines.current().query(sql, params))


def scalar(sql: str, **params: Any) -> Any:
    """The first value of the first row, or None where there is no row."""
    found = rows(sql, **params)
    return found[0][0] if found else None


def execute(sql: str, **params: Any) -> None:
    """Run a statement without a result (DDL, DELETE, INSERT … SELECT); it is finished when this returns."""
    engines.current().execute(sql, params)


def insert(table: str, columns: Mapping[str, Sequence[Any] | np.ndarray[Any, Any]], *, token: str = "") -> int:
    """Add rows given as equally long columns; how many were sent.

    ``token`` makes the insert count once: the same token again is ignored, in the rollups too.
    numpy ``datetime64`` and Arrow arrays pass without a copy through Python objects.
    """
    table_of = arrow.from_columns(columns)
    if table_of.num_rows:
        engines.current().insert(table, list(columns), arrow.to_bytes(table_of), token)
    return int(table_of.num_rows)


def insert_block(table: str, columns: Sequence[str], block: Buffer, *, token: str) -> None:
    """Add rows that stand in an Arrow stream already, as one block of these columns; ``token`` as in ``insert``."""
    engines.current().insert(table, columns, block, token)


class Version(str):
    """Which state of a workspace's events was seen. ``is_settled``: it is older than any write that still goes on, so
    that every rollup shows it."""

    is_settled: bool = True


def version(workspace_id: int) -> Version:
    """A text that changes whenever this workspace's events change; the key of caches and of “as of”."""
    arrived, changed, settled = rows(statement("warehouse", "version"), workspace_id=workspace_id)[0]
    found = Version(f"{arrived}-{changed}")
    found.is_settled = bool(settled)
    return found


def touch(workspace_id: int, *, rewritten: bool = True) -> None:
    """Say that a workspace's events changed otherwise than by an insert (a delete, a merge of people).

    ``rewritten``: stored events are others than before; a merge of people leaves them as they are.
    """
    execute(statement("warehouse", "touch"), workspace_id=workspace_id, rewritten=rewritten)


def rewritten(workspace_id: int) -> str:
    """A text that changes whenever stored events of this workspace are removed or become others."""
    return str(scalar(statement("warehouse", "rewritten"), workspace_id=workspace_id))


def migrate() -> list[str]:
    """Bring the store's tables up to date; the names of the migrations applied now. Safe when two start together."""
    return _migrate.migrate(engines.current())


def close() -> None:
    """Let go of the store; the next question opens it again."""
    engines.close()


def describe() -> str:
    """The engine and its version, for doctor and benchmarks: ``ClickHouse 26.9.2.1 in process``."""
    return f"ClickHouse {scalar('select version()')} {engines.current().place}"
