"""Which engine answers: the one in this process, or a server. Both speak the same SQL."""

import atexit
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from django.conf import settings

SETTINGS: dict[str, Any] = {
    "join_use_nulls": 1,
    "session_timezone": "UTC",
    "insert_deduplicate": 1,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "async_insert": 0,
    "max_insert_threads": 1,
    "max_partitions_per_insert_block": 0,
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
    "output_format_arrow_string_as_string": 1,
    "output_format_arrow_low_cardinality_as_dictionary": 0,
}


Buffer = bytes | memoryview


class BadQuery(Exception):
    """The store refused a statement: wrong SQL, a missing table, a value of the wrong type."""


class StoreUnavailable(Exception):
    """The event store cannot be reached or is busy; trying again later may help."""


class Engine(Protocol):
    """What a store must do. Bytes are Arrow streams; ``params`` are Python values for ``{name:Type}`` places."""

    place: str

    def query(self, sql: str, params: Mapping[str, Any]) -> bytes: ...

    def execute(self, sql: str, params: Mapping[str, Any]) -> None: ...

    def insert(self, table: str, columns: Sequence[str], data: Buffer, token: str) -> None: ...

    def close(self) -> None: ...


_lock = threading.Lock()
_engine: Engine | None = None
_process = 0


def current() -> Engine:
    """This process's engine, made at first use. Raises StoreUnavailable when it cannot be opened."""
    global _engine, _process
    if _engine is not None and _process == os.getpid():
        return _engine
    with _lock:
        if _engine is None or _process != os.getpid():
            _engine, _process = _open(), os.getpid()
        return _engine


def _open() -> Engine:
    if settings.CLICKHOUSE_URL:
        from evergrow.warehouse.server import ServerEngine

        return ServerEngine(settings.CLICKHOUSE_URL)
    from evergrow.warehouse.in_process import InProcessEngine

    return InProcessEngine(settings.DATA / "events")


def own_store() -> object | None:
    """A token of the store while this process alone can write to it; None with a server.

    Another token says that the store is another one, or was filled from outside. Raises StoreUnavailable.
    """
    return getattr(current(), "token", None)


def filled_from_outside() -> None:
    """Say that rows came into the store otherwise than through those who keep account of it."""
    engine = current()
    if hasattr(engine, "token"):
        engine.token = object()


def install(engine: Engine) -> None:
    """Ask this engine from now on, in the whole process."""
    global _engine, _process
    _engine, _process = engine, os.getpid()


@contextmanager
def use(engine: Engine) -> Iterator[Engine]:
    """Ask another engine inside the block, in every thread."""
    global _engine, _process
    before = _engine, _process
    _engine, _process = engine, os.getpid()
    try:
        yield engine
    finally:
        _engine, _process = before


def close() -> None:
    """Let go of the store, so that another process may open its folder."""
    global _engine
    with _lock:
        if _engine is not None and _process == os.getpid():
            _engine.close()
        _engine = None


# Connections that are still open when the interpreter ends, such as those of objects frozen for the collector, make the
# engine in this process fall over.
atexit.register(close)
