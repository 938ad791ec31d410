"""How many rows a list has, for cards that show a few and say how many there are."""

from collections.abc import Callable, Sized


def whole(shown: Sized, most: int, count: Callable[[], int]) -> int:
    """How many there are where ``shown`` are the first ``most``; ``count`` is asked only where there may be more."""
    return len(shown) if len(shown) < most else count()
