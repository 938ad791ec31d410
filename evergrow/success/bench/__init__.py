"""``evergrow bench work``: the parts of daily work, each measured in a process and a data folder of its own.

A part is a module with ``measure() -> list[Result]``; it registers by a line in ``PARTS``. Parts run on SQLite, and on
PostgreSQL too when ``EVERGROW_BENCH_POSTGRESQL`` names a server on which a database may be made.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from evergrow.lib.bench import Result, report

PARTS = {
    "transitions": "evergrow.success.bench.transitions",
    "triage": "evergrow.success.bench.triage",
    "board": "evergrow.success.board.bench",
    "triggers": "evergrow.success.triggers.bench",
}
STORES = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_CLICKHOUSE_CLUSTER")
SERVER = "EVERGROW_BENCH_POSTGRESQL"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Measure the parts asked for, or all of them; the bench's object."""
    results: list[Result] = []
    asked = [options.part] if options.part else list(PARTS)
    for part in asked:
        results += _measured(part, {})
        if os.environ.get(SERVER):
            with database(os.environ[SERVER]) as url:
                results += _measured(part, {"EVERGROW_DATABASE_URL": url})
    return report("work", "ClickHouse in process, SQLite and PostgreSQL", results)


def _measured(part: str, stores: dict[str, str]) -> list[Result]:
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as folder:
        environment = {key: value for key, value in os.environ.items() if key not in STORES}
        command = [sys.executable, "-m", "evergrow.success.bench.process", part]
        done = subprocess.run(
            command, env=environment | stores | {"EVERGROW_DATA": folder}, stdout=subprocess.PIPE, check=True, text=True
        )
    return [Result(**row) for row in json.loads(done.stdout.splitlines()[-1])]


@contextmanager
def database(server: str) -> Iterator[str]:
    """A database of its own on a PostgreSQL server, dropped afterwards; its URL."""
    import psycopg
    from psycopg import sql

    name = f"evergrow_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def as_rows(results: list[Result]) -> str:
    """Results as one line of JSON, from a process to the one that started it."""
    return json.dumps([asdict(result) for result in results])
