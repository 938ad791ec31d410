"""ClickHouse on a server, through clickhouse-connect. The database stands in the path of the URL."""

import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError

from evergrow.warehouse.engines import SETTINGS, BadQuery, Buffer, StoreUnavailable
from evergrow.warehouse.parameters import plain

# Errors of the machine rather than of the question: memory, disk, parts, timeouts, network, keeper, read-only.
BUSY_CODES = {3, 159, 202, 209, 210, 236, 241, 242, 243, 252, 279, 319, 394, 425, 439, 999}


class ServerEngine:
    """The store behind ``url`` (``http(s)://user:password@host:port/database``); connects at first use."""

    place = "on a server"

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.shown = f"{parts.scheme}://{parts.hostname}:{parts.port or 8123}"
        self.database = unquote(parts.path.strip("/")) or "default"
        self._options: dict[str, Any] = {
            "host": parts.hostname,
            "port": parts.port or (8443 if parts.scheme == "https" else 8123),
            "secure": parts.scheme == "https",
            "username": unquote(parts.username or "default"),
            "password": unquote(parts.password or ""),
            "database": self.database,
            "autogenerate_session_id": False,
            "connect_timeout": 5,
            "send_receive_timeout": 300,
        }
        self._connecting = threading.Lock()
        self._made: Client | None = None

    def _client(self) -> Client:
        with self._connecting:
            if self._made is None:
                try:
                    self._made = clickhouse_connect.get_client(**self._options)
                except ClickHouseError as error:
                    raise self._named(error) from error
            return self._made

    def query(self, sql: str, params: Mapping[str, Any]) -> bytes:
        try:
            return bytes(self._client().raw_query(sql, _plain(params), settings=SETTINGS, fmt="ArrowStream"))
        except ClickHouseError as error:
            raise self._named(error) from error

    def execute(self, sql: str, params: Mapping[str, Any]) -> None:
        try:
            self._client().command(sql, _plain(params), settings=SETTINGS)
        except ClickHouseError as error:
            raise self._named(error) from error

    def insert(self, table: str, columns: Sequence[str], data: Buffer, token: str) -> None:
        settings = SETTINGS | ({"insert_deduplication_token": token} if token else {})
        try:
            self._client().raw_insert(table, list(columns), bytes(data), settings=settings, fmt="ArrowStream")
        except ClickHouseError as error:
            raise self._named(error) from error

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
            self._made = None

    def _named(self, error: ClickHouseError) -> Exception:
        code = getattr(error, "code", None)
        if isinstance(error, OperationalError) or code in BUSY_CODES:
            return StoreUnavailable(
                f"The event store at {self.shown} does not answer: {_short(error)}"
                " Check EVERGROW_CLICKHOUSE_URL and the server."
            )
        if isinstance(error, DatabaseError):
            return BadQuery(str(error))
        return StoreUnavailable(str(error))


def _short(error: ClickHouseError) -> str:
    """What went wrong, without the long address with every setting that stands in some errors."""
    return re.sub(r"(url: /)\?\S+", r"\1", str(error))[:500]


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in params.items()}
