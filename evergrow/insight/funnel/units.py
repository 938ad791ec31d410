"""The events of each subject in order, one row a unit: a subject, a subject and a value held constant, or a session."""

from evergrow.insight.conditions import Topic
from evergrow.insight.funnel import plan as planning
from evergrow.insight.funnel.elements import MAY_START, NO_STEP, Element
from evergrow.insight.funnel.plan import Plan, Wanted
from evergrow.insight.funnel.question import SESSION_GAP_MINUTES, Order, Subject
from evergrow.insight.funnel.walk import Walk
from evergrow.insight.narrowing import account_test, property_test
from evergrow.insight.sql_parts import MERGES, NOT_SET, VALUE
from evergrow.insight.statement import Bound


def element_of(plan: Plan) -> Element:
    """What each event must carry for this question."""
    question = plan.question
    names = [step.event for step in question.steps]
    is_lean = not (question.exclusions or plan.reads_everything or question.split)
    is_packed = is_lean and len(set(names)) == len(names) and "" not in names
    has_part = question.split is not None and not planning.is_by_value(question)
    return Element(is_packed, has_part)


def with_units(plan: Plan, bound: Bound, walk: Walk) -> str:
    """The WITH clause that ends in ``done``: ``subject, held, events``, one row a unit that has a start."""
    merges = f"{MERGES},\n" if plan.question.subject is not Subject.ACCOUNTS else ""
    held = _held(plan, bound)
    # Grouping by one number is much faster than by a number and a text that always is the same
    is_held = held != "''"
    return f"""WITH {merges}found AS (
    SELECT subject, {"held, " if is_held else ""}moment, sequence, stop, part,
        toUInt32(matched * 2 + if({_may_start(plan)}, 1, 0)) AS mask,
        if(matched = 0, {NO_STEP}, bitAnd(matched, bitNot(matched) + 1)) AS low
    FROM (
        SELECT {who(plan)} AS subject, {f"{held} AS held, " if is_held else ""}day, sequence,
            toUnixTimestamp64Milli(at) AS moment, {_bits(plan.steps, bound)} AS matched,
            {_bits(plan.exclusions, bound)} AS stop, {_part(plan, bound) if walk.element.has_part else "''"} AS part
        FROM events
        WHERE {_all(_read(plan, bound))}
    ){_kept(plan, bound)}
),
done AS (
    SELECT subject, {"held" if is_held else "'' AS held"}, arraySort(groupArray({walk.element.gathered()})) AS events
    FROM found
    GROUP BY subject{", held" if is_held else ""}
    HAVING subject != 0 AND bitAnd(groupBitOr(mask), {MAY_START}) = {MAY_START}
)"""  # noqa: S608


def _may_start(plan: Plan) -> str:
    """Whether a try may begin with an event: any step where order does not matter, else the first one."""
    is_step = "matched != 0" if plan.question.order is Order.ANY else "bitTest(matched, 0)"
    return f"{is_step} AND day <= {{last:Date}}"


def who(plan: Plan) -> str:
    """The subject that an event belongs to; 0 where nobody is known."""
    if plan.question.subject is Subject.ACCOUNTS:
        return "account"
    return "transform(person, merges.1, merges.2, person)"


def _held(plan: Plan, bound: Bound) -> str:
    question = plan.question
    if planning.is_by_value(question):
        return _part(plan, bound)
    if question.hold:
        return f"properties[{bound.add('hold', 'String', question.hold)}]"
    return "''"


def _read(plan: Plan, bound: Bound) -> list[str]:
    found = ["workspace_id = {workspace:UInt32}", "day BETWEEN {first:Date} AND {until:Date}"]
    names = sorted({wanted.event for wanted in (*plan.steps, *plan.exclusions)})
    if not plan.reads_everything and "" not in names:
        found.append(f"event IN {bound.add('events', 'Array(String)', names)}")
    if plan.question.hold:
        found.append(f"mapContains(properties, {bound.add('hold', 'String', plan.question.hold)})")
    return found + of_accounts(plan, bound)


def of_accounts(plan: Plan, bound: Bound) -> list[str]:
    """What keeps to the accounts that the member may see, and to the people of a group."""
    found = [account_test(accounts, bound) for accounts in plan.accounts]
    if plan.people is not None:
        found.append(f"{who(plan)} IN {bound.add('members', 'Array(UInt32)', list(plan.people))}")
    return found


def _kept(plan: Plan, bound: Bound) -> str:
    """Of everything that is read only what is needed; nothing is left out where a name alone makes a step."""
    wanted = (*plan.steps, *plan.exclusions)
    if not plan.reads_everything:
        is_by_name = all(each.event and not (each.accounts or each.properties) for each in wanted)
        return "" if is_by_name else "\n    WHERE matched != 0 OR stop != 0"
    begun = _read(plan, bound)
    if plan.question.order is not Order.ANY:
        begun = [*begun, test(plan.steps[0], bound)]
    return f"\n    WHERE subject != 0 AND subject IN (SELECT {who(plan)} FROM events WHERE {' AND '.join(begun)})"  # noqa: S608


def _bits(wanted: tuple[Wanted, ...], bound: Bound) -> str:
    """Which of these an event is, as the bits of a number."""
    if not wanted:
        return "toUInt32(0)"
    return f"toUInt32({' + '.join(f'if({test(each, bound)}, {1 << place}, 0)' for place, each in enumerate(wanted))})"


def test(wanted: Wanted, bound: Bound) -> str:
    """Whether an event is the one wanted."""
    found = [f"event = {bound.add('event', 'String', wanted.event)}"] if wanted.event else []
    found += [account_test(accounts, bound) for accounts in wanted.accounts]
    found += [property_test(condition, bound) for condition in wanted.properties]
    return f"({' AND '.join(found)})" if found else "1"


def _part(plan: Plan, bound: Bound) -> str:
    """The part of a breakdown that an event belongs to, as one text: ``=value`` or ``-``."""
    split = plan.question.split
    by = split.by if split else Topic("property", "")
    if plan.part_of is None:
        key = bound.add("split", "String", by.key)
        return f"if(mapContains(properties, {key}), concat('{VALUE}', properties[{key}]), '{NOT_SET}')"
    if not plan.part_of:
        return f"'{NOT_SET}'"
    names = sorted(set(plan.part_of.values()))
    place = {name: position + 2 for position, name in enumerate(names)}
    codes = bound.add("codes", "Array(String)", [NOT_SET, *(VALUE + name for name in names)])
    numbers = bound.add("numbers", "Array(UInt32)", list(plan.part_of))
    places = bound.add("places", "Array(UInt32)", [place[name] for name in plan.part_of.values()])
    return f"{codes}[transform(account, {numbers}, {places}, toUInt32(1))]"


def sessions(walk: Walk) -> str:
    """The events of each person parted where nothing happened for half an hour; only those that matter are kept."""
    element = walk.element
    gap = SESSION_GAP_MINUTES * 60_000
    parted = (
        f"arraySplit((x, since) -> since >= {gap}, events, arrayDifference(arrayMap(x -> {element.at('x')}, events)))"
    )
    return f"arrayJoin({parted})"


def _all(conditions: list[str]) -> str:
    return "\n          AND ".join(conditions)
