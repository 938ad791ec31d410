"""The first rows of a list, for cards that show a few and say how many there are."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def few(rows: QuerySet[Row], most: int) -> tuple[list[Row], int]:
    """The first ``most`` rows and how many there are in all; counted only where there may be more than are shown."""
    shown = list(rows[:most])
    return shown, len(shown) if len(shown) < most else rows.count()
