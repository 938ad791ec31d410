"""Who resembles a segment: nearest by traits and behaviour.

Every subject becomes a point: a trait that is a number as log(1 + x) where it is never negative, each common value of
a trait that is a word as 0 or 1, and log(1 + times) of each of the most frequent events of the last days. Each of
these features is standardised over everybody, z = (x − mean) / sd, and clipped to ±4. The seed's direction is the mean
of its points; a subject's likeness is the cosine between its point and that direction, from −1 to 1. Subjects
without a value stand at the mean, 0, and neither win nor lose by it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import numpy as np
from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account, Person, Segment
from evergrow.customers.segments import membership
from evergrow.customers.segments.canon import Numbers
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Workspace

DAYS, MOST_EVENTS, MOST_VALUES, CLIP, REASONS = 90, 20, 12, 4.0, 4
# Ids, names and moments say who someone is, not whom they resemble.
LEFT_OUT = {
    "name",
    "other_name",
    "email",
    "phone",
    "domain",
    "external_id",
    "owner",
    "title",
    "created_at",
    "is_anonymous",
}
What = Literal["number", "word", "event"]


class TooFew(Refused):
    """Nothing can resemble a segment of fewer than three."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that is compared: a trait, a trait's value, or how often an event was done."""

    what: What
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """What makes a subject alike: a feature, its share of the likeness, and what the subject has."""

    feature: Feature
    share: float
    has: float


@dataclass(frozen=True, slots=True)
class Match:
    number: int
    score: float
    reasons: list[Reason]


@dataclass(slots=True)
class Likeness:
    """The nearest subjects outside the segment, and what was compared."""

    matches: list[Match] = field(default_factory=list)
    seeds: int = 0
    compared: int = 0
    features: list[tuple[Feature, float]] = field(default_factory=list)

    @property
    def typical(self) -> list[tuple[Feature, float]]:
        """What sets the seed apart most, with its mean in standard deviations."""
        return sorted(self.features, key=lambda pair: -abs(pair[1]))[:8]


def alike(workspace: Workspace, segment: Segment, *, most: int = 100, only: Numbers | None = None) -> Likeness:
    """The ``most`` subjects that resemble the segment's members most and are not in it; ``only`` among these.

    Raises TooFew below three members, ``warehouse.StoreUnavailable``.
    """
    everybody = _everybody(workspace, segment.kind)
    seed = np.searchsorted(everybody, np.intersect1d(membership.current(workspace, segment), everybody))
    if len(seed) < 3:
        raise TooFew()
    dot, norm, weights = np.zeros(len(everybody)), np.zeros(len(everybody)), []
    for feature, column in _columns(workspace, segment.kind, everybody):
        z = _standardised(column)
        if z is None:
            continue
        weight = float(z[seed].mean())
        weights.append((feature, weight))
        dot += z * weight
        norm += z * z
    length = sum(weight * weight for _, weight in weights) ** 0.5
    found = Likeness(seeds=len(seed), compared=len(everybody), features=weights)
    if not length:
        return found
    score = dot / (np.sqrt(norm) * length + 1e-12)
    score[seed] = -np.inf
    if only is not None:
        score[~np.isin(everybody, only, assume_unique=True)] = -np.inf
    best = np.argsort(-score, kind="stable")[:most]
    best = best[score[best] > 0]
    found.matches = _told(workspace, segment.kind, everybody, best, score, dict(weights))
    return found


def _everybody(workspace: Workspace, kind: str) -> Numbers:
    rows: QuerySet[Any, int]
    if kind == "person":
        rows = Person.objects.filter(workspace=workspace, merged_into=None).values_list("number", flat=True)
    else:
        rows = Account.objects.filter(workspace=workspace).values_list("number", flat=True)
    return np.sort(np.fromiter(rows.iterator(chunk_size=20_000), np.uint32))


def _columns(workspace: Workspace, kind: str, everybody: Numbers) -> Iterator[tuple[Feature, Numbers]]:
    """Every feature with its value for everybody, NaN where a number is not known. One column in memory at a time."""
    traits = warehouse.rows(_sql("alike_traits"), workspace_id=workspace.pk, kind=kind, most_values=MOST_VALUES)
    for trait, type_of, _, _ in traits:
        if trait in LEFT_OUT:
            continue
        if type_of == "number":
            yield Feature("number", trait), _numbers(workspace, kind, trait, everybody)
        else:
            yield from _words(workspace, kind, trait, everybody)
    since = workspace.today() - timedelta(days=DAYS)
    events = warehouse.rows(_sql("alike_events"), workspace_id=workspace.pk, since=since, most=MOST_EVENTS)
    for (event,) in events:
        found = warehouse.columns(_sql(f"alike_{kind}_use"), workspace_id=workspace.pk, event=event, since=since)
        yield Feature("event", event), _spread(found, "times", everybody, 0.0)


def _numbers(workspace: Workspace, kind: str, trait: str, everybody: Numbers) -> Numbers:
    found = warehouse.columns(_sql("alike_numbers"), workspace_id=workspace.pk, kind=kind, trait=trait)
    return _spread(found, "number", everybody, np.nan)


def _words(workspace: Workspace, kind: str, trait: str, everybody: Numbers) -> Iterator[tuple[Feature, Numbers]]:
    found = warehouse.columns(_sql("alike_words"), workspace_id=workspace.pk, kind=kind, trait=trait)
    if not found:
        return
    words, codes = np.unique(found["text"].astype(str), return_inverse=True)
    for place, word in enumerate(words):
        if word:
            has = {"subject": found["subject"], "is": (codes == place).astype(float)}
            yield Feature("word", trait, str(word)), _spread(has, "is", everybody, 0.0)


def _spread(found: dict[str, Numbers], name: str, everybody: Numbers, empty: float) -> Numbers:
    """Values in the places of their subjects; those who have none get ``empty``."""
    column = np.full(len(everybody), empty)
    if found and len(everybody):
        subjects = found["subject"].astype(np.uint32)
        place = np.minimum(np.searchsorted(everybody, subjects), len(everybody) - 1)
        known = everybody[place] == subjects
        column[place[known]] = found[name].astype(float)[known]
    return column


def _standardised(column: Numbers) -> Numbers | None:
    """z values; nothing where everybody is the same."""
    known = ~np.isnan(column)
    if not known.any():
        return None
    values = np.log1p(column) if column[known].min() >= 0 else column
    mean, deviation = values[known].mean(), values[known].std()
    if deviation < 1e-9:
        return None
    return np.where(known, np.clip((values - mean) / deviation, -CLIP, CLIP), 0.0)


def _told(
    workspace: Workspace, kind: str, everybody: Numbers, best: Numbers, score: Numbers, weights: dict[Feature, float]
) -> list[Match]:
    """The best with what makes them alike: the features whose z points the seed's way, as shares of all that do."""
    shares: list[list[Reason]] = [[] for _ in best]
    totals = np.zeros(len(best))
    for feature, column in _columns(workspace, kind, everybody) if len(best) else ():
        z = _standardised(column)
        if z is None or feature not in weights:
            continue
        parts = z[best] * weights[feature]
        totals += np.maximum(parts, 0)
        for place in np.flatnonzero(parts > 0):
            shares[place].append(Reason(feature, float(parts[place]), float(column[best[place]])))
    return [
        Match(int(everybody[at]), float(score[at]), _largest(shares[place], totals[place]))
        for place, at in enumerate(best)
    ]


def _largest(reasons: Sequence[Reason], total: float) -> list[Reason]:
    best = sorted(reasons, key=lambda reason: -reason.share)[:REASONS]
    return [Reason(each.feature, each.share / total, each.has) for each in best]


def _sql(name: str) -> str:
    return warehouse.statement("customers", name)
