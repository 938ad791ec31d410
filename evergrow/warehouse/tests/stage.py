"""An empty store for a test: the tables stay, their rows go."""

from functools import cache

from evergrow import warehouse
from evergrow.warehouse import engines


@cache
def _tables() -> tuple[str, ...]:
    warehouse.migrate()
    found = warehouse.rows(
        "select name from system.tables where database = currentDatabase() and engine like '%MergeTree'"
        " and name != 'migrations'"
    )
    return tuple(name for (name,) in found)


def empty_store() -> None:
    """Migrate at the first call of this process, then empty every table."""
    for table in _tables():
        engines.current().execute(f"truncate table {table}", {})
