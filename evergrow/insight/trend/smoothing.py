"""The moving average of a line: each point the mean of itself and the periods before it."""

from collections.abc import Sequence

Value = float | None


def smoothed(values: Sequence[Value], window: int) -> tuple[Value, ...]:
    """The mean of the known values among the last ``window`` ones; None where none is known.

    Formula: m(i) = mean{v(j) : max(0, i − window + 1) ≤ j ≤ i, v(j) known}.
    """
    return tuple(_mean(values[max(0, place - window + 1) : place + 1]) for place in range(len(values)))


def full(is_whole: Sequence[bool], window: int) -> list[bool]:
    """For each place, whether the window is full: as many periods as asked, each of them a full observation."""
    return [place + 1 >= window and all(is_whole[place - window + 1 : place + 1]) for place in range(len(is_whole))]


def _mean(values: Sequence[Value]) -> Value:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
