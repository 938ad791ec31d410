"""The tables of the event store that belong to this room: counted, handed out, cleared of a person.

A store of an older version may lack some of them; they are passed over until they are there.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from evergrow import warehouse
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.registry import Holder, Row
from evergrow.customers.privacy.subject import Subject

WORKSPACE = "workspace_id = {workspace_id:UInt32}"
NUMBERS = "{numbers:Array(UInt32)}"
SEGMENTS = "segment in {segments:Array(UInt32)}"
# The rows of a person in each table. Segments of accounts count accounts under the same numbers, hence SEGMENTS.
MINE = {
    "person_overrides": f"(from_person in {NUMBERS} or to_person in {NUMBERS})",
    "traits": f"kind = 'person' and subject in {NUMBERS}",
    "trait_history": f"kind = 'person' and subject in {NUMBERS}",
    "places": f"person in {NUMBERS}",
    "segment_moves": f"{SEGMENTS} and subject in {NUMBERS}",
    "subject_moves": f"{SEGMENTS} and subject in {NUMBERS}",
    "segment_lists": f"{SEGMENTS} and subject in {NUMBERS}",
}
COPIES = ("subject_moves",)  # of rows that another table holds: cleared, but not counted
MEMBERS = "segment_versions"
IS_MEMBER = f"{SEGMENTS} and bitmapHasAny(members, bitmapBuild({NUMBERS}))"
TOLD = {
    "traits": "trait, text, source",
    "trait_history": "trait, text, at, source",
    "segment_moves": "segment, at, entered",
}
COUNTS_ONLY = ("trait_sources", "trait_days", "segment_sizes", "arrivals")


def _present() -> list[str]:
    sql = "select name from system.tables where database = currentDatabase() and name in {names:Array(String)}"
    return sorted(name for (name,) in warehouse.rows(sql, names=[*MINE, MEMBERS]))


def _asked(subject: Subject) -> dict[str, Any]:
    return {"workspace_id": subject.workspace_id, "numbers": subject.numbers, "segments": _segments(subject)}


def _segments(subject: Subject) -> list[int]:
    """The segments of people, where this version has any."""
    model = apps.all_models["customers"].get("segment")
    if model is None:
        return []
    found = model._default_manager.filter(workspace_id=subject.workspace_id, kind="person")
    return list(found.values_list("pk", flat=True))


def _condition(table: str) -> str:
    return f"{WORKSPACE} and {IS_MEMBER if table == MEMBERS else MINE[table]}"


def _params(sql: str, asked: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in asked.items() if f"{{{name}:" in sql}


def count(subject: Subject) -> int:
    asked, found = _asked(subject), 0
    for table in (each for each in _present() if each not in COPIES):
        sql = f"select count() from {table} where {_condition(table)}"  # noqa: S608 (the words stand above)
        found += int(warehouse.scalar(sql, **_params(sql, asked)) or 0)
    return found


def rows(subject: Subject) -> Iterator[Row]:
    """Properties with their history, and segments: which, and when the person came and went."""
    asked, present = _asked(subject), _present()
    for table, names in TOLD.items():
        if table in present:
            sql = f"select {names} from {table} where {_condition(table)}"  # noqa: S608
            for row in warehouse.rows(sql, **_params(sql, asked)):
                yield {"where": table, **dict(zip(names.split(", "), row, strict=True))}
    if MEMBERS in present:
        sql = f"select segment from {MEMBERS} final where {_condition(MEMBERS)}"  # noqa: S608
        for (segment,) in warehouse.rows(sql, **_params(sql, asked)):
            yield {"where": "in segment now", "segment": segment}


def erase(subject: Subject) -> int:
    if not subject.numbers:
        return 0
    asked, gone = _asked(subject), count(subject)
    for table in _present() if gone else []:
        act = "delete"
        if table == MEMBERS:
            left = f"bitmapAndnot(members, bitmapBuild({NUMBERS}))"
            act = f"update members = {left}, size = bitmapCardinality({left})"
        sql = f"alter table {table} {act} where {_condition(table)} settings mutations_sync = 2"
        warehouse.execute(sql, **_params(sql, asked))
    return gone


def _register(tables: Iterable[str]) -> None:
    for name in tables:
        registry.table(name, _("Rows of the person's numbers are deleted."))
    for name in COUNTS_ONLY:
        registry.table(name, _("Holds no personal data, only numbers and counts that name nobody."))


registry.add(
    Holder("customers.tables", _("Properties, segments and merges in the event store"), count, rows, erase, 15)
)
_register([*MINE, MEMBERS])
