"""The arguments of a prepared question: their shape, their values, and what stands for them while its SQL is made.

| argument | shape | values |
| --- | --- | --- |
| whole number, text, day, moment | the type | itself |
| a number that no store takes | that it is one | none |
| None, truth, a word of an enumeration, a ``Word`` | itself | none |
| a row | its model, and of a member the scope and team | its key, those of its workspace and user |
| a list or a set of numbers or texts | the type and a power of two | its parts, the last one again to fill up |
"""

from collections.abc import Hashable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, NoReturn

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.utils import timezone

from evergrow.workspaces.models import Member

KEYS = ("workspace_id", "user_id")
SHAPED_BY: dict[type[Model], tuple[str, ...]] = {Member: ("scope", "team")}
PLAIN = frozenset({int, str, date, datetime})
FIRST_NUMBER = 1_900_000_000
BEYOND = 10**30


class NotPrepared(TypeError):
    """A question cannot be prepared as it is written; the text says what to change."""


class Word(str):
    """A text that says what is asked instead of being looked for."""


FIXED = (bool, Enum, Word)


def read(given: Sequence[Any]) -> tuple[Hashable, list[Any]]:
    """The shape of arguments, with the present time zone, which may stand in SQL too; and their values."""
    shape: list[Any] = [timezone.get_current_timezone_name()]
    values: list[Any] = []
    for value in given:
        of: Any = type(value)
        if of is int and _is_beyond(value):
            shape.append(BEYOND)
        elif of in PLAIN:
            shape.append(of)
            values.append(value)
        elif value is None or isinstance(value, FIXED):
            shape.append((of, value))
        elif isinstance(value, str):
            shape.append(str)
            values.append(str(value))
        elif isinstance(value, Model):
            shape.append((of, *(getattr(value, name) for name in SHAPED_BY.get(of, ()))))
            values += [getattr(value, name) for name in keys_of(of)]
        else:
            parts = _filled_up(value)
            shape.append((type(parts[0]) if parts else None, len(parts)))
            values += parts
    return tuple(shape), values


def _is_beyond(number: int) -> bool:
    """Whether a number is greater than 64 bits, so that nothing in a store is like it."""
    return not -(2**63) <= number < 2**63


@cache
def keys_of(model: Any) -> tuple[str, ...]:
    """The fields of a row that a question may use."""
    names = {field.attname for field in model._meta.concrete_fields}
    assert model._meta.pk is not None
    return (model._meta.pk.attname, *(name for name in KEYS if name in names))


def _filled_up(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise NotPrepared(f"{value!r} can be no argument of a prepared question: {type(value)}.")
    parts = list(value)
    if parts and not (type(parts[0]) in PLAIN and all(type(part) is type(parts[0]) for part in parts)):
        raise NotPrepared("The parts of a list must all be numbers, texts, days or moments.")
    if parts:
        parts += [parts[-1]] * ((1 << (len(parts) - 1).bit_length()) - len(parts))
    return parts


class StandIns:
    """What stands for the arguments of a call. ``args`` takes their places, ``values`` stands for ``read``'s values in
    the same order; ``groups`` are the places in ``values`` of each argument that has any. ``is_of_nothing``: one of the
    arguments is an empty list, or a number that no store takes.
    """

    def __init__(self, given: Sequence[Any]) -> None:
        self.values: list[Any] = []
        self.groups: list[range] = []
        self.args = [self._for(value) for value in given]
        self.is_of_nothing = any(arg is BEYOND or arg == [] for arg in self.args)

    def _for(self, value: Any) -> Any:
        before = len(self.values)
        found = self._made(value)
        if len(self.values) > before:
            self.groups.append(range(before, len(self.values)))
        return found

    def _made(self, value: Any) -> Any:
        if type(value) is int and _is_beyond(value):
            return BEYOND
        if type(value) in PLAIN:
            return self._plain(type(value))
        if value is None or isinstance(value, FIXED):
            return value
        if isinstance(value, str):
            return self._plain(str)
        if isinstance(value, Model):
            return self._row(value)
        return [self._plain(type(part)) for part in _filled_up(value)]

    def _plain(self, of: type) -> Any:
        place = len(self.values)
        stands: dict[type, Any] = {
            int: FIRST_NUMBER + place,
            str: f"stands for argument {place}",
            date: date(2222, 1, 1) + timedelta(place),
            datetime: datetime(2222, 2, 2, 2, 2, 2, 222_000 + place, UTC),
        }
        self.values.append(stands[of])
        return stands[of]

    def _row(self, value: Model) -> Model:
        of = type(value)
        known = {name: self._plain(int) for name in keys_of(of)}
        known |= {name: getattr(value, name) for name in SHAPED_BY.get(of, ())}
        ordered = [field.attname for field in of._meta.concrete_fields if field.attname in known]
        row = of.from_db(DEFAULT_DB_ALIAS, ordered, [known[name] for name in ordered])
        row.refresh_from_db = _refuse(of)  # type: ignore[method-assign]
        return row


def _refuse(of: type[Model]) -> Any:
    def refuse(*_args: Any, fields: Any = (), **_more: Any) -> NoReturn:
        raise NotPrepared(f"A prepared question reads {of.__name__}.{', '.join(fields)}. Give it as an argument.")

    return refuse


def numbers(values: Sequence[Any]) -> Iterator[str]:
    """The whole numbers among stand-ins as they would stand in SQL."""
    return (str(value) for value in values if isinstance(value, int))
