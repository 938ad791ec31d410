"""The table behind a chart, read from its options: what a reader without the picture gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from evergrow.lib import numerals


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    head: list[str]
    rows: list[tuple[str, list[Cell]]]


def table(options: Mapping[str, Any]) -> Table:
    """One row per category of the category axis, one column per named series; of a flow, one row per ribbon."""
    flows = [one for one in _list(options.get("series")) if one.get("type") == "sankey"]
    if flows:
        return Table(
            [str(flows[0].get("name", ""))], [_ribbon(link, options) for one in flows for link in one["links"]]
        )
    axes = [_first(options.get(name)) for name in ("xAxis", "yAxis")]
    named = [axis["data"] for axis in axes if axis.get("type") == "category" and "data" in axis]
    categories: Sequence[Any] = named[0] if named else []
    series = [one for one in _list(options.get("series")) if one.get("data") is not None and not one.get("silent")]
    units = [one.get("unit") or options.get("unit") or _axis_unit(axes) for one in series]
    rows = []
    for position, category in enumerate(categories):
        cells = [_cell(_at(one["data"], position), unit) for one, unit in zip(series, units, strict=True)]
        rows.append((_text(category), cells))
    return Table([str(one.get("name", "")) for one in series], rows)


def _ribbon(link: Mapping[str, Any], options: Mapping[str, Any]) -> tuple[str, list[Cell]]:
    return str(link.get("told", "")), [_cell(link, str(options.get("unit", "number")))]


def _axis_unit(axes: Sequence[Mapping[str, Any]]) -> str:
    return next((str(axis["unit"]) for axis in axes if axis.get("unit")), "number")


def _first(part: Any) -> Mapping[str, Any]:
    return _list(part)[0] if _list(part) else {}


def _list(part: Any) -> list[Any]:
    return [] if part is None else list(part) if isinstance(part, list | tuple) else [part]


def _text(category: Any) -> str:
    return str(category.get("value", "") if isinstance(category, Mapping) else category)


def _at(data: Sequence[Any], position: int) -> Any:
    return data[position] if position < len(data) else None


def _cell(item: Any, unit: str) -> Cell:
    value, url = (item.get("value"), item.get("url") or "") if isinstance(item, Mapping) else (item, "")
    if isinstance(value, list | tuple):
        value = value[-1] if value else None
    return Cell(_told(value, unit), url)


def _told(value: Any, unit: str) -> str:
    language = get_language() or "en"
    if value is None or value == "-":
        return numerals.UNKNOWN
    if unit == "percent":
        return numerals.percent(value, language, 1)
    if unit in ("", "number"):
        return numerals.number(value, language)
    return numerals.money(value, unit, language)
