"""Long lists in handfuls, for statements that take only so many parameters."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def batched(things: Iterable[Thing], size: int) -> Iterator[list[Thing]]:
    """Lists of at most ``size`` things, in order, none of them empty (itertools.batched of Python 3.12)."""
    if size < 1:
        raise ValueError(f"A batch holds at least one thing, not {size}.")
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
