"""The card “Traits” of a person or an account: value, source and time; ``customers/traits/_card.html`` shows it.

A page that includes the template puts ``card.context(request, row)`` into its context.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, partial
from operator import itemgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import get_language

from evergrow import warehouse
from evergrow.customers.criteria import known_traits, providers, values
from evergrow.customers.criteria.providers import TraitInfo
from evergrow.customers.models import Account, ComputedTrait, Person, TraitDefinition
from evergrow.customers.privacy.masking import mask_for, mask_text
from evergrow.customers.traits import words
from evergrow.customers.traits.subjects import FIELDS, Subject, kind_of
from evergrow.lib import numerals
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Workspace

FEW = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One trait of one subject."""

    key: str
    label: str
    text: str
    type: str
    unit: str
    source: str
    at: datetime | None
    url: str


def context(request: GatedRequest, row: Subject) -> dict[str, Any]:
    """What ``customers/traits/_card.html`` needs."""
    read = lines(row)

    @cache
    def shown_lines() -> list[Line]:
        hidden = mask_for(request).hidden_traits(row) if isinstance(row, Person) else ()
        return [replace(each, text=mask_text(each.text)) if each.key in hidden else each for each in read()]

    return {
        "trait_lines": shown_lines,
        "trait_few": FEW,
        "trait_add_url": _url(row, ""),
        "traits_may_work": may(request.member, "work"),
    }


@prepared.rows
def _units(workspace: Workspace, kind: str) -> QuerySet[TraitDefinition, tuple[str, str]]:
    rows = TraitDefinition.objects.filter(workspace=workspace, kind=kind)
    return rows.exclude(unit="").values_list("key", "unit")


@prepared.rows
def _computed_traits(workspace: Workspace, kind: str) -> QuerySet[ComputedTrait]:
    return ComputedTrait.objects.filter(workspace=workspace, kind=kind)


def lines(row: Subject) -> Callable[[], list[Line]]:
    """The custom and computed traits of a subject, in order of their labels, begun to be read."""
    kind = kind_of(row)
    known = known_traits.known(row.workspace, kind)
    built_in = known_traits.built_in(kind)
    units = dict(_units(row.workspace, kind))
    found = []
    for key, raw in row.traits.items():
        value = values.read(raw, row.workspace.tz)
        if value is None or key in built_in or key in FIELDS[kind]:
            continue
        source, at = row.origins.get(key, ("", 0))
        label = str(known[key].label) if key in known else key
        when = datetime.fromtimestamp(at / 1000, UTC) if at else None
        found.append(
            Line(
                key,
                label,
                shown(value, row),
                value.type,
                units.get(key, ""),
                words.source(source),
                when,
                _url(row, key),
            )
        )
    computed = _computed(row, units, known)
    return lambda: sorted(found + computed(), key=lambda line: line.label.lower())


def _computed(row: Subject, units: Mapping[str, str], known: Mapping[str, TraitInfo]) -> Callable[[], list[Line]]:
    """Computed traits and those of other rooms, which live in the event store alone."""
    kind = kind_of(row)
    computed = {each.key: each for each in _computed_traits(row.workspace, kind)}
    keys = [*computed, *providers.provided(kind)]
    if not keys:
        return list
    stored = warehouse.meanwhile(partial(_stored, row.workspace_id, kind, row.number, keys))

    def line(key: str, text: str, number: float | None, type_: values.Type, source: str) -> Line:
        trait = computed.get(key)
        label = str(known[key].label) if key in known else key
        at = trait.computed_at if trait else None
        value = values.Value(text, number, type_)
        told = str(known[key].choices.get(text, "")) if key in known else ""
        unit, said = units.get(key, ""), words.source(source)
        return Line(key, label, told or shown(value, row), type_, unit, said, at, _url(row, key))

    return lambda: [line(*each) for each in stored()]


def _stored(workspace_id: int, kind: str, number: int, keys: Sequence[str]) -> list[tuple[Any, ...]]:
    """Key, text, number, type and source of the values in the event store; none while it is away."""
    sql = warehouse.statement("customers", "computed_values")
    try:
        found = warehouse.rows(sql, workspace=workspace_id, kind=kind, subject=number, traits=keys)
    except warehouse.StoreUnavailable:
        return []
    newest = {row[0]: row for row in sorted(found, key=itemgetter(0, 1))}
    return [
        (trait, *value, source)
        for trait, _version, is_deleted, *value, source in newest.values()
        if not is_deleted and source != "row"
    ]


def shown(value: values.Value, row: Subject) -> str:
    """A value in the reader's language."""
    language = get_language() or "en"
    match value.type:
        case "number":
            return numerals.number(value.number, language)
        case "truth":
            return "✓" if value.number else "✗"
        case "moment":
            at = datetime.fromtimestamp(value.number or 0, UTC).astimezone(row.workspace.tz)
            return at.strftime("%Y-%m-%d %H:%M")
        case "list":
            return ", ".join(json.loads(value.text))
    return value.text


def label_of(row: Subject, key: str) -> str:
    info = known_traits.known(row.workspace, kind_of(row)).get(key)
    return str(info.label) if info else key


def type_of(raw: Any) -> str:
    """The type that a value has now; a text where there is none."""
    if isinstance(raw, bool):
        return "truth"
    if isinstance(raw, int | float):
        return "number"
    return "list" if isinstance(raw, list) else "text"


def typed_text(value: Any) -> str:
    """A value as one would type it."""
    if value is None:
        return ""
    return ", ".join(map(values.plain_text, value)) if isinstance(value, list) else values.plain_text(value)


def numbers(row: Subject) -> list[int]:
    """The numbers under which a subject's history stands, those merged into it included."""
    everybody = Person.objects if isinstance(row, Person) else Account.everyone
    return [row.number, *everybody.filter(merged_into=row.pk).values_list("number", flat=True)]


def back(row: Subject) -> str:
    """The subject's page."""
    return reverse(f"customers:{kind_of(row)}", kwargs={"workspace": row.workspace.slug, "number": row.number})


def _url(row: Subject, key: str) -> str:
    name = f"customers:{kind_of(row)}_trait"
    url = reverse(name, kwargs={"workspace": row.workspace.slug, "number": row.number})
    return f"{url}?{urlencode({'trait': key})}" if key else url
