"""An explanation in the reader's words: the sentence, the rows of the waterfall, the history's line."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from django.utils.translation import get_language, gettext, ngettext, pgettext

from evergrow.health.asked import source_of
from evergrow.health.card import Card, Measure
from evergrow.health.change import apportion
from evergrow.health.explanation import Explanation, MeasureLine, Point
from evergrow.lib import bilingual, moments, numerals

ROWS = 9
TOO_SMALL = 0.05
Row = dict[str, Any]


def language() -> str:
    return get_language() or "en"


def name(measure: Measure) -> str:
    return bilingual.pick(measure.name, language())


def rows(told: Explanation) -> list[Row]:
    """The waterfall from then to now: values, largest first, then gaps, then the card; the parts add up as printed."""
    if told.then is None or told.effects is None or told.change is None:
        return []
    is_split = told.done is None or not any(part.kind == "unsplit" for part in told.parts)
    found = [*_value_rows(told), *_null_rows(told), *_card_rows(told)] if is_split else []
    found += _done_rows(told)
    found = _merged(found)
    start, end = _cut(told.then.score or 0), _cut(told.now.score or 0)
    for row, points in zip(found, apportion([row["points"] for row in found], total=end - start), strict=True):
        row["points"] = points
    today = told.account.workspace.today()
    first = moments.day_text(told.then.day, today, language())
    last = gettext("Today") if told.now.day == today else moments.day_text(told.now.day, today, language())
    return [
        {"label": first, "value": start, "band": told.then.band},
        *found,
        {"label": last, "value": end, "band": told.now.band},
    ]


def _cut(score: float) -> float:
    """To one decimal, downwards: 49.96 does not read as 50.0, where the next band begins."""
    return math.floor(score * 10 + 1e-9) / 10


def _value_rows(told: Explanation) -> list[Row]:
    moved = [line for line in told.measures if line.effect and abs(line.effect) > 1e-9]
    return [
        {"label": name(line.measure), "points": line.effect, "detail": _from_to(line)}
        for line in sorted(moved, key=lambda line: -abs(line.effect or 0))
    ]


def _from_to(line: MeasureLine) -> str:
    return line.source.between(line.before, line.value, language())


def _null_rows(told: Explanation) -> list[Row]:
    assert told.effects is not None
    found = []
    for line in told.measures:
        points = float(told.effects.null[0, told.effects.keys.index(line.measure.key)])
        if abs(points) > 1e-9:
            found.append({"label": name(line.measure), "points": points, "detail": _from_to(line), "ours": True})
    return found


def _card_rows(told: Explanation) -> list[Row]:
    """What publishing another version did, as one row."""
    if not told.has_new_card or told.effects is None or told.then is None:
        return []
    points = float(np.nansum(told.effects.weight[0] + told.effects.scoring[0]))
    old, new = told.then.version, told.now.version
    label = gettext("Scorecard v%(old)s → v%(new)s") % {"old": old.number, "new": new.number}
    if old.scorecard_id != new.scorecard_id:
        names = [bilingual.pick(each.scorecard.name, language()) for each in (old, new)]
        label = gettext("Scorecard “%(old)s” → “%(new)s”") % {"old": names[0], "new": names[1]}
    return [{"label": label, "points": points, "detail": _main_weight(told), "ours": True}]


def _done_rows(told: Explanation) -> list[Row]:
    """What exceptions, overrides and the accounts below did."""
    words = {
        "override": gettext("Set by hand"),
        "children": gettext("The accounts below"),
        "unsplit": gettext("No computed score on one of the days"),
    }
    details = {"override": _override_detail(told)}
    return [
        {
            "label": words.get(part.kind) or bilingual.pick(part.name or {}, language()),
            "points": part.points,
            "detail": details.get(part.kind) or (gettext("exception") if part.kind == "exception" else ""),
            "ours": True,
        }
        for part in told.parts
    ]


def _override_detail(told: Explanation) -> str:
    """The scores that were set on both days: “— → 80”."""
    assert told.then is not None
    by_key = {one.pk: one for one in told.overrides}

    def value(held: np.ndarray) -> str:
        found = [by_key[pk].value for pk in held.tolist() if pk in by_key]
        return " / ".join(numerals.number(each, language()) for each in found) or numerals.UNKNOWN

    return f"{value(told.then.row.holds[0])} → {value(told.now.row.holds[0])}"


def _main_weight(told: Explanation) -> str:
    """The measure whose share of the card changed most: “Satisfaction 6% → 10%”."""
    assert told.then is not None
    old = dict(zip(told.then.card.keys, told.then.card.shares, strict=True))
    lines = [(abs(line.share - old.get(line.measure.key, 0.0)), line) for line in told.measures]
    size, line = max(lines, key=lambda pair: pair[0])
    if size < 1e-9:
        return gettext("other points for the same values")
    before = numerals.percent(old.get(line.measure.key, 0.0), language())
    return f"{name(line.measure)} {before} → {numerals.percent(line.share, language())}"


def _merged(found: list[Row]) -> list[Row]:
    """The rows worth a line; the small rest of the values as one row."""
    values = [row for row in found if not row.get("ours")]
    others = [row for row in found if row.get("ours")]
    kept = [row for row in values[:ROWS] if abs(row["points"]) >= TOO_SMALL]
    rest = values[len(kept) :]
    if len(rest) > 1 or (rest and len(kept) == ROWS):
        label = ngettext("%(count)s other measure", "%(count)s other measures", len(rest)) % {"count": len(rest)}
        kept.append({"label": label, "points": sum(row["points"] for row in rest), "detail": ""})
    else:
        kept += rest
    return kept + others


@dataclass(frozen=True, slots=True)
class Saying:
    """``lead`` is the answer, ``rest`` its reasons."""

    lead: str
    rest: str


def say_change(told: Explanation) -> Saying:
    """“Down 17 in 30 days” — “Active days and Features in use cost 12.2 of it.”"""
    days = told.days
    if told.now.score is None:
        return Saying(gettext("No score"), gettext("Nothing that weighs on this card was observed."))
    if told.change is None:
        return Saying(
            pgettext("trend", "New"),
            gettext("There is no score from %(days)s days ago to compare with.") % {"days": days},
        )
    amount = numerals.number(abs(told.change), language(), 0 if abs(told.change) >= 1 else 1)
    words = {"amount": amount, "days": days}
    if abs(told.change) <= told.now.card.trend_epsilon:
        signed = numerals.signed(told.change, language(), 1)
        lead = gettext("Steady over %(days)s days (%(signed)s)") % {"days": days, "signed": signed}
    elif told.change < 0:
        lead = gettext("Down %(amount)s in %(days)s days") % words
    else:
        lead = gettext("Up %(amount)s in %(days)s days") % words
    return Saying(lead, _main_causes(told))


def _main_causes(told: Explanation) -> str:
    """The two causes that moved it most in the direction it went: measures, or what was done to the score."""
    falls = (told.change or 0) < 0
    found = [(name(line.measure), line.effect or 0.0) for line in told.measures]
    found += [(str(row["label"]), float(row["points"])) for row in (_done_rows(told) if told.then else [])]
    moved = [(label, points) for label, points in found if (points < 0) == falls and abs(points) >= 0.5]
    moved.sort(key=lambda cause: -abs(cause[1]))
    if not moved:
        return gettext("No single measure moved it by half a point.")
    both = pgettext("between two causes", " and ").join(label for label, _points in moved[:2])
    points = numerals.number(sum(abs(points) for _label, points in moved[:2]), language(), 1)
    text = gettext("%(causes)s cost %(points)s points.") if falls else gettext("%(causes)s brought %(points)s points.")
    return text % {"causes": both, "points": points}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """Positions in a drawing of ``width`` × ``height``: the path, the dot, dashed band edges, new cards."""

    path: str
    dot: tuple[float, float] | None
    edges: list[tuple[float, str]]
    versions: list[tuple[float, str]]
    first: date
    last: date
    width: int
    height: int


def draw_history(points: list[Point], card: Card, numbers: dict[int, int], *, width: int = 240) -> HistoryLine | None:
    """The line of the scores over time; gaps where there was no score. ``numbers``: version key → version number."""
    if len(points) < 2:
        return None
    height, first, last = 64, points[0].day, points[-1].day
    span = max((last - first).days, 1)
    known = [point.score for point in points if point.score is not None]
    low, high = min([*known, 40.0]) - 5, max([*known, 80.0]) + 5

    def x(day: date) -> float:
        return round(2 + (width - 6) * (day - first).days / span, 1)

    def y(score: float) -> float:
        return round(height - 4 - (height - 16) * (score - low) / (high - low), 1)

    pieces: list[list[str]] = [[]]
    for point in points:
        if point.score is None:
            pieces.append([])
        else:
            pieces[-1].append(f"{x(point.day)} {y(point.score)}")
    path = "".join("M" + "L".join(piece) for piece in pieces if piece)
    ends = points[-1]
    dot = (x(ends.day), y(ends.score)) if ends.score is not None else None
    news = [
        (x(after.day), f"v{numbers.get(after.version, '')}")
        for before, after in pairwise(points)
        if before.version != after.version
    ]
    edges = [(y(band.low), band.key) for band in card.bands[1:] if low < band.low < high]
    return HistoryLine(path, dot, edges, news, first, last, width, height)


def formula(told: Explanation) -> str:
    """The score with its real numbers: “61.0 = 30% × 58.0 + 20% × 52.1 + …”."""
    if told.now.score is None:
        return ""
    parts = []
    for group in told.groups:
        weight = sum(line.weight for line in group.measures)
        if weight > 1e-9:
            earned = sum(line.weight * _counted(line) for line in group.measures) / weight
            parts.append(f"{numerals.percent(weight, language(), 1)} × {numerals.number(earned, language(), 1)}")
    return f"{numerals.number(_cut(told.now.score), language(), 1)} = " + " + ".join(parts)


def _counted(line: MeasureLine) -> float:
    return line.points if line.points is not None else (line.counts or 0.0)


def scoring_words(measure: Measure) -> str:
    """How a value becomes points: “0 d → 0, 4 d → 40, 14 d → 100 points, straight lines between”."""
    from evergrow.health.points import Bands, Linear, Lookup, PerUnit

    source, tongue = source_of(measure), language()

    def pairs(rows: tuple[tuple[float, float], ...]) -> str:
        between = pgettext("between pairs", ", ")
        return between.join(
            f"{source.say(value, tongue)} → {numerals.number(points, tongue)}" for value, points in rows
        )

    match measure.scoring:
        case Linear(knots):
            return gettext("%(pairs)s points; straight lines between") % {"pairs": pairs(knots)}
        case Bands(steps):
            return gettext("from %(pairs)s points; in steps") % {"pairs": pairs(steps)}
        case Lookup(table):
            return gettext("%(pairs)s points") % {"pairs": pairs(table)}
        case PerUnit(start, each):
            return gettext("%(start)s points, %(each)s for each, within 0–100") % {
                "start": numerals.number(start, tongue),
                "each": numerals.signed(each, tongue),
            }
    raise TypeError(f"{measure.scoring!r} has no words.")


def direction_words(measure: Measure) -> str:
    return gettext("more is better") if measure.direction == "higher" else gettext("less is better")


def exception_words(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The exceptions of a definition, in order: name, who it is about, what it does."""
    groups = {group["key"]: bilingual.pick(group["name"], language()) for group in definition["groups"]}
    words = {
        "set": gettext("%(score)s is exactly %(points)s"),
        "cap": gettext("%(score)s is at most %(points)s"),
        "floor": gettext("%(score)s is at least %(points)s"),
        "delta": gettext("%(score)s moves by %(points)s"),
    }
    found = []
    for rule in definition.get("exceptions", []):
        score = groups.get(rule.get("target", ""), gettext("the score"))
        is_delta = rule["action"] == "delta"
        points = numerals.signed(rule["value"], language()) if is_delta else numerals.number(rule["value"], language())
        found.append(
            {
                "key": rule["key"],
                "name": bilingual.pick(rule["name"], language()),
                "says": bilingual.pick(rule.get("says") or {}, language()),
                "does": words[rule["action"]] % {"score": score, "points": points},
                "goes_on": bool(rule.get("continue")),
            }
        )
    return found


def children_words(card: Card) -> str:
    """How the accounts below count in the score of the one above."""
    own = numerals.percent(card.roll_up.own_share, language())
    match card.roll_up.children:
        case "worst":
            return gettext("by the worst of them; its own score keeps %(own)s") % {"own": own}
        case "mean":
            return gettext("by their mean, weighted by revenue; its own score keeps %(own)s") % {"own": own}
    return gettext("not at all")
