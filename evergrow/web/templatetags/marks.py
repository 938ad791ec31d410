"""Tags for small pictures: SVG drawn by the server, coloured by classes; and the frame of an ECharts chart."""

from collections.abc import Mapping, Sequence
from itertools import count as counter
from typing import Any

from django import template

from evergrow.lib.numerals import Number
from evergrow.web import chart_tables, geometry

register = template.Library()
chart_numbers = counter(1)


@register.inclusion_tag("web/marks/sparkline.html")
def sparkline(
    values: Sequence[float | None],
    running: bool = False,
    tone: str = "",
    width: int = 92,
    height: int = 22,
    label: str = "",
) -> dict[str, Any]:
    """Area from zero, dot on the last full period. With ``running`` the last value is of a period not yet over."""
    return {"mark": geometry.line(values, running=running, width=width, height=height), "tone": tone, "label": label}


@register.inclusion_tag("web/marks/scale.html")
def scale(score: float | None, before: float | None = None, low: float = 50, high: float = 75) -> dict[str, Any]:
    """0–100 in bands that change at ``low`` and ``high``; a solid marker now, a dashed one then."""
    band = "insufficient" if score is None else "risk" if score < low else "watch" if score < high else "healthy"
    parts = [("risk", 0, low), ("watch", low, high - low), ("healthy", high, 100 - high)]
    return {"score": score, "before": before, "band": band, "parts": parts, "ticks": [0, low, high, 100]}


@register.inclusion_tag("web/marks/waterfall.html")
def waterfall(rows: Sequence[Mapping[str, Any]], decimals: int = 1) -> dict[str, Any]:
    """Why a score moved. Rows: ``label``, ``detail`` ("71% → 54%"), ``points``, or ``value`` and ``band`` for an end.

    ``ours`` stripes an effect that is not the customer's doing; ``url`` makes the label a link.
    """
    steps, axis = geometry.waterfall(rows)
    moved = sum(float(row.get("points") or 0) for row in rows if row.get("value") is None)
    return {
        "steps": steps,
        "ticks": axis.ticks(),
        "sum": moved,
        "decimals": decimals,
        "has_ours": any(r.get("ours") for r in rows),
    }


@register.inclusion_tag("web/marks/interval.html")
def interval(
    low: float, point: float, high: float, line: float = 0, width: int = 120, label: str = ""
) -> dict[str, Any]:
    """Dot and whisker with a line at 0 (or a target); pale and hollow where the interval includes it."""
    axis = geometry.axis_around(low, high, line)
    places = {"low": axis.at(low), "high": axis.at(high), "point": axis.at(point), "line": axis.at(line)}
    return {**places, "includes": low <= line <= high, "width": width, "label": label}


@register.inclusion_tag("web/marks/bullet.html")
def bullet(
    value: float | None, target: float | None = None, top: float = 1, tone: str = "", width: int = 84, label: str = ""
) -> dict[str, Any]:
    """A bar on a track from 0 to ``top``, with a tick for the target or the tier's median."""
    share = None if value is None else max(0.0, min(1.0, value / top))
    tick = None if target is None else max(0.0, min(1.0, target / top))
    return {
        "share": share and round(share * 100, 1),
        "tick": tick and round(tick * 100, 1),
        "tone": tone,
        "width": width,
        "label": label,
    }


@register.inclusion_tag("web/marks/flow.html")
def flow(moves: Mapping[tuple[str, str], float], then: str, now: str, currency: str = "") -> dict[str, Any]:
    """Health bands then and now, joined by what moved. ``moves``: (band then, band now) → accounts, or money."""
    drawn = geometry.flow(moves, left=108, right=268, height=232)
    changes = {block.band: block.count - old.count for old, block in zip(drawn.before, drawn.after, strict=True)}
    tones = {tone: sum(r.count for r in drawn.ribbons if r.tone == tone) for tone in ("fell", "rose", "same", "known")}
    return {"flow": drawn, "then": then, "now": now, "changes": changes, "tones": tones, "currency": currency}


@register.filter
def lookup(mapping: Mapping[str, Any], key: str) -> Any:
    """The entry of a mapping under a key held in a variable; empty where there is none."""
    return mapping.get(key, "")


@register.filter
def plus(value: Number, more: Number) -> float:
    return float(value) + float(more)


@register.filter
def half(value: Number) -> float:
    return float(value) / 2


@register.inclusion_tag("web/marks/chart.html")
def chart(
    options: Mapping[str, Any], title: str = "", height: int = 240, tools: bool = True, key: str = ""
) -> dict[str, Any]:
    """An ECharts chart with its table, PNG and CSV.

    ``options`` are ECharts options as plain data; our theme is merged under them, and these words are understood:
    a colour may be a token (``"--series-1"``, ``"--risk-fill"``); a data item may carry ``url`` (opened by a click)
    and ``hatched`` (not a full observation), a series ``hatched``, ``dotted`` (at risk) or ``silent`` (left out of the
    table); a value axis, a series or the whole may carry ``unit``: ``"number"``, ``"percent"`` (shares of one), or a
    currency code. Of a flow (``sankey``) nodes and links may say in ``told`` what they are called. Without JavaScript
    the table shows.
    """
    heights = (120, 160, 200, 240, 280, 320, 400)
    fitting = min(heights, key=lambda known: abs(known - height))
    return {
        "key": key or f"chart-{next(chart_numbers)}",
        "title": title,
        "options": {**options, "title": None, "name": title},
        "height": fitting,
        "tools": tools,
        "table": chart_tables.table(options),
    }
