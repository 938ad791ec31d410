"""A scorecard's definition: read from JSON, checked, and held as plain values.

{"null_policy": "within-group", "min_coverage": 0.5, "trend_days": 30, "trend_epsilon": 5,
 "bands": [{"key": "risk", "from": 0}, {"key": "watch", "from": 50}, {"key": "healthy", "from": 75}],
 "groups": [{"key": "depth", "name": {"zh": …, "en": …}, "weight": 30, "measures": [
     {"key": "active_days", "source": "active_days_28", "name": {…}, "weight": 45, "direction": "higher",
      "scoring": {"kind": "linear", "knots": [[0, 0], [10, 100]]}, "null_policy": null,
      "validity_days": null, "expire_days": null}]}]}

A measure whose source takes a question of its own (``asked.py``) has it in ``ask``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from evergrow.health.points import BadScoring, Scoring, read_scoring
from evergrow.lib.bilingual import Name

NULL_POLICIES = ("within-group", "flat", "neutral-50", "worst")
ACTIONS = ("set", "cap", "floor", "delta")
ROLL_UPS = ("own", "worst", "mean")
BAND_KEYS = ("risk", "watch", "healthy")
INSUFFICIENT = "insufficient"
MOST_EVENTS = 200


class BadDefinition(ValueError):
    """The definition cannot be used; the sentence says what to change."""


@dataclass(frozen=True, slots=True)
class Measure:
    key: str
    source: str
    name: Name
    weight: float
    scoring: Scoring
    direction: str
    null_policy: str
    validity_days: int | None
    expire_days: int | None
    ask: Mapping[str, Any] | None = None

    @property
    def column(self) -> str:
        """Names the column of observations: the source, and what is asked of it."""
        return self.source if self.ask is None else f"{self.source} {json.dumps(self.ask, sort_keys=True)}"


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    name: Name
    weight: float
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class ExceptionRule:
    """Where ``criteria`` are met, the score (``target`` "") or a group's is set, capped, floored or moved by ``value``.

    Rules are tried in order; the first that is met wins, unless it ``goes_on``.
    """

    key: str
    name: Name
    criteria: Mapping[str, Any]
    target: str
    action: str
    value: float
    goes_on: bool


@dataclass(frozen=True, slots=True)
class RollUp:
    """How the accounts below count in the score of the one above: not (``own``), by the worst of them, or by their mean
    weighted by revenue. ``own_share`` (0–1) is what the account's own score keeps of it.
    """

    children: str = "own"
    own_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Band:
    """Scores in [low, high), the last band closed at 100."""

    key: str
    low: float
    high: float


@dataclass(frozen=True)
class Card:
    """Groups of measures and how they add up. Measures are numbered through all groups, in order.

    ``events``: of a product line, the events that are its own; empty for all.
    """

    groups: tuple[Group, ...]
    bands: tuple[Band, ...]
    min_coverage: float
    trend_days: int
    trend_epsilon: float
    exceptions: tuple[ExceptionRule, ...] = ()
    roll_up: RollUp = RollUp()
    criteria: Mapping[str, Any] | None = None
    priority: int = 0
    events: tuple[str, ...] = ()

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """What can be overridden: the score (""), then each group by its key."""
        return ("", *(group.key for group in self.groups))

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(measure for group in self.groups for measure in group.measures)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(measure.key for measure in self.measures)

    @cached_property
    def group_of(self) -> np.ndarray:
        """The number of each measure's group."""
        return np.repeat(np.arange(len(self.groups)), [len(group.measures) for group in self.groups])

    @cached_property
    def shares(self) -> np.ndarray:
        """Each measure's nominal share of the whole; the shares add up to 1."""
        total = sum(group.weight for group in self.groups)
        inside = [sum(m.weight for m in group.measures) or 1.0 for group in self.groups]
        parts = zip(self.groups, inside, strict=True)
        return np.array([g.weight / total * m.weight / weighed for g, weighed in parts for m in g.measures])

    def place(self, key: str) -> int:
        """The number of the measure with this key; ValueError when the card has none."""
        return self.keys.index(key)


def read(definition: Mapping[str, Any]) -> Card:
    """The card behind a definition. Raises BadDefinition with a sentence that says what to change."""
    policy = _policy(definition.get("null_policy"), "within-group")
    groups = tuple(_group(raw, policy) for raw in definition.get("groups", ()))
    _check_weights(groups)
    keys = [measure.key for group in groups for measure in group.measures]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise BadDefinition(f"The measure {twice[0]!r} stands in the card twice. Remove one of them.")
    return Card(
        groups=groups,
        bands=_bands(definition.get("bands", ())),
        min_coverage=_number(definition.get("min_coverage", 0), "min_coverage", 0, 1),
        trend_days=int(_number(definition.get("trend_days", 30), "trend_days", 1, 730)),
        trend_epsilon=_number(definition.get("trend_epsilon", 0), "trend_epsilon", 0, 100),
        exceptions=_exceptions(definition.get("exceptions", ()), {group.key for group in groups}),
        roll_up=_roll_up(definition.get("roll_up") or {}),
        criteria=definition.get("criteria"),
        priority=int(_number(definition.get("priority", 0), "priority", 0, 10_000)),
        events=_events(definition.get("events") or ()),
    )


def _exceptions(raw: Any, groups: set[str]) -> tuple[ExceptionRule, ...]:
    rules = tuple(_exception(part, groups) for part in raw)
    keys = [rule.key for rule in rules]
    if len(set(keys)) < len(keys):
        raise BadDefinition("Two exceptions have the same key. Give each its own.")
    return rules


def _exception(raw: Mapping[str, Any], groups: set[str]) -> ExceptionRule:
    key, action, target = raw["key"], raw.get("action"), raw.get("target", "")
    if action not in ACTIONS:
        raise BadDefinition(f"{key}: {action!r} is not what an exception does. Use one of {', '.join(ACTIONS)}.")
    if target and target not in groups:
        raise BadDefinition(f"{key}: the card has no group {target!r}. Name one of its groups, or leave it empty.")
    if not isinstance(raw.get("criteria"), Mapping) or not raw["criteria"]:
        raise BadDefinition(f"{key}: an exception needs criteria, or it would hold for everybody.")
    low = -100 if action == "delta" else 0
    value = _number(raw.get("value"), f"{key}: value", low, 100)
    return ExceptionRule(key, raw["name"], raw["criteria"], target, action, value, bool(raw.get("continue")))


def _events(raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple) or len(raw) > MOST_EVENTS or not all(isinstance(e, str) and e for e in raw):
        raise BadDefinition(f"“events” is a list of up to {MOST_EVENTS} names of events.")
    return tuple(raw)


def _roll_up(raw: Mapping[str, Any]) -> RollUp:
    children = raw.get("children", "own")
    if children not in ROLL_UPS:
        raise BadDefinition(f"{children!r} is not a way to count the accounts below. Use one of {', '.join(ROLL_UPS)}.")
    return RollUp(children, _number(raw.get("own_share", 0), "own_share", 0, 1))


def _group(raw: Mapping[str, Any], policy: str) -> Group:
    measures = tuple(_measure(part, policy) for part in raw.get("measures", ()))
    return Group(raw["key"], raw["name"], _weight(raw), measures)


def _measure(raw: Mapping[str, Any], policy: str) -> Measure:
    try:
        scoring = read_scoring(raw["scoring"])
    except BadScoring as error:
        raise BadDefinition(f"{raw['key']}: {error}") from error
    validity, expire = raw.get("validity_days"), raw.get("expire_days")
    if validity and expire and expire < validity:
        raise BadDefinition(f"{raw['key']}: expire_days must not be smaller than validity_days.")
    return Measure(
        key=raw["key"],
        source=raw["source"],
        name=raw["name"],
        weight=_weight(raw),
        scoring=scoring,
        direction=raw.get("direction", "higher"),
        null_policy=_policy(raw.get("null_policy"), policy),
        validity_days=validity,
        expire_days=expire,
        ask=raw.get("ask"),
    )


def _policy(value: str | None, default: str) -> str:
    if value is None:
        return default
    if value not in NULL_POLICIES:
        raise BadDefinition(f"{value!r} is not a null policy. Use one of {', '.join(NULL_POLICIES)}.")
    return value


def _weight(raw: Mapping[str, Any]) -> float:
    return _number(raw.get("weight"), f"{raw['key']}: weight", 0, 1_000_000)


def _number(value: Any, what: str, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise BadDefinition(f"{what} must be a number from {low:g} to {high:g}, not {value!r}.")
    return float(value)


def _check_weights(groups: tuple[Group, ...]) -> None:
    if not any(group.weight and any(m.weight for m in group.measures) for group in groups):
        raise BadDefinition("The card weighs nothing. Give at least one group and one of its measures a weight.")
    for group in groups:
        if group.weight and not any(measure.weight for measure in group.measures):
            raise BadDefinition(
                f"The group {group.key!r} has a weight but none of its measures has. Weigh one, or set the group to 0."
            )


def _bands(raw: Any) -> tuple[Band, ...]:
    edges = [_number(part.get("from"), "from", 0, 100) for part in raw]
    keys = [part.get("key") for part in raw]
    if tuple(keys) != BAND_KEYS or edges[0] != 0 or any(low >= high for low, high in pairwise([*edges, 100.0])):
        raise BadDefinition("The bands must be risk, watch and healthy, begin at 0, and rise: for example 0, 50, 75.")
    return tuple(Band(key, low, high) for key, (low, high) in zip(keys, pairwise([*edges, 100.0]), strict=True))
