"""Plan → SQL. The text is put together from constant pieces; every value is bound.

A part (the value of a breakdown) travels as one text: ``=value``, ``-`` for not set, ``+`` for all others together.
"""

from collections.abc import Sequence

from evergrow.insight.funnel import bins
from evergrow.insight.funnel import plan as planning
from evergrow.insight.funnel.elements import Element
from evergrow.insight.funnel.paths import bound_values, with_paths
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import Attribution, Subject
from evergrow.insight.sql_parts import OTHER
from evergrow.insight.statement import Statement

# Whole blocks of subjects walk together: cut into small ones, or branch by branch, it takes several times as long
WALKING = """
SETTINGS group_by_two_level_threshold = 0, group_by_two_level_threshold_bytes = 0,
    short_circuit_function_evaluation = 'disable'"""

# What a subject that did not come to the step of the breakdown counts under
NOT_THERE = "-"


def branches(plan: Plan, *, name: str = "funnel", top: int | None = None) -> Statement:
    """Counts and waits of everybody and of the largest parts; everybody first.

    Rows: ``part, every_part, parts found, counts``, then for each step after the first and for the whole way ``(number,
    shortest, median, p90, longest)``, then for each of them how many waits are in each bin (see ``bins``).
    """
    bound = bound_values(plan)
    text, element = with_paths(plan, bound)
    size = len(plan.steps)
    waits = [*(_wait(plan, element, step) for step in range(2, size + 1)), _whole_wait(element, size)]
    found = ",\n            ".join(
        f"{wait} AS waits_{place}, length(waits_{place}) AS number_{place}" for place, wait in enumerate(waits, 1)
    )
    places = range(1, size + 1)
    cut = ",\n        ".join(", ".join(bins.columns(place)) for place in places)
    told = ",\n    ".join([*map(_summary, places), *map(bins.counted, places)])
    has_parts = plan.question.split is not None and top is not None
    part, every_part, groups, order = "''", "1", "", ""
    if has_parts:
        part, every_part, groups = "part", "grouping(part)", "\n        GROUP BY GROUPING SETS ((part), ())"
        order = "\n        ORDER BY every_part DESC, counts[1] DESC, part"
    sql = f"""{text}
SELECT part, every_part, parts, counts,
    {told}
FROM (
    SELECT *,
        {cut}
    FROM (
        SELECT {part} AS part, {every_part} AS every_part, count() OVER () - 1 AS parts,
            {_reached(element, size)} AS counts,
            {found}
        FROM (SELECT path{f", {_part(plan)} AS part" if has_parts else ""} FROM paths){groups}
        HAVING counts[1] > 0{order}
        LIMIT {bound.add("limit", "UInt32", (top or 0) + 1)}
    )
)
ORDER BY every_part DESC, counts[1] DESC, part{WALKING}"""  # noqa: S608
    return bound.statement(name, sql)


def over_time(plan: Plan) -> Statement:
    """The funnel of each period of entry: ``period (from 0), counts``."""
    bound = bound_values(plan)
    text, element = with_paths(plan, bound, plan.periods)
    sql = f"""{text}
SELECT period - 1 AS place, {_reached(element, len(plan.steps))} AS counts
FROM paths
GROUP BY period
ORDER BY period{WALKING}"""  # noqa: S608
    return bound.statement("periods", sql)


def subjects(
    plan: Plan,
    *,
    reached: int,
    not_reached: int | None,
    part: str | None,
    shown: Sequence[str],
    limit: int,
    offset: int,
) -> Statement:
    """Who reached a step (from 0) and not another, by their latest step.

    Rows: ``subject, times, entered at, came to their last step at (ms), furthest step, how many rows``; a row for each
    subject, or for each of a person's sessions.
    """
    bound = bound_values(plan)
    text, element = with_paths(plan, bound)
    times = element.times("path")
    where = [f"{times}[{reached + 1}] != 0"]
    if not_reached is not None:
        where.append(f"{times}[{not_reached + 1}] = 0")
    if part is not None:
        found = _part(plan)
        if part == OTHER:
            where.append(f"{found} NOT IN {bound.add('shown', 'Array(String)', list(shown))}")
        else:
            where.append(f"{found} = {bound.add('part', 'String', part)}")
    limits = bound.add("limit", "UInt32", limit), bound.add("offset", "UInt32", offset)
    each = "subject, began" if plan.question.subject is Subject.SESSIONS else "subject"
    sql = f"""{text}
SELECT subject, count() AS times, min(began) AS entered, max(came) AS came, max(steps) AS steps,
    count() OVER () AS subjects
FROM (
    SELECT subject, {times}[1] AS began, {times}[-1] AS came, length(path) AS steps
    FROM paths
    WHERE {" AND ".join(where)}
)
GROUP BY {each}
ORDER BY came DESC, subject
LIMIT {limits[0]} OFFSET {limits[1]}{WALKING}"""  # noqa: S608
    return bound.statement("behind", sql)


def _reached(element: Element, size: int) -> str:
    """How many paths reached each step."""
    times = element.times("path")
    return f"[{', '.join(f'countIf({times}[{step}] != 0)' for step in range(1, size + 1))}]"


def _wait(plan: Plan, element: Element, step: int) -> str:
    """All waits for a step, in milliseconds since the last step before it that was not left out."""
    times = element.times("path")
    may_lack = step > 2 and plan.question.steps[step - 2].is_optional
    before = f"arrayMax(arraySlice({times}, 1, {step - 1}))" if may_lack else f"{times}[{step - 1}]"
    return f"groupArrayIf({times}[{step}] - {before}, {times}[{step}] != 0)"


def _whole_wait(element: Element, size: int) -> str:
    times = element.times("path")
    return f"groupArrayIf({times}[{size}] - {times}[1], length({times}) = {size})"


def _summary(place: int) -> str:
    waits = f"waits_{place}"
    quantiles = f"arrayReduce('quantilesExactInclusive(0.5, 0.9)', {waits})"
    return (
        f"[toFloat64(length({waits})), toFloat64(arrayMin({waits})), {quantiles}[1], {quantiles}[2],"
        f" toFloat64(arrayMax({waits}))]"
    )


def _part(plan: Plan) -> str:
    """The part that a path counts under."""
    split = plan.question.split
    if split is None or planning.is_by_value(plan.question):
        return "held"
    if split.attribution is Attribution.FIRST:
        return "path[1].2"
    if split.attribution is Attribution.LAST:
        return "path[-1].2"
    return f"if(path[{split.step}].1 = 0, '{NOT_THERE}', path[{split.step}].2)"
