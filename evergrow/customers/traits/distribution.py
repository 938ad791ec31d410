"""How the values of a trait are spread: bars of numbers or days, or the most frequent texts."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers.criteria.values import EPOCH
from evergrow.customers.traits.subjects import Kind
from evergrow.lib import numerals
from evergrow.workspaces.models import Workspace

BARS, TOP = 16, 10
FAR = 3  # what lies farther out than this many times the 98th percentile shares the last bar
Numbers = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    count: int
    is_rest: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """The bars, and of numbers the mean, the median and the ends."""

    bars: list[Bar]
    count: int
    is_number: bool
    mean: float | None = None
    median: float | None = None
    low: float | None = None
    high: float | None = None


def of_trait(workspace: Workspace, kind: Kind, key: str, type_: str) -> Spread:
    """The spread of a trait in the mirror. Raises ``warehouse.StoreUnavailable``."""
    asked = {"workspace": workspace.pk, "kind": kind, "trait": key}
    if type_ in ("number", "date", "moment"):
        found = warehouse.columns(warehouse.statement("customers", "trait_numbers"), **asked)
        return of_numbers(np.asarray(found.get("number", np.empty(0)), np.float64), type_)
    rows = warehouse.rows(warehouse.statement("customers", "trait_top"), **asked, most=TOP)
    total = int(rows[0][2]) if rows else 0
    return _texts([(text, times) for text, times, _ in rows], total)


def of_values(found: Sequence[Any], type_: str) -> Spread:
    """The spread of computed values."""
    if type_ in ("number", "date", "moment"):
        return of_numbers(np.array([_as_number(value) for value in found], np.float64), type_)
    counts = Counter(str(value).lower() if isinstance(value, bool) else str(value) for value in found)
    top = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:TOP]
    return _texts(top, len(found))


def _as_number(value: Any) -> float:
    if isinstance(value, datetime):
        return value.timestamp()
    return float((value - EPOCH).days) if isinstance(value, date) else float(value)


def _texts(top: Sequence[tuple[str, int]], total: int) -> Spread:
    bars = [Bar(text or "—", times) for text, times in top]
    rest = total - sum(bar.count for bar in bars)
    if rest > 0:
        bars.append(Bar(_("all others"), rest, is_rest=True))
    return Spread(bars, total, False)


def of_numbers(numbers: Numbers, type_: str = "number") -> Spread:
    """Bars of equal width with round edges; few whole numbers get a bar each."""
    numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return Spread([], 0, True)
    label = _label(type_)
    low, high = float(numbers.min()), float(numbers.max())
    facts = {"mean": float(numbers.mean()), "median": float(np.median(numbers)), "low": low, "high": high}
    single, counts = np.unique(numbers, return_counts=True)
    if len(single) <= BARS and (type_ != "number" or bool((single == np.round(single)).all())):
        bars = [Bar(label(value), int(times)) for value, times in zip(single.tolist(), counts.tolist(), strict=True)]
        return Spread(bars, len(numbers), True, **facts)
    return Spread(_bars(numbers, label, is_whole=type_ != "number"), len(numbers), True, **facts)


def _bars(numbers: Numbers, label: Callable[[float], str], *, is_whole: bool) -> list[Bar]:
    low, high = float(numbers.min()), float(numbers.max())
    usual = float(np.quantile(numbers, 0.98))
    end = usual if high - low > FAR * (usual - low) and usual > low else high
    step = _round_step((end - low) / BARS)
    step = max(step, 1.0) if is_whole else step
    first = math.floor(low / step) * step
    count = max(math.floor((end - first) / step) + 1, 1)
    places = np.clip(((numbers - first) / step).astype(np.int64), 0, count)
    times = np.bincount(places, minlength=count + 1)
    bars = [
        Bar(
            _("%(low)s to %(high)s") % {"low": label(first + n * step), "high": label(first + (n + 1) * step)},
            int(times[n]),
        )
        for n in range(count)
    ]
    if times[count]:
        bars.append(Bar(_("%(low)s or more") % {"low": label(first + count * step)}, int(times[count]), is_rest=True))
    return bars


def _round_step(width: float) -> float:
    """The next larger of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(width)) if width > 0 else 1.0
    return next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= width * 0.999)


def _label(type_: str) -> Callable[[float], str]:
    if type_ == "date":
        return lambda value: (EPOCH + timedelta(days=int(value))).isoformat()
    if type_ == "moment":
        return lambda value: datetime.fromtimestamp(value, UTC).date().isoformat()
    return lambda value: numerals.number(round(value, 10))


def options(spread: Spread) -> dict[str, Any]:
    """The chart of a spread: columns for numbers, lying bars for texts."""
    bars = spread.bars if spread.is_number else spread.bars[::-1]
    colours = [{"value": bar.count, **({"itemStyle": {"color": "--series-4"}} if bar.is_rest else {})} for bar in bars]
    category = {"type": "category", "data": [bar.label for bar in bars]}
    value = {"type": "value", "minInterval": 1}
    axes = {"xAxis": category, "yAxis": value} if spread.is_number else {"xAxis": value, "yAxis": category}
    series = {"type": "bar", "name": _("How many"), "itemStyle": {"color": "--series-1"}, "data": colours}
    return {"unit": "number", **axes, "series": [series]}
