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
    """Some from all over the range: one of every tenth part."""
    order = sorted(range(len(found.values)), key=lambda place: _sortable(found.values[place]))
    step = max(len(order) // (SAMPLES * 4), 1)
    picked = {int(found.numbers[place]): found.values[place] for place in order[::-step][: SAMPLES * 4]}
    subjects: list[Person | Account] = []
    if definition.kind == "person":
        subjects += access.people(member).filter(number__in=list(picked))
    else:
        subjects += access.accounts(member).filter(number__in=list(picked))
    samples = [Sample(subject, picked[subject.number]) for subject in subjects]
    samples.sort(key=lambda sample: _sortable(sample.value), reverse=True)
    return samples[:: max(len(samples) // SAMPLES, 1)][:SAMPLES]


def _sortable(value: Any) -> Any:
    return value if not isinstance(value, bool) else int(value)
