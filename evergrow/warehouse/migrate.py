"""Numbered SQL migrations of the event store, forward only, each written into a ledger when it is done.

A migration is ``migrations/NNNN_name.sql``: statements that end with ``;`` at the end of a line, each able to run
again (IF NOT EXISTS), because a crash may leave one half applied. On a cluster the same text is rendered with
ON CLUSTER and replicated engines.
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from evergrow.warehouse import arrow
from evergrow.warehouse.engines import Engine

FOLDER = Path(__file__).resolve().parent / "migrations"
LEDGER = """CREATE TABLE IF NOT EXISTS migrations (name String, applied_at DateTime64(3, 'UTC'))
ENGINE = MergeTree
ORDER BY name"""
OBJECT = re.compile(
    r"^((?:CREATE (?:TABLE|(?:MATERIALIZED )?VIEW) IF NOT EXISTS|ALTER TABLE|DROP (?:TABLE|VIEW) IF EXISTS) \w+)",
    re.MULTILINE,
)
FAMILY = re.compile(r"ENGINE = (\w*MergeTree)(?:\(([^)]*)\))?")


def migrate(engine: Engine) -> list[str]:
    """Apply what the ledger does not name; the names applied now, in order."""
    with _alone():
        engine.execute(render(LEDGER), {})
        known = {name for (name,) in arrow.to_rows(engine.query("select name from migrations", {}))}
        fresh = [file for file in sorted(FOLDER.glob("[0-9][0-9][0-9][0-9]_*.sql")) if file.stem not in known]
        for file in fresh:
            for text in statements(file.read_text(encoding="utf-8")):
                engine.execute(render(text), {})
            engine.execute("insert into migrations select {name:String}, now64(3, 'UTC')", {"name": file.stem})
    return [file.stem for file in fresh]


def statements(text: str) -> list[str]:
    """The statements of a file, without their semicolons."""
    parts = (part.strip() for part in re.split(r";[ \t]*(?:\n|$)", text))
    return [part for part in parts if re.sub(r"--[^\n]*", "", part).strip()]


def render(statement: str, cluster: str | None = None) -> str:
    """The statement for one machine, or for a cluster (default: the setting) with replicated tables."""
    cluster = settings.CLICKHOUSE_CLUSTER if cluster is None else cluster
    if not cluster:
        return statement
    everywhere = OBJECT.sub(rf"\1 ON CLUSTER '{cluster}'", statement)
    everywhere = FAMILY.sub(_replicated, everywhere)
    return everywhere.replace("non_replicated_deduplication_window", "replicated_deduplication_window")


def _replicated(found: re.Match[str]) -> str:
    path = "'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'"
    arguments = f"{path}, {found[2]}" if found[2] else path
    return f"ENGINE = Replicated{found[1]}({arguments})"


@contextmanager
def _alone() -> Iterator[None]:
    """One migrating process at a time: a file lock on this machine, an advisory lock across machines."""
    settings.DATA.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        file = stack.enter_context((settings.DATA / "events-migrate.lock").open("w"))
        fcntl.flock(file, fcntl.LOCK_EX)
        if settings.CLICKHOUSE_URL and connection.vendor == "postgresql":
            cursor = stack.enter_context(connection.cursor())
            cursor.execute("select pg_advisory_lock(%s)", [7_301_001])
            stack.callback(cursor.execute, "select pg_advisory_unlock(%s)", [7_301_001])
        yield
