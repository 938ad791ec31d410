"""What a definition would give, before it is published: how many, how spread, ten of them, and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evergrow.customers import access
from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account, Person
from evergrow.customers.traits import catalogue
from evergrow.customers.traits.computed import compute
from evergrow.customers.traits.computed.definition import Definition
from evergrow.customers.traits.distribution import Spread, of_values
from evergrow.customers.traits.subjects import Kind
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Member

SAMPLES = 10


@dataclass(frozen=True, slots=True)
class Sample:
    subject: Person | Account
    value: Any


@dataclass(frozen=True, slots=True)
class Preview:
    """``milliseconds`` is what it took to compute everybody's value."""

    filled: int
    subjects: int
    spread: Spread
    samples: Sequence[Sample]
    milliseconds: int

    @property
    def share(self) -> float:
        return self.filled / self.subjects if self.subjects else 0


def preview(definition: Definition, member: Member) -> Preview:
    """Compute a definition for everybody and store nothing. Samples are people and accounts the member may see.

    Raises CostError, ``warehouse.StoreUnavailable``.
    """
    workspace = definition.workspace
    mirror.refresh(workspace)
    found = compute.run(definition)
    seen = catalogue.filled(workspace, definition.kind)
    total = seen[catalogue.EVERYONE].filled if catalogue.EVERYONE in seen else 0
    return Preview(
        filled=len(found.numbers),
        subjects=total,
        spread=of_values(found.values, definition.type),
        samples=_samples(definition, found, member),
        milliseconds=found.milliseconds,
    )


def _samples(definition: Definition, found: compute.Computed, member: Member) -> list[Sample]:
    """Some from all over the range: different values first, the highest on top."""
    by_value: dict[Any, list[int]] = {}
    for number, value in zip(found.numbers.tolist(), found.values, strict=True):
        held = by_value.setdefault(value, [])
        if len(held) < SAMPLES * 2:
            held.append(number)
    ordered = sorted(by_value, reverse=True)
    spread = ordered[:: max(len(ordered) // (SAMPLES * 2), 1)]
    value_of = {number: value for value in spread for number in by_value[value]}
    subjects = {subject.number: subject for subject in _seen(definition.kind, member, list(value_of))}
    held_by = {value: [subjects[n] for n in by_value[value] if n in subjects] for value in spread}
    one_each = [Sample(held[0], value) for value, held in held_by.items() if held]
    more = [Sample(subject, value) for value, held in held_by.items() for subject in held[1:]]
    few = one_each[:: max(len(one_each) // SAMPLES, 1)][:SAMPLES]
    return sorted([*few, *more[: SAMPLES - len(few)]], key=lambda sample: sample.value, reverse=True)


def _seen(kind: Kind, member: Member, numbers: list[int]) -> list[Person | Account]:
    """Those of the numbers that the member may see."""
    found: list[Person | Account] = []
    for part in batched(numbers, 5_000):
        if kind == "person":
            found += access.people(member).filter(number__in=part)
        else:
            found += access.accounts(member).filter(number__in=part)
    return found
