"""When people were first and last seen, after an import of events and before it is taken back."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from evergrow import warehouse
from evergrow.customers.models import Person
from evergrow.intake.models import Import

NONE_LEFT_OUT = 2**64 - 1


def refresh_seen(source: Import, *, without: bool = False) -> int:
    """Set first and last seen of the people an import names, from all their events; how many people.

    ``without`` leaves the events of the import out, for an undo: people who then have none were never seen.
    """
    rows = warehouse.rows(
        warehouse.statement("intake", "people_seen"),
        workspace_id=source.workspace_id,
        import_id=source.pk,
        left_out=source.pk if without else NONE_LEFT_OUT,
    )
    if not rows:
        return 0
    table = connection.ops.quote_name(Person._meta.db_table)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET first_seen_at = %s, last_seen_at = %s WHERE workspace_id = %s AND number = %s",  # noqa: S608
            [
                (_stored(first) if events else None, _stored(last) if events else None, source.workspace_id, person)
                for person, events, first, last in rows
            ],
        )
    return len(rows)


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)
