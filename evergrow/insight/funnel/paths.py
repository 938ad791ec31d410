"""One row for each path: how far a subject (or each of its tries) came, and when each step was filled.

Paths may be empty: a filter here would walk every unit twice.
"""

from datetime import timedelta

from evergrow.insight.funnel import lean, tries, units, walk, window
from evergrow.insight.funnel import plan as planning
from evergrow.insight.funnel.elements import NO_START, Element
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import Counting, Order, Subject
from evergrow.insight.funnel.walk import Walk
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Bound


def bound_values(plan: Plan) -> Bound:
    """The values that every statement of a plan needs."""
    days = plan.days
    return Bound({"workspace": plan.workspace.pk, "first": days.first, "last": days.last, "until": plan.read_until})


def walk_of(plan: Plan, bound: Bound) -> Walk:
    """The rules by which this plan's events fill steps."""
    bound.params.setdefault("ends", plan.ends_at)

    def deadline(start: str) -> str:
        return window.deadline(plan.question.window, start, bound, plan.workspace.zone)

    return Walk(plan.question, units.element_of(plan), deadline, "{ends:Int64}")


def with_paths(plan: Plan, bound: Bound, periods: tuple[Bucket, ...] = ()) -> tuple[str, Element]:
    """The WITH clause that ends in ``paths`` (``subject, held, period, path``), and what the paths are made of.

    With ``periods`` each subject goes through the steps anew for every period in which it may have begun.
    """
    rules = walk_of(plan, bound)
    text = units.with_units(plan, bound, rules)
    source = "done"
    if plan.question.subject is Subject.SESSIONS:
        text += f",\nparted AS (\n    SELECT subject, held, {units.sessions(rules)} AS events\n    FROM done\n)"  # noqa: S608
        source = "parted"
    period, events = "toUInt32(0)", "events"
    if periods:
        text += f",\nby_period AS (\n{_by_period(plan, bound, rules, source, periods)}\n)"
        source, period = "by_period", "period"
        rules = Walk(rules.question, rules.element, rules.deadline, "period_ends")
    walked, prepared = _walked(rules, events)
    if prepared:
        more = ",\n        ".join(prepared)
        source = f"(\n        SELECT subject, held, {period} AS period,\n        {more}\n        FROM {source}\n    )"  # noqa: S608
        period = "period"
    text += f""",
walked AS (
    SELECT subject, held, {period} AS period, {walked}
    FROM {source}
)"""  # noqa: S608
    return f"{text},\npaths AS (\n{_chosen(plan, rules)}\n)", rules.element


def _by_period(plan: Plan, bound: Bound, rules: Walk, source: str, periods: tuple[Bucket, ...]) -> str:
    """Each unit once for every period in which it has a possible start, with just the events of those tries."""
    zone, element = plan.workspace.tz, rules.element
    begins = bound.add("begins", "Array(Int64)", [window.midnight(each.first, zone) for each in periods])
    closes = bound.add(
        "closes", "Array(Int64)", [window.midnight(each.last + timedelta(days=1), zone) for each in periods]
    )
    starts = f"arrayMap(x -> {element.at('x')}, arrayFilter(x -> bitTest({element.mask('x')}, 0), events))"
    places = f"arrayDistinct(arrayMap(at -> arrayFirstIndex(c -> at < c, {closes}), {starts}))"
    kept = f"arrayFilter(x -> {element.at('x')} >= {begins}[period], events)"
    mask = element.mask("x")
    limited = f"if({element.at('x')} < period_ends, {mask}, bitAnd({mask}, {NO_START}))"
    kept = f"arrayMap(x -> {element.with_mask('x', f'toUInt32({limited})')}, {kept})"
    return f"""    SELECT subject, held, period, period_ends, {kept} AS events
    FROM (
        SELECT subject, held, events, toUInt32(place) AS period, {closes}[place] AS period_ends
        FROM (SELECT subject, held, events, arrayJoin({places}) AS place FROM {source})
        WHERE place > 0
    )"""  # noqa: S608


def _walked(rules: Walk, events: str) -> tuple[str, list[str]]:
    """The path of a unit, and columns that it is made of."""
    ready = walk.events_to_walk(rules, events)
    if lean.can_walk(rules):
        return f"{lean.path(rules)} AS path", lean.columns(rules, ready)
    if rules.question.counting is Counting.TOTALS:
        return f"arrayJoin({tries.tries(rules, ready)}) AS path", []
    if rules.question.order is Order.ANY:
        return f"{walk.in_any_order(rules, ready)} AS path", []
    return f"{walk.furthest(rules, ready)} AS path", []


def _chosen(plan: Plan, rules: Walk) -> str:
    """With a value held constant: of a subject's values the one that led furthest, then the first there."""
    question, element = plan.question, rules.element
    plain = "    SELECT subject, held, period, path\n    FROM walked"
    is_one_each = question.counting is Counting.UNIQUE and question.subject is not Subject.SESSIONS
    if not question.hold or not is_one_each or planning.is_by_value(question):
        return plain
    times = element.times("way")
    best = f"(length(way), -{times}[-1], {times}[1], held)"
    return f"""    SELECT subject, '' AS held, period, argMax(way, {best}) AS path
    FROM (SELECT subject, held, period, path AS way FROM walked)
    GROUP BY subject, period"""  # noqa: S608
