"""Ranges of numbers as they stand in an address: ``10..20``, ``10..``, ``..20``."""

from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Self


class BadRange(ValueError):
    """The text is no range of numbers."""


class Range(NamedTuple):
    """Both ends belong to it; ``None`` is an open end."""

    low: Decimal | None
    high: Decimal | None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``10..20``, ``10..``, ``..20``; a number alone is a range of one. Raises BadRange."""
        first, dots, last = text.partition("..")
        low = _number(first)
        found = cls(low, _number(last) if dots else low)
        if found == (None, None):
            raise BadRange(f"“{text}” has neither a lower nor an upper end. Write for example 10..20 or 10..")
        if found.low is not None and found.high is not None and found.low > found.high:
            raise BadRange(f"“{text}” ends before it begins. Swap the two numbers.")
        return found

    def __str__(self) -> str:
        return f"{_text(self.low)}..{_text(self.high)}"


def _number(text: str) -> Decimal | None:
    text = text.strip().replace(",", "").replace("−", "-")
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise BadRange(f"“{text}” is not a number. Write for example 10..20 or 10..") from None
    if not number.is_finite() or abs(number) > 10**15:
        raise BadRange(f"“{text}” is no number to compare with. Write for example 10..20 or 10..")
    return number


def _text(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"
