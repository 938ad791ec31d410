"""Rows put into a table in bulk, without an object for each: what a bench stands on and does not measure."""

from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

from django.db import connection
from django.db.models import Model
from psycopg import sql

AT_ONCE = 50_000


def insert(like: Model, columns: Mapping[str, Sequence[Any]]) -> None:
    """Rows like this one, which is not kept, that differ in these columns. All columns are equally long; their values
    are what the store takes."""
    fields = [field for field in like._meta.concrete_fields if not field.primary_key]
    fixed = {each.attname: each.get_db_prep_save(getattr(like, each.attname), connection) for each in fields}
    count = len(next(iter(columns.values())))
    for start in range(0, count, AT_ONCE):
        part = min(AT_ONCE, count - start)
        values = [
            columns[each.attname][start : start + part]
            if each.attname in columns
            else repeat(fixed[each.attname], part)
            for each in fields
        ]
        _put(like._meta.db_table, [str(each.column) for each in fields], zip(*values, strict=True))


def _put(table: str, names: Sequence[str], rows: Any) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
            )
            with cursor.copy(into) as copy:
                for row in rows:
                    copy.write_row(row)
            return
        quoted, marks = ", ".join(map(connection.ops.quote_name, names)), ", ".join(["%s"] * len(names))
        cursor.executemany(f"INSERT INTO {connection.ops.quote_name(table)} ({quoted}) VALUES ({marks})", rows)  # noqa: S608 (names of our own tables)


def analyze() -> None:
    """Have PostgreSQL look at what lies in its tables, as it does by itself within a minute."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
