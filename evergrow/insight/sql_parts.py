"""Pieces of SQL that questions of several kinds are put together from. Every value is bound."""

from collections.abc import Mapping, Sequence

from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.statement import Bound
from evergrow.insight.trend.compile import MERGES, NOT_SET, OTHER, VALUE
from evergrow.insight.trend.plan import AccountsOnly

__all__ = ["MERGES", "MERGED_PERSON", "accounts_only", "every", "number_of", "part_of", "property_is", "shown_part"]

# Who did it, where ``merges`` is at hand
MERGED_PERSON = "transform(person, merges.1, merges.2, person)"


def every(conditions: Sequence[str], indent: int = 6) -> str:
    """All conditions, a line each."""
    return f"\n{' ' * indent}AND ".join(conditions)


def accounts_only(accounts: AccountsOnly, bound: Bound) -> str:
    """Rows of these accounts, or of all others."""
    mark = bound.add("accounts", "Array(UInt32)", list(accounts.numbers))
    return f"account {'NOT IN' if accounts.is_negated else 'IN'} {mark}"


def property_is(condition: Condition, bound: Bound) -> str:
    """Events whose property passes, by the rule of ``conditions.holds``."""
    key = bound.add("property", "String", condition.topic.key)
    is_set, value = f"mapContains(properties, {key})", f"properties[{key}]"
    match condition.test:
        case Check.IS_SET:
            return is_set
        case Check.IS_NOT_SET:
            return f"NOT {is_set}"
        case Check.IS:
            return f"({is_set} AND {value} IN {bound.add('values', 'Array(String)', list(condition.values))})"
        case Check.IS_NOT:
            return f"NOT ({is_set} AND {value} IN {bound.add('values', 'Array(String)', list(condition.values))})"
        case Check.CONTAINS:
            needles = bound.add("values", "Array(String)", list(condition.values))
            return f"({is_set} AND arrayExists(needle -> positionCaseInsensitiveUTF8({value}, needle) > 0, {needles}))"
        case Check.OVER | Check.UNDER:
            sign = ">" if condition.test is Check.OVER else "<"
            limit = bound.add("number", "Float64", float(condition.values[0]))
            number = f"toFloat64OrNull({value})"
            return f"ifNull(isFinite({number}) AND {number} {sign} {limit}, 0)"


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
