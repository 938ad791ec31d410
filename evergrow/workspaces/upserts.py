"""Many rows written by one statement without making an object of each: several times quicker than ``bulk_create``."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models, transaction


def upsert(model: type[models.Model], rows: Iterable[Mapping[str, Any]], *, unique: str) -> int:
    """Insert ``rows`` (every field by its name but the key), or change the one with the same ``unique`` field.

    Foreign keys are numbers, JSON fields plain values, moments aware. How many rows were given.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    named = connection.ops.quote_name
    columns = [named(str(field.column)) for field in fields]
    one = next(named(str(field.column)) for field in fields if field.name == unique)
    changed = ", ".join(f"{column} = excluded.{column}" for column in columns if column != one)
    statement = (
        f"INSERT INTO {named(model._meta.db_table)} ({', '.join(columns)})"  # noqa: S608
        f" VALUES ({', '.join(['%s'] * len(columns))}) ON CONFLICT ({one}) DO UPDATE SET {changed}"
    )
    keeps = [(field.name, _keep(field)) for field in fields]
    given = [[keep(row[name]) for name, keep in keeps] for row in rows]
    if given:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, given)
    return len(given)


def _keep(field: "models.Field[Any, Any]") -> Any:
    """How the store takes a value of the field."""
    if isinstance(field, models.JSONField):
        return json.JSONEncoder(ensure_ascii=False).encode
    if isinstance(field, models.DateTimeField):
        return lru_cache(maxsize=16)(_moment)  # many rows are of one moment
    if isinstance(field, models.DateField):
        return connection.ops.adapt_datefield_value
    return lambda value: value


def _moment(value: datetime | None) -> Any:
    return None if value is None else connection.ops.adapt_datetimefield_value(value)
