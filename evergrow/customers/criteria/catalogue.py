"""What there is to choose from: traits with their values, events with their properties, segments, roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language, gettext

from evergrow import warehouse
from evergrow.customers import hidden_names, registry
from evergrow.customers.criteria import known_traits, memberships, mirror, providers, words
from evergrow.customers.criteria.providers import TraitInfo
from evergrow.customers.criteria.tree import Kind
from evergrow.customers.models import Affiliation
from evergrow.workspaces.models import Workspace

REMEMBERED_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Offered:
    """A trait to choose: ``group`` says where it comes from, ``subjects`` how many have it."""

    info: TraitInfo
    group: str
    subjects: int


def traits(workspace: Workspace, kind: Kind) -> list[Offered]:
    """Fields first, then scores and other rooms' traits, then custom ones by how many have them."""
    seen = {trait: (count, type_) for of, trait, count, type_ in _seen(workspace) if of == kind}
    described = known_traits.known(workspace, kind)
    found = [
        Offered(info, group, seen.get(key, (0, ""))[0])
        for group, infos in (
            (gettext("Fields"), known_traits.built_in(kind)),
            (gettext("Scores"), providers.provided(kind)),
        )
        for key, info in infos.items()
    ]
    taken = {offered.info.key for offered in found}
    custom = sorted(({*seen, *described} - taken), key=lambda key: (-seen.get(key, (0, ""))[0], key))
    for key in custom:
        count, type_ = seen.get(key, (0, "text"))
        info = described.get(key) or TraitInfo(kind, key, key, type_)
        found.append(Offered(info, gettext("Custom traits"), count))
    return found


def _seen(workspace: Workspace) -> list[tuple[str, str, int, Any]]:
    mirror.refresh(workspace)
    key = f"criteria:traits:{workspace.pk}"
    rows: list[tuple[str, str, int, Any]] | None = cache.get(key)
    if rows is None:
        rows = warehouse.rows(warehouse.statement("customers", "traits_seen"), workspace=workspace.pk)
        cache.set(key, rows, REMEMBERED_SECONDS)
    return rows or []


def trait_values(workspace: Workspace, kind: Kind, trait: str) -> list[tuple[str, str]]:
    """The most frequent values of a trait with their labels."""
    info = known_traits.known(workspace, kind).get(trait)
    if info and info.choices:
        return [(value, str(label)) for value, label in info.choices.items()]
    mirror.refresh(workspace)
    sql = warehouse.statement("customers", "trait_values_seen")
    return [(text, text) for (text,) in warehouse.rows(sql, workspace=workspace.pk, kind=kind, trait=trait)]


def events(workspace: Workspace) -> list[tuple[str, str]]:
    """Events with their names, the most frequent first."""
    rows = warehouse.rows(warehouse.statement("customers", "events_to_choose"), workspace=workspace.pk)
    hidden, name = hidden_names.of(workspace, "events"), registry.event_names(workspace)
    return [(event, name(event, get_language() or "en")) for (event,) in rows if event not in hidden]


def properties(workspace: Workspace, event: str) -> list[str]:
    """Properties that an event (``*``: any) carries, the most frequent first."""
    sql = warehouse.statement("customers", "properties_to_choose")
    hidden = hidden_names.of(workspace, "properties")
    return [name for (name,) in warehouse.rows(sql, workspace=workspace.pk, event=event) if name not in hidden]


def property_values(workspace: Workspace, event: str, key: str) -> list[str]:
    """The most frequent values of a property in the event's last 90 days."""
    sql = warehouse.statement("customers", "property_values_to_choose")
    rows = warehouse.rows(sql, workspace=workspace.pk, event=event, key=key, today=workspace.today())
    return [value for (value,) in rows]


def as_data(workspace: Workspace) -> dict[str, Any]:
    """Everything that the form offers, as JSON."""
    kinds: Sequence[Kind] = ("person", "account")
    return {
        "traits": {kind: [_trait(offered) for offered in traits(workspace, kind)] for kind in kinds},
        "events": [{"key": key, "label": label} for key, label in events(workspace)],
        "segments": {
            kind: [{"key": each.key, "label": each.name} for each in memberships.every(workspace, kind)]
            for kind in kinds
        },
        "roles": [{"key": key, "label": words.role_label(key)} for key in (*Affiliation.Influence.values, "key")],
    }


def _trait(offered: Offered) -> dict[str, Any]:
    info = offered.info
    found: dict[str, Any] = {
        "key": info.key,
        "label": str(info.label),
        "type": info.type,
        "group": offered.group,
        "subjects": offered.subjects,
    }
    if info.choices:
        found["choices"] = [{"key": key, "label": str(label)} for key, label in info.choices.items()]
    return found
