"""Plan → SQL. The text is put together from constant pieces; every value is bound.

A part (the value of a breakdown) travels as one text: ``=value``, ``-`` for not set, ``+`` for all others together.
"""

from collections.abc import Sequence

from evergrow.insight.funnel import plan as planning
from evergrow.insight.funnel import units
from evergrow.insight.funnel.elements import Element
from evergrow.insight.funnel.paths import bound_values, with_paths
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import Attribution, Subject
from evergrow.insight.funnel.window import milliseconds
from evergrow.insight.sql_parts import MERGES, OTHER
from evergrow.insight.statement import Statement

# Whole blocks of subjects walk together: cut into small ones, or branch by branch, it takes several times as long
WALKING = """
SETTINGS group_by_two_level_threshold = 0, group_by_two_level_threshold_bytes = 0,
    short_circuit_function_evaluation = 'disable'"""

# What a subject that did not come to the step of the breakdown counts under
NOT_THERE = "-"


def counts(plan: Plan, *, name: str = "counts") -> Statement:
    """How many reached each step, by the store's own funnel: ``level, subjects``. For plain plans only."""
    bound = bound_values(plan)
    bound.params["window"] = milliseconds(plan.question.window) or 0
    names = sorted({step.event for step in plan.steps})
    steps = ", ".join(
        f"{units.test(step, bound)}{' AND day <= {last:Date}' if place == 0 else ''}"
        for place, step in enumerate(plan.steps)
    )
    who = units.who(plan)
    where = ["workspace_id = {workspace:UInt32}", "day BETWEEN {first:Date} AND {until:Date}"]
    where.append(f"event IN {bound.add('events', 'Array(String)', names)}")
    where += units.of_accounts(plan, bound)
    merges = "" if plan.question.subject is Subject.ACCOUNTS else f"WITH {MERGES}\n"
    sql = f"""{merges}SELECT level, count() AS subjects
FROM (
    SELECT {who} AS subject, windowFunnel({{window:UInt64}})(toUInt64(toUnixTimestamp64Milli(at)), {steps}) AS level
    FROM events
    WHERE {" AND ".join(where)}
    GROUP BY subject
    HAVING subject != 0 AND level > 0
)
GROUP BY level
ORDER BY level"""  # noqa: S608
    return bound.statement(name, sql)


def branches(plan: Plan, *, name: str = "funnel", top: int | None = None, goes_on: bool = False) -> Statement:
    """Counts and waits of everybody and of the largest parts.

    Rows: ``part, every_part, parts found, counts, then for each step after the first and for the whole way (number,
    shortest, median, p90, longest)``; everybody first. With ``goes_on`` the count of the first step is not everybody's.
    """
    bound = bound_values(plan)
    text, element = with_paths(plan, bound, goes_on=goes_on)
    size = len(plan.steps)
    waits = ",\n    ".join([*(_wait(element, step) for step in range(2, size + 1)), _whole_wait(element, size)])
    has_parts = plan.question.split is not None and top is not None
    part, every_part, groups = "''", "1", "GROUP BY ()"
    if has_parts:
        part, every_part, groups = "part", "grouping(part)", "GROUP BY GROUPING SETS ((part), ())"
    sql = f"""{text}
SELECT {part}, {every_part} AS every_part, count() OVER () - 1 AS parts,
    sumForEach({_reached(element, size)}) AS counts,
    {waits}
FROM (SELECT path{f", {_part(plan)} AS part" if has_parts else ""} FROM paths)
{groups}
HAVING counts[1] > 0
ORDER BY every_part DESC, counts[1] DESC, part
LIMIT {bound.add("limit", "UInt32", (top or 0) + 1)}{WALKING}"""  # noqa: S608
    if not has_parts:
        sql = sql.replace("\nGROUP BY ()", "").replace("every_part DESC, counts[1] DESC, part", "every_part DESC")
    return bound.statement(name, sql)


def over_time(plan: Plan) -> Statement:
    """The funnel of each period of entry: ``period (from 0), counts``."""
    bound = bound_values(plan)
    text, element = with_paths(plan, bound, plan.periods)
    sql = f"""{text}
SELECT period - 1 AS place, sumForEach({_reached(element, len(plan.steps))}) AS counts
FROM paths
GROUP BY period
ORDER BY period{WALKING}"""  # noqa: S608
    return bound.statement("periods", sql)


def spread(plan: Plan, begins: Sequence[float], widths: Sequence[float], bins: Sequence[int]) -> Statement:
    """How waits spread: ``step (from 0; the number of steps for the whole way), bin, how many``.

    For each of them a bin begins at ``begins`` + n × ``widths`` milliseconds; the last one takes its end as well.
    """
    bound = bound_values(plan)
    text, element = with_paths(plan, bound, goes_on=True)
    size = len(plan.steps)
    times = element.times("path")
    waits = [f"if({times}[{step}] != 0, {_gap(times, step)}, -1)" for step in range(2, size + 1)] + [
        f"if(length({times}) = {size}, {times}[-1] - {times}[1], -1)"
    ]
    begin = bound.add("begin", "Array(Float64)", [float(each) for each in begins])
    width = bound.add("width", "Array(Float64)", [float(each) for each in widths])
    count = bound.add("bins", "Array(UInt32)", list(bins))
    sql = f"""{text}
SELECT place,
    least(toUInt32(intDiv(toInt64(wait - {begin}[place]), toInt64({width}[place]))), {count}[place] - 1) AS bin,
    count() AS subjects
FROM paths
ARRAY JOIN [{", ".join(waits)}] AS wait, range(1, {size + 1}) AS place
WHERE wait >= 0 AND {count}[place] > 0
GROUP BY place, bin
ORDER BY place, bin{WALKING}"""  # noqa: S608
    return bound.statement("spread", sql)


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
    times = element.times("path")
    return f"arrayMap(place -> toUInt64({times}[place] != 0), range(1, {size + 1}))"


def _gap(times: str, step: int) -> str:
    """Milliseconds since the last step before it that was not left out."""
    return f"{times}[{step}] - arrayMax(arraySlice({times}, 1, {step - 1}))"


def _wait(element: Element, step: int) -> str:
    times = element.times("path")
    return _summary(_gap(times, step), f"{times}[{step}] != 0")


def _whole_wait(element: Element, size: int) -> str:
    times = element.times("path")
    return _summary(f"{times}[-1] - {times}[1]", f"length({times}) = {size}")


def _summary(wait: str, when: str) -> str:
    quantiles = f"quantilesExactInclusiveIf(0.5, 0.9)({wait}, {when})"
    return (
        f"[toFloat64(countIf({when})), toFloat64(minIf({wait}, {when})), {quantiles}[1], {quantiles}[2],"
        f" toFloat64(maxIf({wait}, {when}))]"
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
