"""Keeps the mirror of traits and places in the event store fresh.

1. Triggers note whose row changed (``triggers``). ``refresh`` reads those rows again and writes them under a version
   that was taken before reading: of two refreshes at once the one that read later wins.
2. What such a subject had under an older version and has no more is marked as deleted, just below the new version.
3. Many changes, or all (number 0), read everything. Computed traits and scores are written by ``write`` and stay.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.criteria import fields, providers, seen
from evergrow.customers.criteria.tree import Kind
from evergrow.customers.criteria.values import Value, read
from evergrow.customers.models import Account, Person, TraitChange
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

MANY = 50_000
ROW, COMPUTED = "row", "computed"
BEGIN, END = date(1900, 1, 1), date(2299, 12, 31)
_alone: dict[int, threading.Lock] = {}
_looked: dict[tuple[int, object], bool] = {}


def refresh(workspace: Workspace) -> int:
    """Bring the mirror up to date; how many people and accounts were read again. Cheap when nothing changed."""
    with _alone.setdefault(workspace.pk, threading.Lock()):
        _look_once(workspace)
        changes = TraitChange.objects.filter(workspace_id=workspace.pk)
        total = 0
        while found := list(changes.order_by("id").values_list("id", "kind", "subject")[: MANY * 2]):
            for kind in ("person", "account"):
                total += _refresh_kind(workspace, kind, {number for _, of, number in found if of == kind})
            for ids in batched([pk for pk, _, _ in found], 5_000):
                changes.filter(pk__in=ids).delete()
        seen.refresh(workspace)
        return total


def note_all(workspace: Workspace) -> None:
    """Have everything of a workspace read again at the next refresh."""
    TraitChange.objects.bulk_create(
        TraitChange(workspace_id=workspace.pk, kind=kind, subject=0) for kind in ("person", "account")
    )


def _look_once(workspace: Workspace) -> None:
    """A store that was emptied, or never filled, is filled."""
    key = (workspace.pk, warehouse.own_store())
    if key in _looked:
        return
    has_any = warehouse.scalar("select 1 from traits where workspace_id = {w:UInt32} limit 1", w=workspace.pk)
    if not has_any and any(model.objects.filter(workspace=workspace).exists() for model in (Person, Account)):
        note_all(workspace)
        for provider in providers.providers():
            write_provided(workspace, provider.key)
    _looked[key] = True


def _refresh_kind(workspace: Workspace, kind: Kind, numbers: set[int]) -> int:
    if not numbers:
        return 0
    everything = 0 in numbers or len(numbers) > MANY
    asked = None if everything else sorted(numbers)
    version = time.time_ns()
    total = 0
    for block in fields.rows(workspace, kind, asked):
        _insert(workspace, kind, block, version)
        total += len(block)
    _forget_traits(workspace, kind, asked, version)
    if kind == "person":
        for places in fields.places(workspace, asked):
            _insert_places(workspace, places, version)
        _forget_places(workspace, asked, version)
    return total


def _insert(workspace: Workspace, kind: Kind, block: Iterable[fields.Row], version: int) -> None:
    zone = workspace.tz
    traits: list[str] = []
    subjects: list[int] = []
    values: list[Value] = []
    for number, row in block:
        for trait, raw in row.items():
            value = read(raw, zone)
            if value is not None:
                traits.append(trait)
                subjects.append(number)
                values.append(value)
    _insert_values(workspace, kind, traits, subjects, values, ROW, version)


def _insert_values(
    workspace: Workspace,
    kind: Kind,
    traits: Sequence[str],
    subjects: Sequence[int] | np.ndarray[Any, Any],
    values: Sequence[Value],
    source: str,
    version: int,
) -> None:
    if not values:
        return
    texts, numbers, types = zip(*values, strict=True)
    count = len(values)
    warehouse.insert(
        "traits",
        {
            "workspace_id": np.full(count, workspace.pk, np.uint32),
            "kind": [kind] * count,
            "trait": traits,
            "subject": np.asarray(subjects, np.uint32),
            "text": texts,
            "number": np.array([np.nan if number is None else number for number in numbers])
            if None not in numbers
            else list(numbers),
            "type": types,
            "source": [source] * count,
            "version": np.full(count, version, np.uint64),
            "is_deleted": np.zeros(count, np.uint8),
        },
    )


def _insert_places(workspace: Workspace, block: Sequence[dict[str, Any]], version: int) -> None:
    count = len(block)
    warehouse.insert(
        "places",
        {
            "workspace_id": np.full(count, workspace.pk, np.uint32),
            "account": np.array([row["account__number"] for row in block], np.uint32),
            "person": np.array([row["person__number"] for row in block], np.uint32),
            "place": np.array([row["pk"] for row in block], np.uint64),
            "roles": [[row["influence"], *(["key"] if row["is_key"] else [])] for row in block],
            "started_on": [row["started_on"] or BEGIN for row in block],
            "ended_on": [row["ended_on"] or END for row in block],
            "version": np.full(count, version, np.uint64),
            "is_deleted": np.zeros(count, np.uint8),
        },
    )


def _forget_traits(workspace: Workspace, kind: Kind, numbers: Sequence[int] | None, version: int) -> None:
    """Mark what was not written under this version; of subjects that are gone, computed traits too."""
    sql = warehouse.statement("customers", "forget_traits")
    for part in _parts(numbers):
        warehouse.execute(sql, workspace=workspace.pk, kind=kind, version=version, numbers=part, all=numbers is None)


def _forget_places(workspace: Workspace, people: Sequence[int] | None, version: int) -> None:
    sql = warehouse.statement("customers", "forget_places")
    for part in _parts(people):
        warehouse.execute(sql, workspace=workspace.pk, version=version, people=part, all=people is None)


def _parts(numbers: Sequence[int] | None) -> Iterable[list[int]]:
    return [[]] if numbers is None else batched(numbers, 20_000)


def write(
    workspace: Workspace,
    kind: Kind,
    trait: str,
    numbers: Sequence[int] | np.ndarray[Any, Any],
    values: Sequence[Any],
    source: str = COMPUTED,
    *,
    is_whole: bool = True,
) -> int:
    """Write a computed trait's values; how many there are. Subjects left out have it no more, unless not ``is_whole``.

    ``values`` are what JSON holds, dates and moments; ``None`` is no value.
    """
    version, zone = time.time_ns(), workspace.tz
    pairs = [
        (int(number), value)
        for number, raw in zip(numbers, values, strict=True)
        if (value := read(raw, zone)) is not None
    ]
    for part in batched(pairs, 200_000):
        subjects, found = zip(*part, strict=True)
        _insert_values(workspace, kind, [trait] * len(part), subjects, found, source, version)
    part_of = [] if is_whole else [int(number) for number in numbers]
    warehouse.execute(
        warehouse.statement("customers", "forget_trait"),
        workspace=workspace.pk,
        kind=kind,
        trait=trait,
        version=version,
        numbers=part_of,
        all=is_whole,
    )
    return len(pairs)


def drop(workspace: Workspace, kind: Kind, trait: str) -> None:
    """Forget a computed trait of everybody."""
    write(workspace, kind, trait, [], [])


def write_provided(workspace: Workspace, key: str) -> None:
    """Write all traits of a provider anew."""
    provider = providers.get(key)
    found = provider.load(workspace)
    for trait in provider.traits:
        numbers, values = found.get(trait.key, ((), ()))
        write(workspace, trait.kind, trait.key, numbers, values, provider.key)
