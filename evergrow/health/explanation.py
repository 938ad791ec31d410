"""One account's score explained: now and then, group by group, measure by measure, and the way between.

Everything comes from two stored snapshots and the cards they were scored with; nothing is computed anew from events.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import snapshots
from evergrow.health.asked import source_of
from evergrow.health.card import Card, ExceptionRule, Group, Measure
from evergrow.health.change import Effects, State, decompose
from evergrow.health.done import Done, done_between
from evergrow.health.models import Override, ScorecardVersion
from evergrow.health.scoring import FILL
from evergrow.health.snapshots import Snapshots
from evergrow.health.sources import NULL_REASONS
from evergrow.health.sources import Source as ObservedSource
from evergrow.lib.bilingual import Name

PERIODS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class Moment:
    """An account's snapshot of a day beside its card."""

    version: ScorecardVersion
    card: Card
    row: Snapshots

    @property
    def day(self) -> date:
        found: date = self.row.day[0].astype(object)
        return found

    @property
    def score(self) -> float | None:
        return _known(self.row.overall[0])

    @property
    def band(self) -> str:
        return str(self.row.band[0])

    @property
    def coverage(self) -> float:
        return float(self.row.coverage[0])

    @property
    def state(self) -> State:
        return State(self.card, self.row.observed)


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """``weight``: effective share of the score (0–1); ``cost``: points lost to it; ``effect``: of its value since then.

    ``points`` is None where nothing was observed; then ``reason`` says why, and ``counts`` what stands in for it.
    """

    measure: Measure
    source: ObservedSource
    value: float | None
    before: float | None
    points: float | None
    weight: float
    share: float
    cost: float
    effect: float | None
    reason: Name
    counts: float | None
    age: int
    is_stale: bool

    def shown(self, language: str) -> str:
        return self.source.say(self.value, language)

    def shown_before(self, language: str) -> str:
        return self.source.say(self.before, language)


@dataclass(frozen=True, slots=True)
class GroupLine:
    group: Group
    share: float
    score: float | None
    change: float | None
    band: str
    measures: list[MeasureLine]

    @property
    def effect(self) -> float:
        """What the values of the group's measures did to the score since then."""
        return sum(line.effect or 0.0 for line in self.measures)


@dataclass(frozen=True, slots=True)
class Part:
    """Points that something besides the measures did to a change; ``kind``: exception, override, children, unsplit."""

    kind: str
    name: Name | None
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """``then``: the latest snapshot at least ``days`` before ``now``, or None; ``effects`` (of measures and the card)
    and ``done`` (by exceptions, overrides and the accounts below) lead from it to now.
    """

    account: Account
    days: int
    now: Moment
    then: Moment | None
    effects: Effects | None
    groups: list[GroupLine]
    done: Done | None = None
    overrides: tuple[Override, ...] = ()

    @property
    def measures(self) -> list[MeasureLine]:
        return [line for group in self.groups for line in group.measures]

    @property
    def missing(self) -> list[MeasureLine]:
        return [line for line in self.measures if line.points is None]

    @property
    def change(self) -> float | None:
        if self.then is None or self.now.score is None or self.then.score is None:
            return None
        return self.now.score - self.then.score

    @property
    def parts(self) -> list[Part]:
        """What was done to the scores of both days besides the measures, as far as it did anything to the change."""
        return [] if self.then is None or self.done is None else parts_between(self.then.row, self.now.row, self)

    @property
    def computed(self) -> float | None:
        """What the measures alone come to now."""
        return _known(self.now.row.raw[0])

    @property
    def is_adjusted(self) -> bool:
        """Whether exceptions, overrides or the accounts below make another score of it."""
        return self.computed is None or abs((self.now.score or 0.0) - self.computed) > 1e-9

    @property
    def applied(self) -> list[ExceptionRule]:
        """The exceptions of the card that apply now."""
        return [
            rule
            for place, rule in enumerate(self.now.card.exceptions)
            if place < self.now.row.exceptions.shape[1] and not np.isnan(self.now.row.exceptions[0, place])
        ]

    @property
    def has_new_card(self) -> bool:
        return self.then is not None and self.then.version.pk != self.now.version.pk


def explain(account: Account, days: int = 30, until: date | None = None) -> Explanation | None:
    """Why the account's score is what it is, and what changed in ``days`` days; None before its first score.

    ``until``: as of that day instead of today. Raises warehouse.StoreUnavailable.
    """
    now = _moment(account, until or account.workspace.today())
    if now is None:
        return None
    then = _moment(account, now.day - timedelta(days=days))
    effects = decompose(then.state, now.state) if then else None
    one = np.array([0])
    done = done_between(then.row, one, now.row, one) if then else None
    ids = {*now.row.holds[0].tolist(), *(then.row.holds[0].tolist() if then else ())} - {0}
    rows = Override.objects.filter(workspace=account.workspace_id, pk__in=ids).select_related(
        "asked_by__user", "decided_by__user"
    )
    return Explanation(account, days, now, then, effects, _groups(now, then, effects), done, tuple(rows))


def parts_between(old: Snapshots, new: Snapshots, told: Explanation) -> list[Part]:
    """One part an exception, one for overrides, one for the accounts below; together the change without ``raw``."""
    assert told.done is not None
    assert told.then is not None
    if np.isnan(told.done.exceptions[0]):
        return [Part("unsplit", None, float(told.done.unsplit[0]))]
    points: dict[str, float] = {}
    names: dict[str, Name] = {}
    for row, card, sign in ((old, told.then.card, -1.0), (new, told.now.card, 1.0)):
        for place, rule in enumerate(card.exceptions[: row.exceptions.shape[1]]):
            points[rule.key] = points.get(rule.key, 0.0) + sign * float(np.nan_to_num(row.exceptions[0, place]))
            names[rule.key] = rule.name
    found = [Part("exception", names[key], amount) for key, amount in points.items()]
    found.append(Part("override", None, float(told.done.override[0])))
    found.append(Part("children", None, float(told.done.children[0])))
    return [part for part in found if abs(part.points) > 1e-9]


def _moment(account: Account, until: date) -> Moment | None:
    found = snapshots.latest(account.workspace_id, until, accounts=[account.number])
    if not found:
        return None
    version = ScorecardVersion.objects.select_related("scorecard").get(
        pk=found[0].version, scorecard__workspace=account.workspace_id
    )
    return Moment(version, cards.read(version.definition), found[0])


def _groups(now: Moment, then: Moment | None, effects: Effects | None) -> list[GroupLine]:
    before = _group_scores(then) if then else {}
    total = sum(group.weight for group in now.card.groups)
    lines, first = [], 0
    for place, group in enumerate(now.card.groups):
        measures = [_line(now, then, effects, first + i) for i in range(len(group.measures))]
        first += len(group.measures)
        score = _known(now.row.groups[0, place])
        old = before.get(group.key)
        change = score - old if score is not None and old is not None else None
        lines.append(GroupLine(group, group.weight / total, score, change, _band(now.card, score), measures))
    return lines


def _group_scores(moment: Moment) -> dict[str, float | None]:
    scores = (_known(value) for value in moment.row.groups[0])
    return {group.key: score for group, score in zip(moment.card.groups, scores, strict=True)}


def _band(card: Card, score: float | None) -> str:
    if score is None:
        return cards.INSUFFICIENT
    return next((band.key for band in reversed(card.bands) if score >= band.low), card.bands[0].key)


def _line(now: Moment, then: Moment | None, effects: Effects | None, place: int) -> MeasureLine:
    measure, row = now.card.measures[place], now.row
    points, weight = _known(row.points[0, place]), _known(row.weights[0, place]) or 0.0
    counts = FILL.get(measure.null_policy) if points is None else None
    age = int(row.ages[0, place])
    counted = points if points is not None else counts
    return MeasureLine(
        measure=measure,
        source=source_of(measure),
        value=_known(row.observed[0, place]),
        before=_before(then, measure.key),
        points=points,
        weight=weight,
        share=float(now.card.shares[place]),
        cost=weight * (100 - counted) if counted is not None else 0.0,
        effect=_effect(effects, measure.key),
        reason=NULL_REASONS[int(row.reasons[0, place])][1],
        counts=counts,
        age=age,
        is_stale=points is not None and measure.validity_days is not None and age > measure.validity_days,
    )


def _before(then: Moment | None, key: str) -> float | None:
    if then is None or key not in then.card.keys:
        return None
    return _known(then.row.observed[0, then.card.place(key)])


def _effect(effects: Effects | None, key: str) -> float | None:
    return None if effects is None else _known(effects.value[0, effects.keys.index(key)])


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


@dataclass(frozen=True, slots=True)
class Point:
    """A day of the history; ``version`` is the key of the scorecard version."""

    day: date
    version: int
    score: float | None
    band: str


def history(account: Account, days: int) -> list[Point]:
    """The account's scores of the last ``days`` days, oldest first (daily lately, weekly before)."""
    rows = warehouse.rows(
        warehouse.statement("health", "history"),
        workspace_id=account.workspace_id,
        account=account.number,
        since=account.workspace.today() - timedelta(days=days),
    )
    return [Point(day, version, _known(overall), band) for day, version, overall, _coverage, band in rows]
