"""Triggers that note in ``customers_traitchange`` whose mirror is out of date, on SQLite and PostgreSQL.

They are put up after every ``migrate`` and not in a migration, because SQLite rebuilds a table for most changes of its
form and drops its triggers then. Where one was missing, everything is noted. When somebody was seen last is left out:
the capture writes it all the time, and the mirror learns it from the events.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

CHANGES = "customers_traitchange"
MARK = "_noted_"
PERSON = ("number", "name", "email", "phone", "title", "traits", "is_anonymous", "merged_into_id", "created_at")
ACCOUNT = (
    *("number", "external_id", "name", "domain", "country", "industry", "size", "channel", "signed_up_on", "tier"),
    *("traits", "created_at", "status", "plan", "mrr", "seats", "customer_since", "renews_on", "cancelled_on"),
    *("parent_id", "merged_into_id"),
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
    Noting(
        "customers_account",
        ACCOUNT,
        OWN % "account",
        # What stands below it at any depth tells its name and its id: everything is read again, which is rare.
        "SELECT NEW.workspace_id, 'account', 0 WHERE (OLD.name IS {differs} NEW.name"
        " OR OLD.external_id IS {differs} NEW.external_id OR OLD.parent_id IS {differs} NEW.parent_id)"
        " AND EXISTS (SELECT 1 FROM customers_account below WHERE below.parent_id = NEW.id)",
    ),
    Noting(
        "customers_affiliation",
        (),
        "SELECT workspace_id, 'person', number FROM customers_person WHERE id = {row}.person_id",
    ),
    Noting(
        "customers_trashed",
        (),
        "SELECT workspace_id, 'account', number FROM customers_account WHERE id = {row}.account_id"
        " UNION ALL SELECT workspace_id, 'person', number FROM customers_person WHERE id = {row}.person_id"
        " UNION ALL SELECT p.workspace_id, 'person', p.number FROM customers_person p"
        " JOIN customers_affiliation a ON a.person_id = p.id WHERE a.account_id = {row}.account_id"
        " UNION ALL SELECT workspace_id, 'account', 0 FROM customers_account WHERE parent_id = {row}.account_id",
    ),
    Noting(
        "customers_teamseat",
        (),
        "SELECT workspace_id, 'account', number FROM customers_account WHERE id = {row}.account_id",
    ),
)
ACTS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}


def install(using: str = "default", **_: Any) -> None:
    """Put up the triggers and take earlier forms away; note everything where one was missing: changes may have gone by.

    The name of a trigger tells what it does, so that a change of ``NOTINGS`` is a new trigger.
    """
    connection = connections[using]
    if CHANGES not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        known = _known(connection)
        wanted = dict(trigger for noting in NOTINGS for trigger in _triggers(connection, noting))
        for name in known.keys() - wanted.keys():
            table = f" ON {known[name]}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {name}{table}")
        missing = [name for name in wanted if name not in known]
        for name in missing:
            for statement in wanted[name]:
                cursor.execute(statement)
        for kind in ("person", "account") if missing else ():
            cursor.execute(
                f"INSERT INTO {CHANGES} (workspace_id, kind, subject)"  # noqa: S608
                f" SELECT DISTINCT workspace_id, '{kind}', 0 FROM customers_{kind}"
            )


def _known(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The triggers of this kind that are up, with their tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("select tgname, tgrelid::regclass::text from pg_trigger where not tgisinternal")
        else:
            cursor.execute("select name, tbl_name from sqlite_master where type = 'trigger'")
        return {name: table for name, table in cursor.fetchall() if MARK in name}


def _triggers(connection: BaseDatabaseWrapper, noting: Noting) -> Iterator[tuple[str, list[str]]]:
    is_postgresql = connection.vendor == "postgresql"
    differs = "DISTINCT FROM" if is_postgresql else "NOT"
    for act, rows in ACTS.items():
        selects = [noting.select.format(row=row) for row in rows]
        if act == "update" and noting.on_update_too:
            selects = [selects[1], noting.on_update_too.format(differs=differs)]
        notes = " ".join(f"INSERT INTO {CHANGES} (workspace_id, kind, subject) {select};" for select in selects)
        columns = f" OF {', '.join(noting.columns)}" if act == "update" and noting.columns else ""
        changed = " OR ".join(f"OLD.{column} IS {differs} NEW.{column}" for column in noting.columns)
        when = f" WHEN ({changed})" if columns else ""
        event = f"AFTER {act.upper()}{columns} ON {noting.table} FOR EACH ROW{when}"
        name = f"{noting.table}{MARK}{crc32(f'{event} {notes}'.encode()):08x}"
        if is_postgresql:
            body = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$ BEGIN {notes} RETURN NULL; END $$"
            yield name, [f"{body} LANGUAGE plpgsql", f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {name}()"]
        else:
            yield name, [f"CREATE TRIGGER {name} {event} BEGIN {notes} END"]
