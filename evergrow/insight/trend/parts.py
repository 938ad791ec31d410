"""The parts of a breakdown in SQL.

A part travels as a code: ``=value``, ``-`` for not set, ``+`` for all others together; with several topics as an array
of one code for each, and ``['+']`` for the others.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from evergrow.insight.sql_parts import NOT_SET, OTHER, VALUE
from evergrow.insight.statement import Bound
from evergrow.insight.trend.plan import Codes, Plan, sets

Shown = Sequence[str] | None


def is_single(plan: Plan) -> bool:
    """Whether a part is one text: without a breakdown, or with one by one topic."""
    return len(plan.part_of) < 2


def code(found: Any) -> str:
    """A part as a row has it → its code as one text, for addresses and results."""
    if isinstance(found, str):
        return found
    codes = [str(each) for each in found]
    return codes[0] if codes == [OTHER] else json.dumps(codes, ensure_ascii=False)


def bound_code(plan: Plan, text: str) -> Any:
    """The code as one text → what a statement compares parts with."""
    if is_single(plan):
        return text
    return [OTHER] if text == OTHER else json.loads(text)


def kind(plan: Plan) -> str:
    """The engine's type of a part."""
    return "String" if is_single(plan) else "Array(String)"


def part(plan: Plan, bound: Bound) -> str:
    """The part of a row that has ``account`` or ``properties``, or of one that stands for a value of a property."""
    if not plan.part_of or plan.question.split is None:
        return f"'{VALUE}'"
    if plan.table == "property_people":
        return "code"
    found = [
        _property(topic.key, bound) if values is None else _fact(values, bound)
        for topic, values in zip(plan.question.split.by, plan.part_of, strict=True)
    ]
    return found[0] if is_single(plan) else f"[{', '.join(found)}]"


def _property(key: str, bound: Bound) -> str:
    mark = bound.add("split", "String", key)
    return f"if(mapContains(properties, {mark}), concat('{VALUE}', properties[{mark}]), '{NOT_SET}')"


def _fact(values: Mapping[int, str], bound: Bound) -> str:
    if not values:
        return f"'{NOT_SET}'"
    names = sorted(set(values.values()))
    place = {name: position + 2 for position, name in enumerate(names)}
    codes = bound.add("codes", "Array(String)", [NOT_SET, *(VALUE + name for name in names)])
    numbers = bound.add("numbers", "Array(UInt32)", list(values))
    places = bound.add("places", "Array(UInt32)", [place[name] for name in values.values()])
    return f"{codes}[transform(account, {numbers}, {places}, toUInt32(1))]"


def shown_part(plan: Plan, bound: Bound, shown: Shown) -> str:
    """The part, where those that are not shown by name become "all others"."""
    found = part(plan, bound)
    if shown is None:
        return found
    mark = bound.add("shown", f"Array({kind(plan)})", [bound_code(plan, text) for text in shown])
    other = f"'{OTHER}'" if is_single(plan) else f"['{OTHER}']"
    test = f"{found} IN {mark}" if is_single(plan) else f"has({mark}, {found})"
    return f"if({test}, {found}, {other})"


def places(plan: Plan, bound: Bound, shown: Shown) -> tuple[str, str]:
    """For breakdowns by facts alone: the place of a row's part, a number, and the parts by place (an array, from 1).

    Rows are grouped many times faster by a number than by a text.
    """
    texts, place_of = placed(plan, shown)
    every = bound.add("codes", f"Array({kind(plan)})", [bound_code(plan, text) for text in texts])
    if not place_of:
        return "toUInt32(1)", every
    numbers = bound.add("numbers", "Array(UInt32)", list(place_of))
    found_at = bound.add("places", "Array(UInt32)", list(place_of.values()))
    return f"transform(account, {numbers}, {found_at}, toUInt32(1))", every


def placed(plan: Plan, shown: Shown) -> tuple[list[str], dict[int, int]]:
    """The codes of the parts by place, from 1, and the place of each account that is not in the first one."""
    nothing = (NOT_SET,) * len(plan.part_of)
    found = sets(plan)
    texts = {each: _shown_text(plan, each, shown) for each in (nothing, *found)}
    order = {text: place for place, text in enumerate(dict.fromkeys(texts.values()), 1)}
    place_of = {each: order[text] for each, text in texts.items()}
    pairs = ((number, place_of[each]) for each, members in found.items() for number in members)
    return list(order), {number: place for number, place in pairs if place > 1}


def set_parts(plan: Plan, bound: Bound, shown: Shown) -> str:
    """A table of every part with the accounts in it, to be joined with rows that hold a set of accounts.

    Gives ``part``, ``members`` (a set) and ``is_rest``: 1 for the part of all accounts that are in no other.
    """
    found = sets(plan)
    nothing = (NOT_SET,) * len(plan.part_of)
    rest = sorted(number for codes, numbers in found.items() if codes != nothing for number in numbers)
    every: list[tuple[Codes, list[int], int]] = [(codes, found[codes], 0) for codes in found if codes != nothing]
    every.append((nothing, rest, 1))
    codes = [_shown(plan, each, shown) for each, _members, _is_rest in every]
    marks = (
        bound.add("codes", f"Array({kind(plan)})", codes),
        bound.add("members", "Array(Array(UInt32))", [members for _codes, members, _is_rest in every]),
        bound.add("rest", "Array(UInt8)", [is_rest for _codes, _members, is_rest in every]),
    )
    return f"""(
        SELECT part, bitmapBuild(numbers) AS members, is_rest
        FROM (SELECT 1)
        ARRAY JOIN {marks[0]} AS part, {marks[1]} AS numbers, {marks[2]} AS is_rest
    ) AS parts"""  # noqa: S608


def _shown(plan: Plan, codes: Codes, shown: Shown) -> Any:
    return bound_code(plan, _shown_text(plan, codes, shown))


def _shown_text(plan: Plan, codes: Codes, shown: Shown) -> str:
    text = codes[0] if is_single(plan) else code(list(codes))
    return text if shown is None or text in shown else OTHER
