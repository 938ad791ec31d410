"""Rows with an id of their own: new ones are created, known ones changed where they differ, the rest left alone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import models

from evergrow.customers.actions import numbers
from evergrow.intake.kinds.kind import Chunk, Tally
from evergrow.intake.models import ImportChange

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
    created, changed, changes = [], [], []
    for index, external_id in enumerate(ids):
        facts = {name: columns[name][index] for name in names if columns[name][index] is not None}
        row = known.get(external_id)
        if row is None:
            blanks = {n: c[index] for n, c in (defaults or {}).items() if c[index] is not None and n not in facts}
            created.append(
                model(
                    workspace_id=chunk.source.workspace_id,
                    external_id=external_id,
                    import_id=chunk.source.pk,
                    **blanks,
                    **facts,
                )
            )
        elif change := change_row(chunk, row, facts):
            changed.append(row)
            changes.append(change)
    insert(chunk, created, number)
    if changed:
        touched = {name for change in changes for name in change.after}
        model._default_manager.bulk_update(changed, sorted(touched), batch_size=500)
        ImportChange.objects.bulk_create(changes, batch_size=500)
    return Tally(len(created), len(changed), len(ids) - len(created) - len(changed))


def insert(chunk: Chunk, rows: list[Any], number: numbers.Kind | None = None) -> None:
    """Create rows, numbered where they need a number."""
    if not rows:
        return
    if number:
        for row, given in zip(rows, numbers.next_numbers(chunk.workspace, number, len(rows)), strict=True):
            row.number = given
    type(rows[0])._default_manager.bulk_create(rows)


def change_row(chunk: Chunk, row: models.Model, facts: Mapping[str, Any]) -> ImportChange | None:
    """Set the facts that differ, and say what was before; ``None`` where nothing differs."""
    before, after = {}, {}
    for name, value in facts.items():
        old = getattr(row, name)
        new = {**old, **value} if isinstance(old, dict) else value
        if old != new:
            before[name], after[name] = plain(old), plain(new)
            setattr(row, name, new)
    if not after:
        return None
    return ImportChange(
        source=chunk.source, model=str(row._meta.label_lower), object_id=row.pk, before=before, after=after
    )


def by_external_id(model: type[models.Model], chunk: Chunk, ids: Sequence[str], names: Iterable[str]) -> dict[str, Any]:
    """The rows of the workspace that are there already, by their id."""
    rows: models.QuerySet[Any] = model._default_manager.filter(workspace_id=chunk.source.workspace_id).only(
        "external_id", *names
    )
    return {row.external_id: row for part in parts(ids) for row in rows.filter(external_id__in=part)}


def parts(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """The values in pieces that fit into one statement."""
    for start in range(0, len(values), LOOK_UP):
        yield values[start : start + LOOK_UP]


def plain(value: Any) -> Any:
    """A value as JSON can hold it; a model field reads it back with ``to_python``."""
    return value if value is None or isinstance(value, bool | int | float | str | dict) else str(value)
