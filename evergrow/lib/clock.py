"""The one source of the present moment, so that a thirty-day rule is tested in a second."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def _system() -> datetime:
    return datetime.now(UTC)


_clock: Clock = _system


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _clock()


@contextmanager
def use(clock: Clock) -> Iterator[None]:
    """Read the time from ``clock`` (a function returning an aware datetime) inside the block, in every thread."""
    global _clock
    before, _clock = _clock, clock
    try:
        yield
    finally:
        _clock = before


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Stop the clock at ``moment`` (aware) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("A frozen moment needs a time zone, for example tzinfo=UTC.")
    with use(lambda: moment):
        yield
