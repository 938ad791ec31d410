"""The value of a metric on a day, from the stores. What cannot be known is said, never taken for 0.

Revenue, health, what scorecards observe and traits are known of past days too; a saved question, and a segment, only
say what is true now. The morning after still counts as the day that has just ended.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Account, AccountStatus, Segment
from evergrow.customers.segments import membership
from evergrow.health import answers, asking, facts, queries, usage
from evergrow.health.card import BAND_KEYS, Measure
from evergrow.health.money import ledger
from evergrow.health.points import read_scoring
from evergrow.health.sources import SOURCES
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import ask as funnel
from evergrow.insight.funnel.question import FunnelQuestion
from evergrow.insight.trend import ask as trend
from evergrow.lib.years import year_before
from evergrow.success.plans import metrics
from evergrow.workspaces.models import Workspace

Array = np.ndarray
DAY = timedelta(days=1)


class SourceGone(Exception):
    """What a metric is measured by is not there any more."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A value as people read it (85 for 85 %), or the key in ``metrics.MISSING`` of why there is none."""

    value: float | None
    missing: str = ""


@dataclass(frozen=True)
class World:
    """What is read of a workspace once, for all plans and days that are measured together."""

    workspace: Workspace

    @cached_property
    def ledger(self) -> ledger.Ledger:
        return ledger.read(self.workspace, Account.objects.filter(workspace=self.workspace))

    @cached_property
    def numbers(self) -> dict[int, int]:
        """Account number by row key."""
        return dict(Account.objects.filter(workspace=self.workspace).values_list("pk", "number"))

    @cached_property
    def facts(self) -> facts.Facts:
        return facts.read(self.workspace)

    def paying(self, day: date) -> dict[int, float]:
        """Account number → MRR of those that pay at the end of a day; without any revenue on record, the active ones
        with nothing."""
        if self.ledger.first is None:
            rows = Account.objects.filter(workspace=self.workspace, status=AccountStatus.ACTIVE)
            return dict.fromkeys(rows.values_list("number", flat=True), 0.0)
        after = self.ledger.span(day, day).after
        pays = np.flatnonzero(after > 0)
        keys, cents = self.ledger.accounts[pays].tolist(), after[pays].tolist()
        return {self.numbers[key]: each / 100 for key, each in zip(keys, cents, strict=True) if key in self.numbers}


def measure(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    """The value at the end of ``day``, or as far as it has gone."""
    try:
        if metric.get("segment") and not _is_now(world, day):
            return Measured(None, "not_kept")
        return READERS[metric["source"]](world, metric, day)
    except warehouse.StoreUnavailable:
        return Measured(None, "store_down")
    except (BadQuestion, SourceGone):
        return Measured(None, "source_gone")


def _is_now(world: World, day: date) -> bool:
    return day >= world.workspace.today() - DAY


def _members(world: World, metric: Mapping[str, Any]) -> set[int] | None:
    """The numbers of the accounts that the metric is narrowed to; None for all. Raises SourceGone."""
    if not metric.get("segment"):
        return None
    found = Segment.objects.filter(workspace=world.workspace, key=metric["segment"]).first()
    if found is None:
        raise SourceGone
    return set(membership.current(world.workspace, found).tolist())


def _entered(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    return Measured(None, "not_entered")


def _revenue(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    if world.ledger.first is None:
        return Measured(None, "no_revenue")
    only = _members(world, metric)
    span = world.ledger.span(year_before(day), day)
    if only is not None:
        span = span.only(np.array([world.numbers.get(key) in only for key in world.ledger.accounts.tolist()], bool))
    name = metric["measure"]
    if name == "mrr":
        return Measured(span.end_cents / 100)
    if name == "paying":
        return Measured(float(span.end_accounts))
    share = {"nrr": span.nrr, "grr": span.grr, "logos": span.logos}[name]
    return Measured(100 * share) if share is not None else Measured(None, "no_cohort")


def _health(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    if metric["measure"] == "risk_mrr" and world.ledger.first is None:
        return Measured(None, "no_revenue")
    only, paying = _members(world, metric), world.paying(day)
    found = {
        number: (score, band)
        for number, (_version, score, band) in queries.bands_at(world.workspace, day).items()
        if number in paying and band in BAND_KEYS and (only is None or number in only)
    }
    if not found:
        return Measured(None, "no_scores")
    match metric["measure"]:
        case "score":
            return Measured(float(np.mean([score for score, _band in found.values()])))
        case "healthy":
            return Measured(100 * sum(band == "healthy" for _score, band in found.values()) / len(found))
        case "risk":
            return Measured(float(sum(band == "risk" for _score, band in found.values())))
    return Measured(sum(paying[number] for number, (_score, band) in found.items() if band == "risk"))


def _observed(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    if metric["measure"] not in SOURCES:
        raise SourceGone
    seen = world.facts.on(day)
    usage.observe(seen, world.workspace.pk, day)
    found = seen.values[:, seen.place[metric["measure"]]]
    per = 100 if metrics.unit_of(world.workspace, metric) == "percent" else 1
    return _together(world, metric, day, seen.accounts, found * per)


def _trait(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    ask = {"trait": metric["trait"], "reads": "number"}
    scoring = read_scoring({"kind": "linear", "knots": [[0, 0], [1, 100]]})
    wanted = Measure("plan", "trait", {}, 1, scoring, "higher", "flat", None, None, ask)
    seen = world.facts.on(day, (wanted.column,))
    nobody = (np.empty(0), np.empty(0))
    asking.READERS["trait"](seen, asking.Day(world.workspace, day, nobody), wanted.column, ask)
    return _together(world, metric, day, seen.accounts, seen.values[:, seen.place[wanted.column]])


def _together(world: World, metric: Mapping[str, Any], day: date, accounts: Array, values: Array) -> Measured:
    """The mean or the sum of the paying accounts that have a value."""
    only, paying = _members(world, metric), world.paying(day)
    wanted = paying.keys() if only is None else paying.keys() & only
    held = values[np.isin(accounts, list(wanted)) & ~np.isnan(values)]
    if not len(held):
        return Measured(None, "nobody")
    return Measured(float(held.sum() if metric["how"] == "sum" else held.mean()))


def _question(world: World, metric: Mapping[str, Any], day: date) -> Measured:
    if not _is_now(world, day):
        return Measured(None, "not_kept")
    question = answers.read(world.workspace, metric["question"])
    if isinstance(question, FunnelQuestion):
        share = funnel.ask(question, world.workspace).whole.share
        return Measured(100 * share) if share is not None else Measured(None, "nobody")
    total = trend.ask(question, world.workspace).whole.total
    return Measured(float(total)) if total is not None else Measured(None, "nobody")


READERS: dict[str, Callable[[World, Mapping[str, Any], date], Measured]] = {
    "entered": _entered,
    "revenue": _revenue,
    "health": _health,
    "observed": _observed,
    "trait": _trait,
    "question": _question,
}
