"""Triggers that note in ``customers_searchstale`` what the index has to read again, and the index's own tables.

They are put up after every ``migrate``, as those of the criteria are, because SQLite drops the triggers of a table that
it rebuilds. Where one was missing, every row of its kind is noted.
"""

from typing import Any
from zlib import crc32

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from evergrow.customers.search.sources import Source, sources

STALE, ENTRIES, TERMS = "customers_searchstale", "customers_searchentry", "customers_search_terms"
MARK = "_found_"


def install(using: str = "default", **_: Any) -> None:
    """Put up what is missing and take earlier forms away."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if STALE not in tables:
        return
    with connection.cursor() as cursor:
        for statement in _index_of(connection):
            cursor.execute(statement)
        known, wanted = _known(connection), {}
        for source in sources().values():
            if source.table._meta.db_table in tables:
                wanted[_name(source)] = source
        for name in known.keys() - {f"{base}_{act}" for base in wanted for act in ("put", "new", "gone")}:
            cursor.execute(f"DROP TRIGGER {name}" + (f" ON {known[name]}" if _is_postgresql(connection) else ""))
        for base, source in wanted.items():
            if f"{base}_put" not in known or f"{base}_gone" not in known:
                for statement in _triggers(connection, base, source):
                    cursor.execute(statement)
                note_all(connection, source)


def note_all(connection: BaseDatabaseWrapper, source: Source) -> None:
    """Note every row of a kind."""
    table = source.table._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {STALE} (kind, object_id) SELECT '{source.kind}', id FROM {table}"  # noqa: S608
        )


def _is_postgresql(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"


def _index_of(connection: BaseDatabaseWrapper) -> list[str]:
    if _is_postgresql(connection):
        return [f"CREATE INDEX IF NOT EXISTS {TERMS} ON {ENTRIES} USING gin (to_tsvector('simple', terms))"]
    options = f"content='{ENTRIES}', content_rowid='id', tokenize = \"unicode61 remove_diacritics 0\""
    index = f"CREATE VIRTUAL TABLE IF NOT EXISTS {TERMS} USING fts5(terms, {options})"
    put = f"INSERT INTO {TERMS} (rowid, terms) VALUES (NEW.id, NEW.terms);"  # noqa: S608
    gone = f"INSERT INTO {TERMS} ({TERMS}, rowid, terms) VALUES ('delete', OLD.id, OLD.terms);"  # noqa: S608
    drops = [f"DROP TRIGGER IF EXISTS {TERMS}_{act}" for act in ("ai", "ad", "au")]
    return [
        index,
        *drops,
        f"CREATE TRIGGER {TERMS}_ai AFTER INSERT ON {ENTRIES} BEGIN {put} END",
        f"CREATE TRIGGER {TERMS}_ad AFTER DELETE ON {ENTRIES} BEGIN {gone} END",
        f"CREATE TRIGGER {TERMS}_au AFTER UPDATE OF terms ON {ENTRIES} BEGIN {gone} {put} END",
    ]


def _known(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        if _is_postgresql(connection):
            cursor.execute("select tgname, tgrelid::regclass::text from pg_trigger where not tgisinternal")
        else:
            cursor.execute("select name, tbl_name from sqlite_master where type = 'trigger'")
        return {name: table for name, table in cursor.fetchall() if MARK in name}


def _name(source: Source) -> str:
    """It tells what the trigger does, so that other columns are another trigger."""
    table = source.table._meta.db_table
    return f"{table}{MARK}{source.kind}_{crc32(' '.join(source.columns).encode()):08x}"


def _triggers(connection: BaseDatabaseWrapper, base: str, source: Source) -> list[str]:
    table, columns = source.table._meta.db_table, ", ".join(source.columns)
    put = f"INSERT INTO {STALE} (kind, object_id) VALUES ('{source.kind}', NEW.id);"  # noqa: S608
    gone = put.replace("NEW.id", "OLD.id")
    differs = "DISTINCT FROM" if _is_postgresql(connection) else "NOT"
    changed = " OR ".join(f"OLD.{column} IS {differs} NEW.{column}" for column in source.columns)
    when = f" WHEN ({source.when_new})" if source.when_new else ""
    events = [
        (f"{base}_put", f"AFTER INSERT ON {table} FOR EACH ROW{when}", put),
        (f"{base}_new", f"AFTER UPDATE OF {columns} ON {table} FOR EACH ROW WHEN ({changed})", put),
        (f"{base}_gone", f"AFTER DELETE ON {table} FOR EACH ROW", gone),
    ]
    found = []
    for name, event, note in events:
        if _is_postgresql(connection):
            body = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {note} RETURN NULL; END $$"
            found += [
                f"{body} LANGUAGE plpgsql",
                f"DROP TRIGGER IF EXISTS {name} ON {table}",
                f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()",
            ]
        else:
            found += [f"DROP TRIGGER IF EXISTS {name}", f"CREATE TRIGGER {name} {event} BEGIN {note} END"]
    return found
