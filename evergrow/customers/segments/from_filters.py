"""The account list's filters as criteria, where they can be said so exactly."""

from collections.abc import Callable
from typing import Any

from evergrow.customers import registry
from evergrow.lib.listing import ListState
from evergrow.lib.ranges import Range
from evergrow.workspaces.models import Member

Part = dict[str, Any]
Told = Callable[[Member, list[str]], Part | None]


def criteria_of(member: Member, state: ListState) -> Part | None:
    """Criteria that mean the same accounts, or None where a filter, or words of the search, cannot be said so."""
    if state.search:
        return None
    known = {part.key: part for part in registry.filters()}
    parts = []
    for key, values in state.filters.items():
        told = known[key].criteria
        try:
            part = told(member, list(values)) if told else None
        except ValueError:
            return None
        if part is None:
            return None
        parts.append(part)
    return {"all": parts}


def one_of(trait: str) -> Told:
    """The trait is any of the values."""

    def told(member: Member, values: list[str]) -> Part | None:
        return {"trait": trait, "is": values}

    return told


def between(trait: str) -> Told:
    """The number lies in any of the ranges."""

    def told(member: Member, values: list[str]) -> Part | None:
        return _any([_range(trait, value) for value in values])

    return told


def days_ahead(trait: str, *, is_past: bool = False) -> Told:
    """The date lies in any of the ranges of days from today; ``is_past`` counts them backwards."""

    def told(member: Member, values: list[str]) -> Part | None:
        return _any([_days(trait, value, is_past) for value in values])

    return told


def _any(parts: list[Part]) -> Part:
    return parts[0] if len(parts) == 1 else {"any": parts}


def _range(trait: str, value: str) -> Part:
    low, high = Range.parse(value)
    if low is None:
        return {"trait": trait, "at_most": float(high or 0)}
    if high is None:
        return {"trait": trait, "at_least": float(low)}
    return {"trait": trait, "between": [float(low), float(high)]}


def _days(trait: str, value: str, is_past: bool) -> Part:
    low, high = (None if end is None else int(end) for end in Range.parse(value))
    if is_past:
        low, high = (None if high is None else -high), (None if low is None else -low)
    parts: list[Part] = []
    if low is not None:
        parts.append({"trait": trait, "after": _day(low - 1)})
    if high is not None:
        parts.append({"trait": trait, "before": _day(high + 1)})
    return parts[0] if len(parts) == 1 else {"all": parts}


def _day(ahead: int) -> Part:
    return {"ahead": ahead, "unit": "days"} if ahead >= 0 else {"ago": -ahead, "unit": "days"}
