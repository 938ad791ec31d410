"""The first rows of a list, for cards that show a few and say how many there are."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

Row_co = TypeVar("Row_co", covariant=True)


class Rows(Protocol[Row_co]):
    """A query that has not been asked yet."""

    def __getitem__(self, part: slice, /) -> Iterable[Row_co]: ...

    def count(self) -> int: ...


def few(rows: Rows[Row_co], most: int) -> tuple[list[Row_co], int]:
    """The first ``most`` rows and how many there are in all; counted only where there may be more than are shown."""
    shown = list(rows[:most])
    return shown, len(shown) if len(shown) < most else rows.count()
