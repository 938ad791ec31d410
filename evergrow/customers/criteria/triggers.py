"""Triggers that note in ``customers_traitchange`` whose mirror is out of date, on SQLite and PostgreSQL.

They are put up after every ``migrate`` and not in a migration, because SQLite rebuilds a table for most changes of its
form and drops its triggers then. Where one was missing, everything is noted. When somebody was seen last is left out:
the capture writes it all the time, and the mirror learns it from the events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

CHANGES = "customers_traitchange"
PERSON = ("number", "name", "email", "phone", "title", "traits", "is_anonymous", "merged_into_id", "created_at")
ACCOUNT = (
    *("number", "external_id", "name", "domain", "country", "industry", "size", "channel", "signed_up_on", "tier"),
    *("traits", "created_at", "status", "plan", "mrr", "seats", "customer_since", "renews_on", "cancelled_on"),
)


@dataclass(frozen=True, slots=True)
class Noting:
    """What is noted when a row of ``table`` comes, changes in ``columns`` (none: in any) or goes.

    ``select`` gives workspace, kind and number for one row, which it calls ``{row}``.
    """

    table: str
    columns: tuple[str, ...]
    select: str
    on_update_too: str = ""


OWN = "SELECT {row}.workspace_id, '%s', {row}.number"
NOTINGS = (
    Noting(
        "customers_person",
        PERSON,
        OWN % "person",
        "SELECT workspace_id, 'person', number FROM customers_person"
        " WHERE OLD.merged_into_id IS {differs} NEW.merged_into_id AND id IN (OLD.merged_into_id, NEW.merged_into_id)",
    ),
    Noting("customers_account", ACCOUNT, OWN % "account"),
    Noting(
        "customers_affiliation",
        (),
        "SELECT workspace_id, 'person', number FROM customers_person WHERE id = {row}.person_id",
    ),
    Noting(
        "customers_teamseat",
        (),
        "SELECT workspace_id, 'account', number FROM customers_account WHERE id = {row}.account_id",
    ),
)
ACTS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def install(using: str = "default", **_: Any) -> None:
    """Put up the triggers; note everything where one was missing, since changes may have gone by."""
    connection = connections[using]
    if CHANGES not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        known = _known(connection)
        texts = {name: text for noting in NOTINGS for name, text in _triggers(connection, noting)}
        for name in texts.keys() - known:
            for statement in texts[name]:
                cursor.execute(statement)
        if texts.keys() - known:
            for kind in ("person", "account"):
                cursor.execute(
                    f"INSERT INTO {CHANGES} (workspace_id, kind, subject)"  # noqa: S608
                    f" SELECT DISTINCT workspace_id, '{kind}', 0 FROM customers_{kind}"
                )


def _known(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("select tgname from pg_trigger where not tgisinternal")
        else:
            cursor.execute("select name from sqlite_master where type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def _triggers(connection: BaseDatabaseWrapper, noting: Noting) -> Iterator[tuple[str, list[str]]]:
    is_postgresql = connection.vendor == "postgresql"
    differs = "DISTINCT FROM" if is_postgresql else "NOT"
    for act, rows in ACTS.items():
        # The number tells triggers of an earlier form apart.
        name = f"{noting.table}_noted_1_{act}"
        selects = [noting.select.format(row=row) for row in rows]
        if act == "update" and noting.on_update_too:
            selects = [selects[1], noting.on_update_too.format(differs=differs)]
        notes = " ".join(f"INSERT INTO {CHANGES} (workspace_id, kind, subject) {select};" for select in selects)
        columns = f" OF {', '.join(noting.columns)}" if act == "update" and noting.columns else ""
        changed = " OR ".join(f"OLD.{column} IS {differs} NEW.{column}" for column in noting.columns)
        when = f" WHEN ({changed})" if columns else ""
        head = f"CREATE TRIGGER {name} AFTER {act.upper()}{columns} ON {noting.table} FOR EACH ROW{when}"
        if is_postgresql:
            body = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {notes} RETURN NULL; END $$"
            yield name, [f"{body} LANGUAGE plpgsql", f"{head} EXECUTE FUNCTION {name}()"]
        else:
            yield name, [f"{head} BEGIN {notes} END"]
