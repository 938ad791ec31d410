"""Scores of product lines for a day: each published product card asked of the accounts that use its product.

A line sees what its accounts are, as every card does; what they do counts only with the events of the line, where its
card names some (``events``).
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from evergrow.customers.models import Product, ProductUse
from evergrow.health import asking, facts, usage
from evergrow.health import card as cards
from evergrow.health.adjusting import Adjusted, Held, adjust
from evergrow.health.asked import PRODUCT
from evergrow.health.assigning import Asker
from evergrow.health.card import INSUFFICIENT, Card
from evergrow.health.facts import Facts
from evergrow.health.models import Scorecard, ScorecardVersion, VersionState
from evergrow.health.observation import Observations, Observed
from evergrow.health.scoring import Scores, score
from evergrow.health.sources import REASON_CODE, SOURCES
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Line:
    """A product with the version of its card."""

    product: Product
    version: ScorecardVersion
    card: Card


@dataclass(frozen=True, slots=True)
class ScoredLine:
    """One row for each account that uses the product."""

    line: Line
    observed: Observed
    scores: Scores
    done: Adjusted

    @property
    def accounts(self) -> np.ndarray:
        return self.observed.accounts


def published(workspace: Workspace) -> list[Line]:
    """The lines that count now: published cards of products that are not retired."""
    rows = ScorecardVersion.objects.select_related("scorecard__product").filter(
        scorecard__workspace=workspace,
        scorecard__archived_at=None,
        scorecard__product__retired_at=None,
        scorecard__product__isnull=False,
        state=VersionState.PUBLISHED,
    )
    return [
        Line(row.scorecard.product, row, cards.read(row.definition))
        for row in rows.order_by("pk")
        if row.scorecard.product is not None
    ]


def score_lines(known: Facts, seen: Observations, lines: Iterable[Line]) -> list[ScoredLine]:
    """Each line for today; ``seen`` has the sources that every workspace has. Raises ``warehouse.StoreUnavailable``."""
    return [score_line(known, seen, line.card, line) for line in lines]


def score_line(known: Facts, seen: Observations, card: Card, line: Line) -> ScoredLine:
    """A line by a card: its own, or a draft of it."""
    mine = _seen_by(known, seen, card)
    users = ProductUse.objects.filter(product=line.product).values_list("account__number", flat=True)
    numbers = np.array(list(users), dtype=np.int64)
    rows = np.flatnonzero(np.isin(seen.accounts, numbers))
    observed = mine.of(card, rows)
    ask = Asker(asking.Day(known.workspace, seen.day, (np.empty(0), np.empty(0))))
    met = np.zeros((len(rows), len(card.exceptions)), dtype=bool)
    for place, rule in enumerate(card.exceptions):
        met[:, place] = np.isin(observed.accounts, ask(rule.criteria))
    scores = score(card, observed.values)
    return ScoredLine(line, observed, scores, adjust(card, scores, met, Held.nothing(len(rows), card)))


def _seen_by(known: Facts, seen: Observations, card: Card) -> Observations:
    """The day's observations with the use of the line's events alone, and what its card asks besides."""
    mine = Observations(seen.day, seen.accounts, seen.known_people, asking.columns([card]))
    every = len(SOURCES)
    for name in ("values", "reasons", "ages"):
        getattr(mine, name)[:, :every] = getattr(seen, name)[:, :every]
    if card.events:
        columns = [mine.place[key] for key in usage.OBSERVED]
        mine.values[:, columns], mine.reasons[:, columns] = np.nan, REASON_CODE["no_events"]
        usage.observe(mine, known.workspace.pk, seen.day, card.events)
    asking.observe(mine, known, [card])
    return mine


@dataclass(frozen=True, slots=True)
class Both:
    """A line today by its draft, and by the published card (None before the first), for the same accounts."""

    now: ScoredLine | None
    draft: ScoredLine


def both(workspace: Workspace, scorecard: Scorecard, draft: Card) -> Both:
    """A product line by what stands in its draft, beside what counts. Raises ``warehouse.StoreUnavailable``."""
    known, today = facts.read(workspace), workspace.today()
    seen = known.on(today)
    usage.observe(seen, workspace.pk, today)
    here = next((line for line in published(workspace) if line.version.scorecard_id == scorecard.pk), None)
    assert scorecard.product is not None
    fresh = Line(scorecard.product, here.version if here else ScorecardVersion(scorecard=scorecard, number=0), draft)
    now = score_line(known, seen, here.card, here) if here else None
    return Both(now, score_line(known, seen, draft, fresh))


def fill(seen: Observations, scored: Iterable[ScoredLine], over: Iterable[Card], *, is_past: bool = False) -> None:
    """Write what measures of cards ask of lines into the day's observations; of a past day nothing is known."""
    found = list(scored)
    asked = {m.column: m.ask or {} for card in over for m in card.measures if m.source == PRODUCT}
    for column, ask in asked.items():
        values = np.full(len(seen.accounts), np.nan)
        is_user = np.zeros(len(values), dtype=bool)
        wanted = [each for each in found if ask.get("lines") or each.line.product.code == ask.get("product")]
        count = np.zeros(len(values))
        for each in wanted:
            _, places = seen.match(each.accounts)
            is_user[places] = True
            theirs = np.where(each.done.band == INSUFFICIENT, np.nan, each.done.overall)
            count[places] += ~np.isnan(theirs)
            if ask.get("lines") == "mean":
                values[places] = np.where(np.isnan(theirs), values[places], np.nan_to_num(values[places]) + theirs)
            else:
                values[places] = np.fmin(values[places], theirs)
        if ask.get("lines") == "mean":
            np.divide(values, count, out=values, where=count > 0)
        seen.put(column, values, missing="not_kept" if is_past else "no_product")
        if not is_past:
            seen.explain(column, np.flatnonzero(is_user & (count == 0)), "line_insufficient")
