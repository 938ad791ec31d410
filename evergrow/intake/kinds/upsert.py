"""Rows with an id of their own: new ones are created, known ones changed where they differ, the rest left alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import models

from evergrow.customers.actions import numbers
from evergrow.customers.models import Account, Person
from evergrow.customers.traits import Saying
from evergrow.customers.traits.subjects import FIELDS, kind_of
from evergrow.intake.kinds.insert import insert_columns
from evergrow.intake.kinds.kind import Chunk, Tally
from evergrow.intake.models import ImportChange

IMPORT = "import"
LOOK_UP = 10_000  # SQLite takes 32,766 parameters in one statement


def upsert(
    chunk: Chunk,
    model: type[models.Model],
    columns: Mapping[str, Sequence[Any]],
    *,
    number: numbers.Kind | None = None,
    defaults: Mapping[str, Sequence[Any]] | None = None,
) -> Tally:
    """Write the rows of a chunk into ``model`` by (workspace, external_id).

    ``columns`` holds one value per row and attribute, ``external_id`` among them; ``None`` leaves what is there.
    ``defaults`` fill what a new row lacks. ``number`` names the count that new rows draw their number from.
    """
    ids = columns["external_id"]
    names = [name for name in columns if name != "external_id"]
    known = by_external_id(model, chunk, ids, names)
    changed, changes = [], []
    for index, external_id in enumerate(ids):
        if (row := known.get(external_id)) is not None:
            facts = {name: columns[name][index] for name in names if columns[name][index] is not None}
            if change := change_row(chunk, row, facts):
                changed.append(row)
                changes.append(change)
    new = [index for index, external_id in enumerate(ids) if external_id not in known]
    create(chunk, model, columns, new, number, defaults or {})
    if changed:
        touched = {name for change in changes for name in change.after}
        model._default_manager.bulk_update(changed, sorted(touched), batch_size=500)
        ImportChange.objects.bulk_create(changes, batch_size=500)
    return Tally(len(new), len(changed), len(ids) - len(new) - len(changed))


def create(
    chunk: Chunk,
    model: type[models.Model],
    columns: Mapping[str, Sequence[Any]],
    rows: Sequence[int],
    number: numbers.Kind | None = None,
    defaults: Mapping[str, Sequence[Any]] | None = None,
) -> list[int]:
    """Create the given rows of a chunk, with the defaults where a value is missing; their numbers, if they have any."""
    if not rows:
        return []
    filled: dict[str, Any] = {"workspace_id": chunk.source.workspace_id, "import_id": chunk.source.pk}
    for name in {**columns, **(defaults or {})}:
        own, other = columns.get(name), (defaults or {}).get(name)
        filled[name] = [_first(own, other, index) for index in rows]
    if number:
        filled["origins"] = _origins(chunk, columns, rows, number)
    given = list(numbers.next_numbers(chunk.workspace, number, len(rows))) if number else []
    if given:
        filled["number"] = given
    insert_columns(model, filled, len(rows))
    return given


def _origins(
    chunk: Chunk, columns: Mapping[str, Sequence[Any]], rows: Sequence[int], kind: numbers.Kind
) -> list[dict[str, Any]]:
    """Where the values of new people or accounts are from: this file."""
    at = round(chunk.said_at.timestamp() * 1000)
    fields = [(name, columns[name]) for name in FIELDS[kind] if name in columns]
    traits, origin, spoken = columns.get("traits"), [IMPORT, at], chunk.learner.spoken
    found = []
    for index in rows:
        keys = [name for name, values in fields if values[index]]
        if traits is not None and traits[index]:
            keys += traits[index]
        for key in keys:
            spoken[kind, key, IMPORT] = (spoken.get((kind, key, IMPORT), (0, 0))[0] + 1, at)
        found.append(dict.fromkeys(keys, origin))
    return found


def _first(own: Sequence[Any] | None, other: Sequence[Any] | None, index: int) -> Any:
    if own is not None and own[index] is not None:
        return own[index]
    return other[index] if other is not None else None


def change_row(chunk: Chunk, row: models.Model, facts: Mapping[str, Any]) -> ImportChange | None:
    """Set the facts that differ, and say what was before; ``None`` where nothing differs."""
    if isinstance(row, Person | Account):
        return _learn_row(chunk, row, facts)
    return _change_fields(chunk, row, facts)


def _learn_row(chunk: Chunk, row: Person | Account, facts: Mapping[str, Any]) -> ImportChange | None:
    """Let a person or an account learn what the file says; other fields are simply set."""
    fields = FIELDS[kind_of(row)]
    said = {name: value for name, value in facts.items() if name in fields} | facts.get("traits", {})
    names = [name for name in facts if name in fields or name == "traits"]
    before = {name: getattr(row, name) for name in [*names, "origins"]}
    chunk.learner.hear(Saying(row, said, IMPORT, chunk.said_at))
    change = _change_fields(chunk, row, {name: value for name, value in facts.items() if name not in names})
    moved = [name for name in names if getattr(row, name) != before[name]]
    if not moved and change is None:
        return None  # the same value again, from now: the learner saves that
    chunk.learner.changed.pop((kind_of(row), id(row)), None)
    change = change or _change(chunk, row, {}, {})
    for name in [*moved, "origins"]:
        change.before[name], change.after[name] = plain(before[name]), plain(getattr(row, name))
    return change


def _change_fields(chunk: Chunk, row: models.Model, facts: Mapping[str, Any]) -> ImportChange | None:
    before, after = {}, {}
    for name, value in facts.items():
        old = getattr(row, name)
        new = {**old, **value} if isinstance(old, dict) else value
        if old != new:
            before[name], after[name] = plain(old), plain(new)
            setattr(row, name, new)
    return _change(chunk, row, before, after) if after else None


def _change(chunk: Chunk, row: models.Model, before: dict[str, Any], after: dict[str, Any]) -> ImportChange:
    return ImportChange(
        source=chunk.source, model=str(row._meta.label_lower), object_id=row.pk, before=before, after=after
    )


def by_external_id(model: type[models.Model], chunk: Chunk, ids: Sequence[str], names: Iterable[str]) -> dict[str, Any]:
    """The rows of the workspace that are there already, by their id."""
    rows: models.QuerySet[Any] = model._base_manager.filter(workspace_id=chunk.source.workspace_id)
    if not rows.exclude(import_id=chunk.source.pk).exists():
        return {}  # all there is came from this file, in which no id stands twice
    if model is Account:
        return _accounts(chunk, ids, names)
    rows = rows.only("external_id", *names)
    return {row.external_id: row for part in parts(ids) for row in rows.filter(external_id__in=part)}


def _accounts(chunk: Chunk, ids: Sequence[str], names: Iterable[str]) -> dict[str, Account]:
    """The same for accounts, where the id of one that was merged means the one it belongs to."""
    own = ("external_id", "workspace", "number", "traits", "origins", *FIELDS["account"])
    found: dict[str, Account] = {}
    for part in parts(ids):
        known = Account.everyone.known(chunk.source.workspace_id, part)
        keys = sorted({key for key, _ in known.values()})
        rows = Account.everyone.only(*dict.fromkeys([*own, *names])).in_bulk(keys)
        found |= {external_id: rows[key] for external_id, (key, _) in known.items()}
    return found


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces that fit into one statement."""
    for start in range(0, len(values), LOOK_UP):
        yield values[start : start + LOOK_UP]


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a model field reads it back with ``to_python``."""
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)
