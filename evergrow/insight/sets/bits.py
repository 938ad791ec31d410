"""Sets of people as bits: the person numbered 64 × place + bit is in it where that bit of that word is set."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from evergrow.insight.funnel.people import Persons

Bits = np.ndarray[Any, np.dtype[np.uint64]]
Flags = np.ndarray[Any, np.dtype[np.uint8]]
WORD = 64
SIX, LOW = np.uint32(6), np.uint32(63)
NOBODY: Bits = np.zeros(0, dtype=np.uint64)


def of(people: Persons) -> Bits:
    """The set of some people."""
    if not len(people):
        return NOBODY
    flags = np.zeros((int(people.max()) // WORD + 1) * WORD, dtype=bool)
    flags[people] = True
    return packed(flags)


def packed(flags: np.ndarray[Any, Any]) -> Bits:
    """The set of those whose flag is set."""
    missing = -len(flags) % WORD
    whole = np.concatenate((flags, np.zeros(missing, dtype=flags.dtype))) if missing else flags
    return np.packbits(whole, bitorder="little").view(np.uint64)


def flags(bits: Bits) -> Flags:
    """For each person 1 or 0."""
    return np.unpackbits(bits.view(np.uint8), bitorder="little")


def size(bits: Bits) -> int:
    """How many are in it."""
    return int(np.bitwise_count(bits).sum(dtype=np.int64))


def union(sets: Iterable[Bits]) -> Bits:
    """Those who are in any of them."""
    every = sorted(sets, key=len, reverse=True)
    if len(every) < 2:
        return every[0] if every else NOBODY
    found = every[0].copy()
    for each in every[1:]:
        here = found[: len(each)]
        np.bitwise_or(here, each, out=here)
    return found


def both(one: Bits, other: Bits) -> Bits:
    """Those who are in one and the other."""
    shorter = min(len(one), len(other))
    return one[:shorter] & other[:shorter]


def without(one: Bits, other: Bits) -> Bits:
    """Those who are in one and not in the other."""
    found = one.copy()
    shorter = min(len(one), len(other))
    found[:shorter] &= ~other[:shorter]
    return found


def holding(bits: Bits, people: Persons) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Whether each of some people is in a set."""
    words = people >> SIX
    inside = words < len(bits)
    found = np.zeros(len(people), dtype=bool)
    found[inside] = bits.take(words[inside]) & _bit(people[inside]) != 0
    return found


def joined(bits: Bits, before: Persons, now: Persons) -> Bits:
    """The set with people under the numbers they have ``now`` instead of those they had ``before``."""
    moved = holding(bits, before)
    return exchanged(bits, before[moved], now[moved])


def exchanged(bits: Bits, gone: Persons, come: Persons) -> Bits:
    """The set without some people who are in it, and with others instead."""
    if not len(gone):
        return bits
    found = np.zeros(max(len(bits), int(come.max()) // WORD + 1), dtype=np.uint64)
    found[: len(bits)] = bits
    np.bitwise_and.at(found, gone >> SIX, ~_bit(gone))
    np.bitwise_or.at(found, come >> SIX, _bit(come))
    return found


def _bit(people: Persons) -> Bits:
    found: Bits = np.uint64(1) << (people & LOW).astype(np.uint64)
    return found


def times(sets: Sequence[Bits]) -> np.ndarray[Any, np.dtype[np.uint16]]:
    """For each person in how many of the sets they are."""
    found = np.zeros(max((len(each) for each in sets), default=0) * WORD, dtype=np.uint16)
    for each in sets:
        found[: len(each) * WORD] += flags(each)
    return found
