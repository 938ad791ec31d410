"""Traits that other rooms give to people and accounts, and how traits are called.

A room registers in its ``AppConfig.ready`` and calls ``mirror.write_provided`` whenever it has computed anew.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

from evergrow.customers.criteria.tree import Kind
from evergrow.customers.criteria.values import Type
from evergrow.workspaces.models import Workspace

Words = str | Promise
Values = tuple[Sequence[int], Sequence[Any]]  # numbers of subjects, and as many values


@dataclass(frozen=True, slots=True)
class TraitInfo:
    """A trait as it is offered: its key, label, what it reads as, and its values' labels where they are few."""

    kind: Kind
    key: str
    label: Words
    type: Type
    choices: Mapping[str, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provider:
    """Traits of a room: ``load(workspace)`` gives the values of each key."""

    key: str
    traits: Sequence[TraitInfo]
    load: Callable[[Workspace], Mapping[str, Values]]


Naming = Callable[[Workspace, Kind], Mapping[str, TraitInfo]]
_providers: dict[str, Provider] = {}
_namings: list[Naming] = []


def register(provider: Provider) -> None:
    """Add a room's traits; the same key again replaces it."""
    _providers[provider.key] = provider


def name_traits(naming: Naming) -> None:
    """Say how custom traits of a workspace are called and what they are."""
    _namings.append(naming)


def providers() -> list[Provider]:
    return list(_providers.values())


def get(key: str) -> Provider:
    return _providers[key]


def provided(kind: Kind) -> dict[str, TraitInfo]:
    """The traits that rooms give, by key."""
    return {trait.key: trait for provider in _providers.values() for trait in provider.traits if trait.kind == kind}


def named(workspace: Workspace, kind: Kind) -> dict[str, TraitInfo]:
    """What colleagues said about custom traits, by key."""
    return {key: info for naming in _namings for key, info in naming(workspace, kind).items()}
