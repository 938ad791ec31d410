"""Ask the event store who meets criteria. The mirror is refreshed before; limits of the store become sentences."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria import compile, cost, mirror
from evergrow.customers.criteria.errors import CostError
from evergrow.customers.criteria.tree import Criteria
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

LIMITS = "SETTINGS max_execution_time = {max_seconds:Float64}, max_memory_usage = {max_memory:UInt64}"
TOGETHER = 100
TOO_LONG = ("159", "160")
TOO_LARGE = ("241",)


def find(workspace: Workspace, criteria: Criteria, at: datetime | None = None) -> np.ndarray[Any, Any]:
    """The numbers of all who meet the criteria, in order. Raises CostError, ``warehouse.StoreUnavailable``."""
    _prepare(workspace, criteria, at)
    statement = compile.sql(criteria, at)
    found = _guarded(statement.text, dict(statement.params))
    return found.get("subject", np.empty(0, np.uint32)).astype(np.uint32, copy=False)


def find_many(workspace: Workspace, many: Sequence[Criteria], at: datetime | None = None) -> list[np.ndarray[Any, Any]]:
    """What ``find`` gives for each, with few questions: parts that several share are computed once."""
    mirror.refresh(workspace)
    _check(workspace, many, at)
    found: list[np.ndarray[Any, Any]] = []
    for part in batched(many, TOGETHER):
        statement = compile.together(part, at)
        row = _guarded(statement.text, dict(statement.params))
        found += [np.asarray(row[f"c{place}"][0], np.uint32) for place in range(len(part))]
    return found


def count(workspace: Workspace, criteria: Criteria, at: datetime | None = None) -> int:
    """How many meet the criteria. Errors as in ``find``."""
    _prepare(workspace, criteria, at)
    found = compile.bitmap(criteria, at)
    return int(_guarded(f"SELECT bitmapCardinality({found.text}) AS size", dict(found.params))["size"][0])


def sample(workspace: Workspace, criteria: Criteria, n: int, at: datetime | None = None) -> np.ndarray[Any, Any]:
    """The first ``n`` numbers. Errors as in ``find``."""
    return preview(workspace, criteria, n, at)[1]


def preview(
    workspace: Workspace, criteria: Criteria, n: int, at: datetime | None = None
) -> tuple[int, np.ndarray[Any, Any]]:
    """How many, and the first ``n`` numbers, with one question. Errors as in ``find``."""
    _prepare(workspace, criteria, at)
    found = compile.bitmap(criteria, at)
    text = f"WITH {found.text} AS met SELECT bitmapCardinality(met) AS size, bitmapToArray(bitmapSubsetLimit(met, 0, {{n:UInt32}})) AS some"  # noqa: E501
    row = _guarded(text, {**found.params, "n": n})
    return int(row["size"][0]), np.sort(np.asarray(row["some"][0], np.uint32))


def _prepare(workspace: Workspace, criteria: Criteria, at: datetime | None) -> None:
    mirror.refresh(workspace)
    _check(workspace, [criteria], at)


def _check(workspace: Workspace, many: Sequence[Criteria], at: datetime | None) -> None:
    if any(criteria.workspace.pk != workspace.pk for criteria in many):
        raise ValueError("Criteria of one workspace cannot be asked in another.")
    cost.check(many, at)


def _guarded(text: str, params: dict[str, Any]) -> dict[str, np.ndarray[Any, Any]]:
    """Run with the store's own limits of time and memory."""
    seconds, memory = cost.limits()
    try:
        return warehouse.columns(f"{text} {LIMITS}", **params, max_seconds=seconds, max_memory=memory)
    except (warehouse.BadQuery, warehouse.StoreUnavailable) as error:
        raise _named(error, seconds) from error


def _named(error: Exception, seconds: float) -> Exception:
    told = str(error)
    if any(f"Code: {code}." in told for code in TOO_LONG):
        sentence = _(
            "These criteria took longer than %(seconds)s seconds and were stopped. Shorten the time they look at, or"
            " name an event instead of “any event”."
        )
        return CostError(sentence % {"seconds": f"{seconds:g}"})
    if any(f"Code: {code}." in told for code in TOO_LARGE):
        return CostError(_("These criteria need more memory than they may have. Shorten the time they look at."))
    return error
