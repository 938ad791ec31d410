"""The tables of the event store that belong to this room, cleared of a person."""

from django.utils.translation import gettext_lazy as _

from evergrow import warehouse
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.registry import Holder
from evergrow.customers.privacy.subject import Subject

# The rows of a person in each table; tables that a store does not have yet are passed over.
MINE = {
    "person_overrides": "from_person in {numbers:Array(UInt32)} or to_person in {numbers:Array(UInt32)}",
    "traits": "kind = 'person' and subject in {numbers:Array(UInt32)}",
}


WORKSPACE = "workspace_id = {workspace_id:UInt32}"


def _present() -> set[str]:
    sql = "select name from system.tables where database = currentDatabase() and name in {names:Array(String)}"
    return {name for (name,) in warehouse.rows(sql, names=list(MINE))}


def count(subject: Subject) -> int:
    which = {"workspace_id": subject.workspace_id, "numbers": subject.numbers}
    asked = (f"select count() from {table} where {WORKSPACE} and ({MINE[table]})" for table in sorted(_present()))  # noqa: S608 (the names stand above)
    return sum(int(warehouse.scalar(sql, **which) or 0) for sql in asked)


def erase(subject: Subject) -> int:
    gone = count(subject) if subject.numbers else 0
    if gone:
        for table in sorted(_present()):
            warehouse.execute(
                f"alter table {table} delete where {WORKSPACE} and ({MINE[table]}) settings mutations_sync = 2",
                workspace_id=subject.workspace_id,
                numbers=subject.numbers,
            )
    return gone


registry.add(
    Holder(
        "customers.tables", _("Merges and properties in the event store"), count, registry.nothing, erase, position=15
    )
)
for name in MINE:
    registry.table(name, _("Rows of the person's numbers are deleted."))
