"""Pictures of stages as plain ECharts options, drawn by ``{% chart %}``."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.stages.definition import PAUSED, TERMINAL, Definition
from evergrow.customers.stages.flow import OUT
from evergrow.customers.stages.timing import Timing

COLOURS = [f"--series-{number}" for number in (1, 5, 2, 3, 6, 4)]
Address = Callable[[str | None, str | None], str]


def colour(definition: Definition, key: str) -> str:
    """The colour of a stage: in turn along the way, grey for pauses, red for ends and outside without colour."""
    stage = definition.stage(key)
    if stage is None or stage.kind == PAUSED:
        return "--insufficient-fill"
    return "--risk-fill" if stage.kind == TERMINAL else COLOURS[stage.order % len(COLOURS)]


def stage_name(definition: Definition, key: str) -> str:
    return definition.name(key) if key else _("not in it")


def flow(definition: Definition, stood: Mapping[tuple[str, str], int], address: Address) -> dict[str, Any]:
    """From the stages of the beginning, on the left, to those of the end: a ribbon for each pair."""
    order = {stage.key: stage.order for stage in definition.stages}

    def place(key: str) -> int:
        return order.get(key, len(order))

    pairs = sorted(stood, key=lambda pair: (place(pair[0]), place(pair[1])))
    return {
        "tooltip": {"trigger": "item"},
        "unit": "number",
        "series": [
            {
                "type": "sankey",
                "name": _("Stages"),
                "left": 4,
                "right": 4,
                "top": 8,
                "bottom": 8,
                "nodeWidth": 12,
                "nodeGap": 10,
                "layoutIterations": 0,
                "draggable": False,
                "emphasis": {"focus": "adjacency"},
                "data": _nodes(definition, stood, place, address),
                "links": [_ribbon(definition, pair, stood[pair], address) for pair in pairs],
            }
        ],
    }


def _nodes(
    definition: Definition, stood: Mapping[tuple[str, str], int], place: Callable[[str], int], address: Address
) -> list[dict[str, Any]]:
    found = []
    for side in (0, 1):
        sums: dict[str, int] = {}
        for pair, count in stood.items():
            sums[pair[side]] = sums.get(pair[side], 0) + count
        for key in sorted(sums, key=place):
            url = address(key, None) if side == 0 else address(None, key)
            found.append(_node(definition, side, key, sums[key], url))
    return found


def _node(definition: Definition, side: int, key: str, count: int, url: str) -> dict[str, Any]:
    name = stage_name(definition, key)
    return {
        "id": f"{side}-{key}",
        "name": f"{name} {count:,}",
        "told": name,
        "value": count,
        "url": url,
        "itemStyle": {"color": colour(definition, key), "borderWidth": 0},
        "label": {
            "formatter": "{b}",
            "position": "left" if side else "right",
            "color": "--text",
            "fontSize": 12,
        },
    }


def _ribbon(definition: Definition, pair: tuple[str, str], count: int, address: Address) -> dict[str, Any]:
    names = (stage_name(definition, pair[0]), stage_name(definition, pair[1]))
    return {
        "source": f"0-{pair[0]}",
        "target": f"1-{pair[1]}",
        "value": count,
        "told": f"{names[0]} → {names[1]}",
        "url": address(*pair),
        "lineStyle": {"color": colour(definition, pair[1] or OUT), "opacity": 0.35},
    }


def timing(definition: Definition, found: Sequence[Timing]) -> dict[str, Any]:
    """The share still in the stage, by days since entering it: a step line for each stage with visits."""
    series = []
    for each in found:
        if not each.curve.steps:
            continue
        points: list[list[float]] = [[0, 1], *([day, share] for day, share in each.curve.steps)]
        series.append(
            {
                "type": "line",
                "step": "end",
                "showSymbol": False,
                "name": each.stage.name,
                "color": colour(definition, each.stage.key),
                "data": points,
            }
        )
    return {
        "legend": {},
        "grid": {"right": 12},
        "xAxis": {"type": "value", "name": _("days"), "minInterval": 1},
        "yAxis": {"type": "value", "unit": "percent", "min": 0, "max": 1},
        "tooltip": {"trigger": "axis"},
        "series": [{**one, "unit": "percent"} for one in series],
    }
