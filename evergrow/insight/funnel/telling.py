"""A funnel's answer as the API tells it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evergrow.insight import basis
from evergrow.insight.funnel import parse
from evergrow.insight.funnel.groups import Versus
from evergrow.insight.funnel.result import Branch, FunnelResult, Spread, Waits, difference, from_all


def told(result: FunnelResult) -> dict[str, Any]:
    """An answer as the API tells it."""
    return {
        **basis.told(result, parse.as_data(result.question)),
        "is_complete": not result.is_open,
        "whole": _branch(result.whole, result.whole),
        "parts": [_branch(branch, result.whole) for branch in result.parts],
        "parts_found": result.parts_found,
        "against": _branch(result.against, result.whole) if result.against else None,
        "versus": _versus(result.versus) if result.versus else None,
        "spreads": [_spread(each) for each in result.spreads],
        "periods": [
            {**each.bucket.told(), "is_complete": each.is_complete, "counts": list(each.counts)}
            for each in result.periods
        ],
    }


def _branch(branch: Branch, whole: Branch) -> dict[str, Any]:
    gap = None
    if branch.part.kind == "whole":
        gap = difference(whole, branch) if branch is not whole else None
    elif found := from_all(branch, whole) or difference(branch, whole):
        gap = replace(found, value=-found.value, low=-found.high, high=-found.low)
    return {
        "part": branch.part.kind,
        "value": branch.part.value,
        "counts": list(branch.counts),
        "conversion": branch.share,
        "interval": list(branch.interval) if branch.entered else None,
        "waits": [_waits(each) for each in _padded(branch)],
        "whole_way": _waits(branch.whole_way),
        "difference": {"value": gap.value, "low": gap.low, "high": gap.high} if gap else None,
    }


def _versus(found: Versus) -> dict[str, Any]:
    gap = found.gap
    return {
        "groups": [
            {
                "group": str(each.group),
                "name": each.names or None,
                "counts": list(each.branch.counts),
                "conversion": each.branch.share,
                "interval": list(each.branch.interval) if each.branch.entered else None,
            }
            for each in (found.one, found.other)
        ],
        "difference": {"value": gap.value, "low": gap.low, "high": gap.high} if gap else None,
        "overlap": found.overlap,
    }


def _padded(branch: Branch) -> Sequence[Waits | None]:
    return branch.waits or [None] * len(branch.counts)


def _waits(found: Waits | None) -> dict[str, float] | None:
    if found is None:
        return None
    return {
        "count": found.count,
        "shortest": found.shortest,
        "median": found.median,
        "p90": found.p90,
        "longest": found.longest,
    }


def _spread(found: Spread) -> dict[str, Any]:
    return {"step": found.step, "from": found.shortest, "width": found.width, "counts": list(found.counts)}
