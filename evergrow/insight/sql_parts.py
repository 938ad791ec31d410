"""Pieces of SQL that questions of several kinds are put together from. Every value is bound."""

from collections.abc import Mapping, Sequence

from evergrow.insight.conditions import Topic
from evergrow.insight.statement import Bound

# How a part of a breakdown travels: ``=value``, ``-`` for not set, ``+`` for all others together
VALUE, NOT_SET, OTHER = "=", "-", "+"
# Two arrays: people who turned out to be somebody else, and who they are
MERGES = """(
    SELECT (groupArray(from_person), groupArray(to_person))
    FROM (
        SELECT from_person, argMax(to_person, version) AS to_person
        FROM person_overrides
        WHERE workspace_id = {workspace:UInt32}
        GROUP BY from_person
    )
    WHERE from_person != to_person
) AS merges"""
# Who did it, where ``merges`` is at hand
MERGED_PERSON = "transform(person, merges.1, merges.2, person)"


def every(conditions: Sequence[str], indent: int = 6) -> str:
    """All conditions, a line each."""
    return f"\n{' ' * indent}AND ".join(conditions)


def number_of(key: str, bound: Bound) -> str:
    """A property as a number; 0 where it is none."""
    number = f"toFloat64OrNull(properties[{bound.add('sum', 'String', key)}])"
    return f"ifNull(if(isFinite({number}), {number}, 0), 0)"


def part_of(by: Topic, of_accounts: Mapping[int, str] | None, bound: Bound) -> str:
    """The part that a row belongs to: ``=value`` or ``-``. ``of_accounts`` is the fact by account, else a property."""
    if of_accounts is None:
        key = bound.add("split", "String", by.key)
        return f"if(mapContains(properties, {key}), concat('{VALUE}', properties[{key}]), '{NOT_SET}')"
    if not of_accounts:
        return f"'{NOT_SET}'"
    names = sorted(set(of_accounts.values()))
    place = {name: position + 2 for position, name in enumerate(names)}
    codes = bound.add("codes", "Array(String)", [NOT_SET, *(VALUE + name for name in names)])
    numbers = bound.add("numbers", "Array(UInt32)", list(of_accounts))
    places = bound.add("places", "Array(UInt32)", [place[name] for name in of_accounts.values()])
    return f"{codes}[transform(account, {numbers}, {places}, toUInt32(1))]"


def shown_part(part: str, shown: Sequence[str] | None, bound: Bound) -> str:
    """``part``, where those that are not shown by name become "all others"; None shows all."""
    if shown is None:
        return part
    return f"if({part} IN {bound.add('shown', 'Array(String)', list(shown))}, {part}, '{OTHER}')"
