"""The waterfall of a period and the lines of retention, as options for the chart tag."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evergrow.health.money.ledger import FALLING, RISING, Span
from evergrow.health.money.models import Kind
from evergrow.health.money.parts import NAMES, Part
from evergrow.health.money.report import Line

LABEL_SPACE = 112
LABEL = {"show": True, "formatter": "{a}", "width": LABEL_SPACE - 12, "overflow": "truncate", "color": "inherit"}
COLOURS = {True: "--healthy-fill", False: "--risk-fill"}

Address = Callable[[Part, str], str]


def waterfall(span: Span, currency: str, address: Address, key: str) -> dict[str, Any]:
    """From the revenue at the start to that at the end: what came and what went, each bar where it belongs."""
    parts = [Part.START, *(Part(kind.value) for kind in (*RISING, *FALLING)), Part.END]
    below: list[float] = []
    bars: list[dict[str, Any]] = []
    level = span.start_cents
    for part in parts:
        if part in (Part.START, Part.END):
            level = span.start_cents if part is Part.START else span.end_cents
            low, value, colour = 0, level, "--series-1"
        else:
            value = span.sum_of(Kind(part.value))
            low, colour = min(level, level + value), COLOURS[value >= 0]
            level += value
        below.append(low / 100)
        url = address(part, key) if value else ""
        bars.append({"value": abs(value) / 100, "url": url, "itemStyle": {"color": colour}, "note": ""})
        if value < 0:
            bars[-1]["note"] = "−"
    return {
        "unit": currency,
        "xAxis": {"type": "category", "data": [str(NAMES[part]) for part in parts]},
        "yAxis": {"type": "value"},
        "series": [
            {"type": "bar", "stack": "level", "silent": True, "itemStyle": {"opacity": 0}, "data": below},
            {"type": "bar", "stack": "level", "name": "MRR", "data": bars, "barMaxWidth": 60},
        ],
    }


def retention(lines: Sequence[Line], address: Address) -> dict[str, Any]:
    """NRR, GRR and logo retention; a running period is hatched and no line runs to it."""
    names = [
        (_("NRR"), "--series-1", "nrr", Part.START),
        (_("GRR"), "--series-2", "grr", Part.KEPT),
        (_("Logo retention"), "--series-3", "logos", Part.KEPT),
    ]
    lowest = min((v for line in lines for v in _shares(line.span) if v is not None), default=0.0)
    found: list[dict[str, Any]] = []
    running = [line for line in lines if not line.period.is_complete]
    if running:
        heights = [
            {"value": round(max((v for v in _shares(line.span) if v is not None), default=0), 6), "hatched": True}
            if not line.period.is_complete
            else None
            for line in lines
        ]
        found.append({"type": "bar", "silent": True, "barMaxWidth": 28, "data": heights})
    for name, colour, field, part in names:
        found.append(_line(lines, name, colour, field, part, address))
    return {
        "grid": {"right": LABEL_SPACE},
        "unit": "percent",
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "category", "data": [line.period.label for line in lines]},
        "yAxis": {"type": "value", "min": max(0, int(lowest * 20 - 1) / 20)},
        "series": found,
    }


def _line(lines: Sequence[Line], name: str, colour: str, field: str, part: Part, address: Address) -> dict[str, Any]:
    data: list[Any] = []
    for line in lines:
        share = getattr(line.span, field)
        is_shown = share is not None and line.period.is_complete
        data.append({"value": round(share, 6), "url": address(part, line.period.key)} if is_shown else None)
    return {
        "type": "line",
        "name": name,
        "color": colour,
        "symbol": "circle",
        "symbolSize": 5,
        "showSymbol": True,
        "endLabel": LABEL,
        "labelLayout": {"moveOverlap": "shiftY"},
        "data": data,
    }


def _shares(span: Span) -> list[float | None]:
    return [span.nrr, span.grr, span.logos]
