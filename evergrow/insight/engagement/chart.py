"""Engagement groups as ECharts options: their sizes stacked up period by period, and a flow from one to the next."""

from collections.abc import Callable
from datetime import date
from typing import Any

from evergrow.insight.engagement import words
from evergrow.insight.engagement.question import AWAY, BELOW, NEW
from evergrow.insight.engagement.result import EngagementResult

# From the narrowest group to the widest; those below all of them and those away are pale
COLOURS = ("--series-1", "--series-5", "--series-2", "--series-3", "--series-6")
PALE, PALER = "--series-4", "--edge"

# What a click on a mark opens: a period, a level before (None: any), a level now
Address = Callable[[date, int | None, int | None], str]


def sizes(result: EngagementResult, language: str, address: Address) -> dict[str, Any]:
    """Bars of those on each level and no higher, the narrowest group on the line."""
    interval = result.definition.period
    return {
        "xAxis": {
            "type": "category",
            "data": [words.axis_words(bucket, interval, language) for bucket in result.buckets],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "legend": {},
        "tooltip": {"trigger": "axis"},
        "unit": "number",
        "series": [_bars(result, level, language, address) for level in reversed(result.levels)],
    }


def _bars(result: EngagementResult, level: int, language: str, address: Address) -> dict[str, Any]:
    return {
        "type": "bar",
        "stack": "levels",
        "name": words.level(result.definition, level, language),
        "color": colour(result, level),
        "data": [
            {"value": found[level], "url": address(bucket.first, None, level)}
            | ({} if bucket.is_complete else {"hatched": True, "note": words.short_words(bucket)})
            for bucket, found in zip(result.buckets, result.sizes, strict=True)
        ],
    }


def flow(result: EngagementResult, language: str, address: Address) -> dict[str, Any]:
    """From the levels of the period before, on the left, to those of this one: a ribbon for each move."""
    moves = {move: count for move, count in result.moves.items() if count}
    return {
        "tooltip": {"trigger": "item"},
        "unit": "number",
        "series": [
            {
                "type": "sankey",
                "name": str(words.SUBJECTS[result.question.subject]),
                "left": 4,
                "right": 4,
                "top": 8,
                "bottom": 8,
                "nodeWidth": 12,
                "nodeGap": 10,
                "layoutIterations": 0,
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "data": _nodes(result, language, address),
                "links": [
                    _ribbon(result, move, moves[move], language, address) for move in sorted(moves, reverse=True)
                ],
            }
        ],
    }


def _nodes(result: EngagementResult, language: str, address: Address) -> list[dict[str, Any]]:
    at, found = result.until.first, []
    for level in order(result):
        if count := result.was(level):
            found.append(_node(result, "was", level, count, address(at, level, None), language))
    for level in order(result):
        if count := result.now(level):
            found.append(_node(result, "now", level, count, address(at, None, level), language))
    return found


def order(result: EngagementResult) -> list[int]:
    """From the top of the flow down: the narrowest group first, those away and the new ones last."""
    return [*reversed(result.levels), AWAY, NEW]


def _node(result: EngagementResult, side: str, level: int, count: int, url: str, language: str) -> dict[str, Any]:
    name = words.level(result.definition, level, language)
    return {
        "id": f"{side}{level}",
        "name": f"{name} {count:,}",
        "told": name,
        "value": count,
        "url": url,
        "itemStyle": {"color": colour(result, level), "borderWidth": 0},
        "label": {
            "formatter": "{b}",
            "position": "right" if side == "was" else "left",
            "color": "--text",
            "fontSize": 12,
        },
    }


def _ribbon(
    result: EngagementResult, move: tuple[int, int], count: int, language: str, address: Address
) -> dict[str, Any]:
    was, now = move
    return {
        "source": f"was{was}",
        "target": f"now{now}",
        "value": count,
        "told": " → ".join(words.level(result.definition, level, language) for level in move),
        "url": address(result.until.first, was, now),
        "lineStyle": {"color": _tone(was, now), "opacity": 0.5, "curveness": 0.5},
    }


def _tone(was: int, now: int) -> str:
    if was == now:
        return "--edge"
    if was in (AWAY, NEW):
        return "--healthy-fill" if now > BELOW else "--edge"
    return "--healthy-fill" if now > was else "--risk-fill"


def colour(result: EngagementResult, level: int) -> str:
    """The colour of a level, the same in both charts."""
    if level in (AWAY, NEW):
        return PALER
    return PALE if level == BELOW else COLOURS[len(result.definition.groups) - level]
