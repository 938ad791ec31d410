"""One day of all accounts: which card judges each, what was observed, the score, and what is done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from evergrow.health import asking, assigning, snapshots, usage
from evergrow.health import card as cards
from evergrow.health.adjusting import Family, adjust, band_of, roll_up
from evergrow.health.assigning import Asker, Judge
from evergrow.health.card import INSUFFICIENT, Card
from evergrow.health.facts import Facts
from evergrow.health.lines.scoring import ScoredLine, score_lines
from evergrow.health.lines.scoring import fill as fill_lines
from evergrow.health.lines.scoring import published as published_lines
from evergrow.health.models import Override, ScorecardVersion
from evergrow.health.observation import Observations
from evergrow.health.overrides import held as holding
from evergrow.health.scoring import score
from evergrow.health.snapshots import Snapshots


@dataclass(frozen=True, slots=True)
class Judged:
    """The accounts that one version judged on a day."""

    version: ScorecardVersion
    card: Card
    fresh: Snapshots


@dataclass(frozen=True, slots=True)
class Judgement:
    """A day: the accounts by version, and their product lines (none of a past day)."""

    judged: list[Judged]
    lines: list[ScoredLine]


def judge(known: Facts, day: date, judges: Sequence[Judge], stored: Sequence[Snapshots]) -> Judgement:
    """Score a day. ``stored``: the day's snapshots so far; a past day keeps the versions and answers of its day.

    Raises ``warehouse.StoreUnavailable``.
    """
    is_past = day < known.workspace.today()
    kept = list(stored) if is_past else []
    every = _with_versions_of(judges, kept)
    seen = known.on(day, asking.columns(each.card for each in every.values()))
    usage.observe(seen, known.workspace.pk, day)
    over = [each.card for each in every.values()]
    asking.observe(seen, known, over)
    lines = [] if is_past else score_lines(known, seen, published_lines(known.workspace))
    fill_lines(seen, lines, over, is_past=is_past)
    ask = Asker(asking.Day(known.workspace, day, (np.empty(0), np.empty(0))))
    whose = assigning.assign(judges, seen.accounts, ask, kept)
    overrides = holding.counting(known.workspace, day)
    found = []
    for key, each in every.items():
        rows = np.flatnonzero(whose == key)
        if len(rows):
            found.append(Judged(each.version, each.card, _one_card(each, seen, rows, kept, ask, overrides, is_past)))
    return Judgement(_with_children(known, found), lines)


def _with_versions_of(judges: Sequence[Judge], stored: Sequence[Snapshots]) -> dict[int, Judge]:
    every = {each.version.pk: each for each in judges}
    older = [old.version for old in stored if old.version not in every]
    for version in ScorecardVersion.objects.select_related("scorecard").filter(pk__in=older):
        every[version.pk] = Judge(version, cards.read(version.definition))
    return every


def _one_card(
    each: Judge,
    seen: Observations,
    rows: np.ndarray,
    kept: Sequence[Snapshots],
    ask: Asker,
    overrides: Sequence[Override],
    is_past: bool,
) -> Snapshots:
    card, version = each.card, each.version.pk
    observed = seen.of(card, rows)
    asking.keep(observed, card, version, kept)
    scores = score(card, observed.values)
    met = _met(card, version, observed.accounts, ask, kept)
    held = holding.beside(observed.accounts, card, overrides)
    done = adjust(card, scores, met, held)
    if not is_past and holding.let_yield(observed.accounts, card, overrides, done, seen.day):
        held = holding.beside(observed.accounts, card, [one for one in overrides if one.counts_on(seen.day)])
        done = adjust(card, scores, met, held)
    return snapshots.made(version, card, observed, scores, done, met, held)


def _met(card: Card, version: int, accounts: np.ndarray, ask: Asker, kept: Sequence[Snapshots]) -> np.ndarray:
    """Accounts × exceptions: whether their criteria are met; on a past day as it was then."""
    met = np.zeros((len(accounts), len(card.exceptions)), dtype=bool)
    for place, rule in enumerate(card.exceptions):
        met[:, place] = np.isin(accounts, ask(rule.criteria))
    for old in kept:
        if old.version == version and card.exceptions and old.met.shape[1] == met.shape[1]:
            _, mine, theirs = np.intersect1d(accounts, old.account, assume_unique=True, return_indices=True)
            met[mine] = old.met[theirs].astype(bool)
    return met


def _with_children(known: Facts, found: list[Judged]) -> list[Judged]:
    """Count the accounts below in the scores of those above, over all cards together."""
    if all(each.card.roll_up.children == "own" for each in found):
        return found
    accounts = np.concatenate([each.fresh.account for each in found])
    overall = np.concatenate([each.fresh.overall for each in found])
    is_enough = np.concatenate([each.fresh.band for each in found]) != INSUFFICIENT
    rules = [each.card.roll_up for each in found for _ in range(len(each.fresh))]
    rolled = roll_up(Family(*_family(known, accounts), rules), overall, is_enough)
    is_enough |= rolled != overall
    done, first = [], 0
    for each in found:
        part = slice(first, first + len(each.fresh))
        first += len(each.fresh)
        band = band_of(each.card, rolled[part], is_enough[part] & ~np.isnan(rolled[part]))
        done.append(Judged(each.version, each.card, snapshots.with_children(each.fresh, rolled[part], band)))
    return done


def _family(known: Facts, accounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The row of the account above each (−1: none), and each one's revenue."""
    row_of: Mapping[int, int] = {number: row for row, number in enumerate(accounts.tolist())}
    numbers = known.accounts["number"].tolist()
    above = dict(zip(numbers, known.accounts["parent"].tolist(), strict=True))
    mrr = dict(zip(numbers, known.accounts["mrr"].tolist(), strict=True))
    parents = [row_of.get(above.get(number, 0), -1) for number in accounts.tolist()]
    return np.array(parents), np.array([mrr.get(number, 0.0) for number in accounts.tolist()])
