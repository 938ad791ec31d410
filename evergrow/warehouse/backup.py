"""Out of the store and back, as Arrow files: what was captured or computed, not the rollups that follow from it."""

import json
from collections.abc import Callable
from pathlib import Path

from evergrow.warehouse import arrow, engines
from evergrow.warehouse.statements import statement

Report = Callable[[int, int], None]
MANIFEST = "tables.json"
# What views of the events look into must be there before the events
FIRST = ("watched_properties",)
PARTITIONS = "SELECT DISTINCT _partition_id FROM {table:Identifier} ORDER BY 1"
PARTITION = "SELECT {columns} FROM {{table:Identifier}} WHERE _partition_id = {{partition:String}}"
# A state of an aggregate cannot be read back from Arrow: what it was made of is written instead.
AS_GIVEN = {"segment_versions": "* EXCEPT (members, size), bitmapToArray(members) AS subjects"}


def silently(_done: int, _total: int) -> None:
    """Report to nobody."""


def kept_tables() -> list[str]:
    """The tables that no materialised view fills, without the ledger of migrations."""
    found = arrow.to_rows(engines.current().query(statement("warehouse", "kept_tables"), {}))
    return [name for (name,) in found]


def dump(folder: Path, report: Report = silently) -> dict[str, int]:
    """Write every kept table into ``folder``, one Arrow file a partition; the rows of each table."""
    engine = engines.current()
    counts: dict[str, int] = {}
    folder.mkdir(parents=True)
    parts = [
        (table, partition)
        for table in kept_tables()
        for (partition,) in arrow.to_rows(engine.query(PARTITIONS, {"table": table}))
    ]
    for done, (table, partition) in enumerate(parts, 1):
        asked = PARTITION.format(columns=AS_GIVEN.get(table, "*"))
        data = engine.query(asked, {"table": table, "partition": partition})
        counts[table] = counts.get(table, 0) + arrow.count(data)
        (folder / f"{table}.{partition}.arrow").write_bytes(data)
        report(done, len(parts))
    (folder / MANIFEST).write_text(json.dumps(counts))
    return counts


def _table(file: Path) -> str:
    return file.name.split(".")[0]


def load(folder: Path, report: Report = silently) -> dict[str, int]:
    """Insert what ``dump`` wrote into an empty, migrated store; the rollups fill themselves. Rows of each table.

    Raises ValueError when a table does not come back with as many rows as it had.
    """
    engine, counts = engines.current(), dict[str, int]()
    files = sorted(folder.glob("*.arrow"), key=lambda file: (_table(file) not in FIRST, file.name))
    for done, file in enumerate(files, 1):
        data, table = file.read_bytes(), _table(file)
        names = arrow.names(data)
        # Backups made before wrote the state; who is in a segment is found again when it is refreshed.
        if not (table in AS_GIVEN and "members" in names):
            engine.insert(table, names, data, f"restore:{file.name}")
        counts[table] = counts.get(table, 0) + arrow.count(data)
        report(done, len(files))
    engines.filled_from_outside()
    expected = json.loads((folder / MANIFEST).read_text())
    if counts != expected:
        raise ValueError(f"The backup is incomplete: it should hold {expected}, and {counts} came back.")
    return counts
