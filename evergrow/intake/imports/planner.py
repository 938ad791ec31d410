"""Tell PostgreSQL's planner about tables that just grew: until autovacuum comes by, it plans as if they were empty."""

from django.db import connection

from evergrow.customers.models import (
    Account,
    Affiliation,
    Identifier,
    Invoice,
    Person,
    Subscription,
    TeamSeat,
    Ticket,
    Touch,
)

GROWN = (Account, Affiliation, Identifier, Invoice, Person, Subscription, TeamSeat, Ticket, Touch)
WORTH_IT = 1_000


def note_growth(rows: int) -> None:
    """Refresh the planner's statistics after ``rows`` rows were written; SQLite needs none."""
    if rows < WORTH_IT or connection.vendor != "postgresql":
        return
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in GROWN)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")
