"""Pictures of the team's work as plain ECharts options, drawn by ``{% chart %}``."""

from typing import Any

from django.utils.translation import get_language, pgettext

from evergrow.lib import moments
from evergrow.success.manager.addresses import behind
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.throughput import OPENED, Throughput
from evergrow.success.models import TaskState

COLOURS = {TaskState.DONE: "--series-1", TaskState.SKIPPED: "--series-4", TaskState.CANCELLED: "--insufficient-fill"}


def way_names() -> dict[str, str]:
    """What the four ways of a task are called in charts and tables."""
    return {
        OPENED: pgettext("work", "Came"),
        TaskState.DONE.value: pgettext("work", "Done"),
        TaskState.SKIPPED.value: pgettext("work", "Left out"),
        TaskState.CANCELLED.value: pgettext("work", "Cancelled"),
    }


def by_week(ask: Ask, found: Throughput) -> dict[str, Any]:
    """What went, as stacked bars, and what came, as a line; the running week is hatched."""
    names, language = way_names(), get_language() or "en"
    last = len(found.weeks) - 1

    def items(way: str, *, is_line: bool = False) -> list[Any]:
        return [
            {
                "value": getattr(counts, way),
                "url": behind(ask, "tasks", way, week=ask.days[place].isoformat()),
                **({"hatched": True} if place == last and not is_line else {}),
            }
            for place, counts in enumerate(found.weeks)
        ]

    bars: list[dict[str, Any]] = [
        {"type": "bar", "stack": "went", "name": names[way], "color": colour, "data": items(way)}
        for way, colour in COLOURS.items()
    ]
    came = {"type": "line", "name": names[OPENED], "color": "--series-3", "symbol": "circle", "symbolSize": 5}
    return {
        "unit": "number",
        "legend": {"data": [each["name"] for each in bars] + [names[OPENED]]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [moments.axis_day(day, language) for day in ask.days[:-1]]},
        "yAxis": {"type": "value", "minInterval": 1, "splitNumber": 4},
        "series": [*bars, {**came, "data": items(OPENED, is_line=True)}],
    }
