"""Computing a trait for everybody: one statement, then the mirror, the history of what changed, the day's summary."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.criteria import mirror, values
from evergrow.customers.criteria.ask import _guarded as ask
from evergrow.customers.models import ComputedState, ComputedTrait, ComputedTraitVersion
from evergrow.customers.traits import catalogue, history
from evergrow.customers.traits.computed import definition as definitions
from evergrow.customers.traits.computed.compile import statement
from evergrow.customers.traits.computed.definition import Definition
from evergrow.customers.traits.subjects import Kind
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Computed:
    """Who has which value. Dates come as days, truths as bools, everything else as it is."""

    numbers: np.ndarray[Any, Any]
    values: Sequence[Any]
    milliseconds: int


def run(definition: Definition, at: datetime | None = None) -> Computed:
    """Compute a definition for everybody, storing nothing. The mirror must be fresh.

    Raises CostError where the store's limits are reached, ``warehouse.StoreUnavailable``.
    """
    asked = statement(definition, at or clock.now())
    began = time.monotonic()
    found = ask(asked.text, dict(asked.params))
    took = round((time.monotonic() - began) * 1000)
    numbers = found.get("subject", np.empty(0, np.uint32)).astype(np.uint32, copy=False)
    return Computed(numbers, _plain(definition.type, found.get("value", np.empty(0))), took)


def _plain(type_: str, found: np.ndarray[Any, Any]) -> list[Any]:
    raw = found.tolist()
    match type_:
        case "number":
            return [int(value) if value == int(value) and abs(value) < 1e15 else value for value in raw]
        case "truth":
            return [bool(value) for value in raw]
        case "date":
            return [values.EPOCH + timedelta(days=int(value)) for value in raw]
        case "moment":
            return [datetime.fromtimestamp(value, tz=clock.now().tzinfo) for value in raw]
    return list(raw)


def compute(*, trait: ComputedTrait, at: datetime | None = None) -> int:
    """Compute the published version of a trait, and write it down; how many have a value.

    Running twice changes nothing more. Raises as ``run``; the trait then keeps its values and says why.
    """
    version = trait.versions.filter(state=ComputedState.PUBLISHED).first()
    if version is None:
        return 0
    workspace, kind, at = trait.workspace, kind_of(trait), at or clock.now()
    mirror.refresh(workspace)
    try:
        found = run(read_version(version), at)
    except Exception as error:
        trait.error = str(error)[:400]
        trait.save(update_fields=["error"])
        raise
    _write(workspace, kind, trait.key, found, at)
    trait.computed_at, trait.computed_version, trait.took_ms = at, version.number, found.milliseconds
    trait.filled, trait.error = len(found.numbers), ""
    trait.save(update_fields=["computed_at", "computed_version", "took_ms", "filled", "error"])
    return len(found.numbers)


def kind_of(trait: ComputedTrait) -> Kind:
    return "person" if trait.kind == "person" else "account"


def read_version(version: ComputedTraitVersion) -> Definition:
    """The definition of a version. Raises DefinitionError or FormulaError where a trait it needs is gone."""
    trait = version.trait
    kind = kind_of(trait)
    data = {name: value for name, value in version.definition.items() if name != "type"}
    known = catalogue.types(trait.workspace, kind) if "formula" in data else {}
    return definitions.read(data, kind, trait.workspace, known)


def _write(workspace: Workspace, kind: Kind, key: str, found: Computed, at: datetime) -> None:
    before = current(workspace, kind, key)
    zone = workspace.tz
    read = [values.read(value, zone) for value in found.values]
    now = dict(zip(found.numbers.tolist(), read, strict=True))
    changed = [(number, value) for number, value in now.items() if value and before.get(number) != value.text]
    gone = [number for number in before if now.get(number) is None]
    local = at.astimezone(zone)
    begins = local.replace(hour=0, minute=0, second=0, microsecond=0)
    history.write_computed(workspace, kind, key, begins, [*changed, *((number, None) for number in gone)])
    mirror.write(workspace, kind, key, found.numbers, found.values)
    _summarise(workspace, kind, key, local, read)


def current(workspace: Workspace, kind: Kind, key: str) -> dict[int, str]:
    """The text of everybody's value in the mirror, by number."""
    rows = warehouse.columns(
        warehouse.statement("customers", "trait_values"), workspace=workspace.pk, kind=kind, trait=key
    )
    if not rows:
        return {}
    return dict(zip(rows["subject"].tolist(), rows["text"].tolist(), strict=True))


def _summarise(
    workspace: Workspace, kind: Kind, key: str, local: datetime, read: Sequence[values.Value | None]
) -> None:
    """Note how many have a value today, and the mean where the values are numbers."""
    seen = catalogue.filled(workspace, kind)
    numbers = [
        value.number for value in read if value and value.type in ("number", "truth") and value.number is not None
    ]
    row: dict[str, Any] = {
        "workspace_id": [workspace.pk],
        "kind": [kind],
        "trait": [key],
        "day": [local.date()],
        "subjects": [seen[catalogue.EVERYONE].filled if catalogue.EVERYONE in seen else 0],
        "filled": [len(read)],
        "version": [time.time_ns()],
    }
    if numbers:
        row["mean"] = [float(np.mean(numbers))]
    warehouse.insert("trait_days", row)
