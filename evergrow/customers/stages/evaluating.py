"""The regular job: asks the criteria of every lifecycle and lets those move whom they move.

Running twice, or two at once, is safe: every move is made only from the stay that was read (``moves``). Where criteria
cannot be asked nobody moves, and the lifecycle says why.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.models import (
    Account,
    Lifecycle,
    Person,
    Product,
    StagedKind,
    StageGate,
    StageStay,
    Trashed,
)
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import facts, moves, standing, traits
from evergrow.customers.stages.deciding import Place, Verdict, decide
from evergrow.customers.stages.definition import PAUSED, Definition
from evergrow.customers.stages.facts import Answers
from evergrow.customers.stages.moves import Move
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import audit
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
BLOCK = 2000


@dataclass(slots=True)
class Evaluated:
    """What a run came to: lifecycles asked, those that could not be asked, subjects looked at and moved."""

    lifecycles: int = 0
    failed: int = 0
    subjects: int = 0
    moved: int = 0


def evaluate_all(workspace: Workspace, on_progress: Callable[[int, int], None] | None = None) -> Evaluated:
    """Evaluate every published lifecycle. Raises StoreUnavailable."""
    total = Evaluated()
    for product in Product.objects.filter(workspace=workspace, retired_at=None).exclude(used_by=None):
        _refresh_uses(product)
    rows = Lifecycle.objects.filter(workspace=workspace, retired_at=None).order_by("pk")
    waiting = [lifecycle for lifecycle in rows if definitions.of(lifecycle) is not None]
    for done, lifecycle in enumerate(waiting, 1):
        lifecycle.workspace = workspace
        _evaluate_guarded(lifecycle, total)
        if on_progress:
            on_progress(done, len(waiting))
    traits.write_all(workspace)
    return total


def _refresh_uses(product: Product) -> None:
    try:
        facts.refresh_uses(product)
    except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery) as error:
        log.warning("Who uses the product %s of %s cannot be found: %s", product.code, product.workspace.slug, error)


def _evaluate_guarded(lifecycle: Lifecycle, total: Evaluated) -> None:
    try:
        moved, looked = evaluate(lifecycle)
    except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery) as error:
        log.warning("The lifecycle %s of %s cannot be evaluated: %s", lifecycle.key, lifecycle.workspace.slug, error)
        Lifecycle.objects.filter(pk=lifecycle.pk).update(problem=str(error)[:2000])
        total.failed += 1
        return
    Lifecycle.objects.filter(pk=lifecycle.pk).update(problem="", evaluated_at=clock.now())
    total.lifecycles += 1
    total.moved += moved
    total.subjects += looked


def evaluate(lifecycle: Lifecycle) -> tuple[int, int]:
    """Judge everybody for today: how many moved, of how many. Raises CriteriaError, CostError, StoreUnavailable."""
    found = definitions.of(lifecycle)
    if found is None:
        return 0, 0
    answers, today = facts.ask(lifecycle, found), lifecycle.workspace.today()
    moved = looked = 0
    for numbers in blocks(lifecycle):
        looked += len(numbers)
        moved += _evaluate_block(lifecycle, found, answers, numbers, today)
    if moved:
        audit.record(lifecycle.workspace, "lifecycle.evaluated", lifecycle, by=None, data={"moved": moved})
    return moved, looked


def blocks(lifecycle: Lifecycle) -> Iterator[dict[int, int]]:
    """Primary key → number of everybody who is there, in blocks."""
    for block in batched(_subjects(lifecycle), BLOCK):
        yield dict(block)


def _subjects(lifecycle: Lifecycle) -> Iterator[tuple[int, int]]:
    """``(primary key, number)`` of everybody who is there: not merged, not deleted, not retired."""
    workspace = lifecycle.workspace
    rows: Any
    match lifecycle.kind:
        case StagedKind.ACCOUNT:
            rows = Account.objects.filter(workspace=workspace)
        case StagedKind.PERSON:
            deleted = Trashed.objects.filter(workspace=workspace, person__isnull=False).values("person")
            rows = Person.objects.filter(workspace=workspace, merged_into=None).exclude(pk__in=deleted)
        case _:
            rows = Product.objects.filter(workspace=workspace, retired_at=None)
    yield from list(rows.order_by("pk").values_list("pk", "number"))


def _evaluate_block(
    lifecycle: Lifecycle, found: Definition, answers: Answers, numbers: dict[int, int], today: date
) -> int:
    planned, changed = [], []
    for subject, stay, verdict in judged(lifecycle, found, answers, numbers, today):
        if verdict.to is not None or verdict.leaves:
            planned.append(Move(subject, stay.pk if stay else None, verdict.to, cause=verdict.cause))
        elif stay and stay.failing_since != verdict.failing_since:
            stay.failing_since = verdict.failing_since
            changed.append(stay)
    StageStay.objects.bulk_update(changed, ["failing_since"], batch_size=250)
    return len(moves.carry_out(lifecycle, found, planned, by=None))


def judged(
    lifecycle: Lifecycle, found: Definition, answers: Answers, numbers: Mapping[int, int], today: date
) -> Iterator[tuple[int, StageStay | None, Verdict]]:
    """What becomes of each subject, beside where it stands. ``numbers``: primary key → number. Nothing is stored."""
    key = lifecycle.kind
    stays = {
        getattr(stay, f"{key}_id"): stay
        for part in batched(numbers, 500)
        for stay in StageStay.objects.filter(lifecycle=lifecycle, left_at=None, **{f"{key}__in": part})
    }
    places = _places(lifecycle, stays)
    for subject, number in numbers.items():
        yield subject, stays.get(subject), decide(found, answers, number, places.get(subject), today)


def _places(lifecycle: Lifecycle, stays: dict[int, StageStay]) -> dict[int, Place]:
    resting = standing.resting_from(lifecycle, [key for key, stay in stays.items() if stay.kind == PAUSED])
    opened: set[int] = set()
    for part in batched([stay.pk for stay in stays.values()], 500):
        gates = StageGate.objects.filter(stay__in=part, decision=StageGate.Decision.GO)
        opened |= set(gates.values_list("stay", flat=True))
    return {
        key: Place(stay.stage, stay.locked_until, stay.failing_since, resting.get(key, ""), stay.pk in opened)
        for key, stay in stays.items()
    }
