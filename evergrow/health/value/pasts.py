"""Customers with equal pasts put together: what BG/NBD learns from, once each with a count."""

from dataclasses import dataclass

import numpy as np

from evergrow.health.value.newton import Array


@dataclass(frozen=True, slots=True)
class Pasts:
    """Customers with equal pasts, once with their ``count``: repeat purchases, recency and age in one unit of time."""

    repeats: Array
    recency: Array
    age: Array
    count: Array


def group(repeats: Array, recency: Array, age: Array) -> Pasts:
    """Put customers with equal pasts together; the recency of those without a repeat purchase is 0.

    Each customer becomes one whole number of the places of its three values, so that one sort finds the equal ones.
    """
    if not len(repeats):
        nothing = np.zeros(0)
        return Pasts(nothing, nothing, nothing, nothing)
    recency = np.where(repeats > 0, recency, 0)
    places, values = zip(*(_dense(np.asarray(column)) for column in (repeats, recency, age)), strict=True)
    packed = np.sort((places[0] * len(values[1]) + places[1]) * len(values[2]) + places[2])
    starts = np.flatnonzero(np.concatenate([[True], packed[1:] != packed[:-1]]))
    count = np.diff(np.append(starts, len(packed)))
    rest, last = np.divmod(packed[starts], len(values[2]))
    first, middle = np.divmod(rest, len(values[1]))
    repeats, recency, age = (
        value[place].astype(float) for value, place in zip(values, (first, middle, last), strict=True)
    )
    return Pasts(repeats, recency, age, count.astype(float))


def _dense(column: Array) -> tuple[Array, Array]:
    """The place of each value among the values there are, and these (of whole numbers all between)."""
    if column.dtype.kind in "iu":
        low = column.min()
        return column.astype(np.int64) - int(low), np.arange(low, int(column.max()) + 1)
    values = np.unique(column)
    return np.searchsorted(values, column), values
