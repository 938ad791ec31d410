"""What a merge moved, changed and dropped, written down as it is done, and put back."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from evergrow.customers.models import Account, AccountMerge
from evergrow.lib.batches import batched

Change = list[Any]  # model, primary key, field, key within the field or None, before, after
PART = 500


@dataclass(slots=True)
class Record:
    """Everything that one merge does to rows."""

    moved: dict[str, list[int]] = field(default_factory=dict)
    changed: list[Change] = field(default_factory=list)
    dropped: list[dict[str, Any]] = field(default_factory=list)

    def change(self, row: models.Model, **values: Any) -> None:
        """Set fields of a row. Of a field with keys (traits) only the keys that differ are written down."""
        label, fields = row._meta.label, {}
        for name, value in values.items():
            column = row._meta.get_field(name)
            assert isinstance(column, models.Field)
            before = getattr(row, column.attname)
            now = value.pk if isinstance(value, models.Model) else value
            if before == now:
                continue
            fields[column.attname] = now
            setattr(row, name, value)
            if isinstance(before, dict) and isinstance(now, dict):
                for key in sorted(before.keys() | now.keys()):
                    if before.get(key) != now.get(key):
                        self.changed.append([label, row.pk, name, key, before.get(key), now.get(key)])
            else:
                self.changed.append([label, row.pk, column.attname, None, plain(before), plain(now)])
        if fields:
            type(row)._base_manager.filter(pk=row.pk).update(**fields)

    def drop(self, row: models.Model) -> None:
        """Delete a row, to be made again as it was."""
        self.dropped += json.loads(serializers.serialize("json", [row]))
        row.delete()

    def move(self, rows: "models.QuerySet[Any]", to: Account) -> None:
        """Let rows belong to another account."""
        keys = list(rows.order_by("pk").values_list("pk", flat=True))
        for part in batched(keys, PART):
            rows.model._base_manager.filter(pk__in=part).update(account=to)
        if keys:
            self.moved.setdefault(rows.model._meta.label, []).extend(keys)

    def keep_in(self, merge: AccountMerge) -> None:
        """Add it to what a merge did before; to be saved by the caller."""
        moved = {label: list(keys) for label, keys in merge.moved.items()}
        for label, keys in self.moved.items():
            moved.setdefault(label, []).extend(keys)
        merge.moved, merge.changed = moved, [*merge.changed, *self.changed]
        merge.dropped = [*merge.dropped, *self.dropped]


def plain(value: Any) -> Any:
    """A value as JSON holds it."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def put_back(merge: AccountMerge) -> None:
    """Undo what a merge did to rows, last things first. What somebody changed or deleted since stays as it is."""
    for label, keys in merge.moved.items():
        rows: Any = apps.get_model(label)._base_manager
        for part in batched(keys, PART):
            rows.filter(pk__in=part, account=merge.kept).update(account=merge.merged)
    for change in reversed(merge.changed):
        _change_back(change)
    for each in merge.dropped:
        _make_again(each)


def _change_back(change: Change) -> None:
    label, pk, name, key, before, after = change
    rows: Any = apps.get_model(label)._base_manager
    row = rows.select_for_update().filter(pk=pk).first()
    if row is None:
        return
    now = getattr(row, name)
    if key is not None:
        if now.get(key) != after:
            return
        value: Any = {each: kept for each, kept in now.items() if each != key}
        if before is not None:
            value[key] = before
    elif plain(now) != after:
        return
    else:
        column = _column(row, name)
        value = None if before is None else column.to_python(before)
    rows.filter(pk=pk).update(**{name: value})


def _column(row: models.Model, attname: str) -> Any:
    return next(each for each in row._meta.concrete_fields if each.attname == attname)


def _make_again(kept: dict[str, Any]) -> None:
    """A dropped row as it was, unless somebody took its place or what it refers to is gone."""
    found = next(iter(serializers.deserialize("python", [kept])))
    row: Any = found.object
    for each in row._meta.concrete_fields:
        if each.related_model is None or (other := getattr(row, each.attname)) is None:
            continue
        if not each.related_model._base_manager.filter(pk=other).exists():
            if not each.null:
                return
            setattr(row, each.attname, None)
    try:
        row.validate_unique()
        row.validate_constraints()
    except ValidationError:
        return
    if not type(row)._base_manager.filter(pk=row.pk).exists():
        found.save()
