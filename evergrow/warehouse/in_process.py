"""ClickHouse inside this process, on one folder. Each thread has its own connection, so questions run side by side."""

import fcntl
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chdb.session import Session

from evergrow.warehouse.engines import SETTINGS, BadQuery, Buffer, StoreUnavailable
from evergrow.warehouse.parameters import Text, bind

DATABASE = "evergrow"
# Merging parts gives way to who asks and who sends, as long as the processors are busy.
STARTED_WITH = "os_threads_nice_value_merge_mutate=10"
# Errors of the machine rather than of the question: memory, disk (33: a file cut off by a full one), too many parts,
# timeouts.
BUSY_CODES = {"33", "241", "243", "252", "159", "202", "236", "394", "75", "74"}


class InProcessEngine:
    """The store in ``folder``. It belongs to one process at a time: a lock file keeps a second one out."""

    place = "in process"

    def __init__(self, folder: Path, database: str = DATABASE) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder, self.database, self.token = folder, database, object()
        self._own = threading.local()
        self._sessions: list[Session] = []
        self._opening = threading.Lock()
        self._take_lock()
        try:
            self._place = f"{folder}?{STARTED_WITH}"
            self._first = Session(self._place)
            self._first.query(f"create database if not exists {database}")
        except Exception as error:
            os.close(self._lock_file)
            raise StoreUnavailable(f"The event store in {folder} cannot be opened: {error}") from error

    def _take_lock(self) -> None:
        self._lock_file = os.open(f"{self.folder}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._lock_file, 20, 0).decode().strip() or "unknown"
            os.close(self._lock_file)
            raise StoreUnavailable(
                f"The event store in {self.folder} is in use by process {holder}, and it belongs to one process at"
                " a time. Stop the server, or do this through it."
            ) from None
        os.ftruncate(self._lock_file, 0)
        os.pwrite(self._lock_file, str(os.getpid()).encode(), 0)

    def _session(self) -> Session:
        session: Session | None = getattr(self._own, "session", None)
        if session is None:
            with self._opening:
                session = Session(self._place)
                session.query(f"use {self.database}")
                session.query("set " + ", ".join(f"{name} = {value!r}" for name, value in SETTINGS.items()))
                self._sessions.append(session)
            self._own.session = session
        return session

    def query(self, sql: str, params: Mapping[str, Any]) -> bytes:
        return self._ask(sql, "ArrowStream", params)

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        self._ask(sql, "Null", params)

    def raw(self, sql: str, form: str, params: Mapping[str, str]) -> bytes:
        """The result in any ClickHouse format, of a statement whose parameters are already text."""
        return self._ask(sql, form, {name: Text(value) for name, value in params.items()})

    def _ask(self, sql: str, form: str, params: Mapping[str, Any]) -> bytes:
        try:
            result = self._session().query(sql, form, params=bind(params))
            return bytes(result.bytes()) if result is not None and result.size() else b""
        except Exception as error:
            raise _named(error) from error

    def insert(self, table: str, columns: Sequence[str], data: Buffer, token: str) -> None:
        with_token = f" SETTINGS insert_deduplication_token = {quoted(token)}" if token else ""
        self.raw_insert(f"INSERT INTO {table} ({', '.join(columns)}){with_token}", "ArrowStream", data)

    def raw_insert(self, statement: str, form: str, data: Buffer) -> None:
        """Run an INSERT statement that ends before FORMAT with ``data`` of a ClickHouse format, as one block.

        The engine reads the data from a file in memory. Its streaming inserter is not used: on a full disk it answers
        that all is well and keeps nothing (chdb 4.x).
        """
        with _readable(data) as path:
            source = f"SELECT * FROM file({quoted(path)}, {quoted(form)})"  # noqa: S608
            self._ask(f"{statement}{_whole(statement)} {source}", "Null", {})

    def close(self) -> None:
        for session in [*self._sessions, self._first]:
            session.close()
        self._own = threading.local()
        os.close(self._lock_file)


ONE_BLOCK = (
    "max_threads = 1, max_block_size = 10000000, max_insert_block_size = 10000000,"
    " min_insert_block_size_rows = 10000000, min_insert_block_size_bytes = 0,"
    " schema_inference_make_columns_nullable = 0"
)


def _whole(statement: str) -> str:
    """The settings that keep the data one block, behind those that the statement has already."""
    return f"{',' if ' SETTINGS ' in statement else ' SETTINGS'} {ONE_BLOCK}"


@contextmanager
def _readable(data: Buffer) -> Iterator[str]:
    """A path from which this process can read ``data``: a file in memory, or where there is none one on disk."""
    if not hasattr(os, "memfd_create"):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            yield file.name
        return
    handle = os.memfd_create("insert")
    try:
        with open(handle, "wb", closefd=False) as file:
            file.write(data)
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


def quoted(text: str) -> str:
    """A ClickHouse string literal."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _named(error: Exception) -> Exception:
    message = str(error)
    code = message.partition("Code: ")[2].partition(".")[0]
    if code in BUSY_CODES:
        return StoreUnavailable(f"The event store is busy or out of room: {message}")
    return BadQuery(message)
