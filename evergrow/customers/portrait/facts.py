"""What two groups have and did, asked of the event store; the groups stay bitmaps inside the store."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers import criteria, hidden_names
from evergrow.customers.criteria import Criteria, Statement, mirror
from evergrow.customers.portrait.statistics import Moments
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

SKIPPED = ("name", "email", "phone", "domain", "external_id", "first_seen_at", "last_seen_at", "created_at")
MARK = re.compile(r"\{(\w+):")


@dataclass(frozen=True, slots=True)
class Groups:
    """Two groups of one kind, as bitmaps in the store, with their sizes. ``theirs`` leaves out who is in ``mine``."""

    workspace: Workspace
    kind: str
    mine: str
    theirs: str
    params: Mapping[str, Any]
    n: int
    other_n: int
    skipped: tuple[str, ...] = SKIPPED

    def asked(self, name: str, **params: Any) -> list[tuple[Any, ...]]:
        """The rows of a statement of this room, the groups and the subject put in their places."""
        who = "transform(person, merges.1, merges.2, person)" if self.kind == "person" else "account"
        text = warehouse.statement("customers", name)
        for place, sql in (("mine", self.mine), ("theirs", self.theirs), ("who", who)):
            text = text.replace(f"/*{place}*/", sql)
        return warehouse.rows(text, **self.params, portrait_workspace=self.workspace.pk, **params)


def groups(workspace: Workspace, one: Criteria, other: Criteria | None) -> Groups:
    """The first group and the second, or everyone else. Raises CriteriaError, CostError, StoreUnavailable."""
    mirror.refresh(workspace)
    mine = _renamed(criteria.bitmap(one), "mine")
    everyone = criteria.parse({"all": []}, one.kind, workspace)
    theirs = _renamed(criteria.bitmap(other or everyone), "theirs")
    params = {**mine.params, **theirs.params}
    rest = f"bitmapAndnot({theirs.text}, {mine.text})"
    sizes = warehouse.rows(f"select bitmapCardinality({mine.text}), bitmapCardinality({rest})", **params)
    defining = _defining(one) | (_defining(other) if other else set())
    skipped = (*SKIPPED, *sorted(defining))
    return Groups(workspace, one.kind, mine.text, rest, params, int(sizes[0][0]), int(sizes[0][1]), skipped)


def _defining(found: Criteria) -> set[str]:
    """The traits a group is made by: that they differ says nothing."""
    return {trait for _kind, trait in criteria.needs(found).traits}


def _renamed(found: Statement, prefix: str) -> Statement:
    """The statement with names of its own, so that two can stand in one."""
    names = {name: f"{prefix}_{name}" for name in found.params}
    text = MARK.sub(lambda mark: f"{{{names.get(mark[1], mark[1])}:", found.text)
    return Statement(text, {names[name]: value for name, value in found.params.items()})


@dataclass(frozen=True, slots=True)
class Share:
    """How many of each group have something, of those for whom it is known."""

    of: str
    value: str
    hits: int
    n: int
    other_hits: int
    other_n: int
    often: float | None = None
    other_often: float | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """A number in both groups."""

    of: str
    type: str
    mine: Moments
    theirs: Moments


def words(found: Groups, most: int) -> list[Share]:
    """The commonest values of each trait that reads as words; a trait with hardly a value twice says nothing."""
    by_trait: dict[str, list[tuple[str, int, int]]] = {}
    for trait, text, hits, other in found.asked(
        "portrait_values", portrait_kind=found.kind, portrait_skipped=list(found.skipped)
    ):
        by_trait.setdefault(trait, []).append((text, int(hits), int(other)))
    shares = []
    for trait, values in by_trait.items():
        n, other_n = sum(v[1] for v in values), sum(v[2] for v in values)
        if len(values) > 50 and len(values) > (n + other_n) / 4:
            continue
        values.sort(key=lambda value: (-(value[1] + value[2]), value[0]))
        shares += [Share(trait, text, hits, n, other, other_n) for text, hits, other in values[:most]]
    return shares


def numbers(found: Groups) -> list[Level]:
    """Traits that read as numbers, days or moments, where both groups have at least two."""
    today = (clock.now().astimezone(found.workspace.tz).date() - date(1970, 1, 1)).days
    rows = found.asked(
        "portrait_numbers", portrait_kind=found.kind, portrait_today=float(today), portrait_skipped=list(found.skipped)
    )
    sides: dict[str, dict[bool, Moments]] = {}
    types: dict[str, str] = {}
    for trait, kind, is_mine, n, mean, variance, median in rows:
        types[trait] = kind
        if n >= 2:
            sides.setdefault(trait, {})[bool(is_mine)] = Moments(int(n), float(mean), float(variance), float(median))
    return [Level(trait, types[trait], both[True], both[False]) for trait, both in sides.items() if len(both) == 2]


def behaviour(found: Groups, days: int) -> list[Share]:
    """Events of the last full ``days``: who did each at all, and how often those who did."""
    hidden = hidden_names.of(found.workspace, "events")
    shares = []
    for event, hits, other, total, other_total in found.asked("portrait_events", **_window(found.workspace, days)):
        if event in hidden:
            continue
        often = total / hits if hits else None
        other_often = other_total / other if other else None
        shares.append(Share(event, "", int(hits), found.n, int(other), found.other_n, often, other_often))
    return shares


def activity(found: Groups, days: int) -> list[Level]:
    """Days active, events, and kinds of events in the window; who did nothing counts as 0."""
    values: dict[tuple[str, bool], np.ndarray[Any, Any]] = {}
    for is_mine, measure, sample in found.asked("portrait_activity", **_window(found.workspace, days)):
        values[measure, bool(is_mine)] = np.asarray(sample, dtype=np.float64)
    levels = []
    for measure in ("days", "events", "breadth"):
        mine = _moments(values.get((measure, True)), found.n)
        theirs = _moments(values.get((measure, False)), found.other_n)
        if mine and theirs:
            levels.append(Level(measure, "activity", mine, theirs))
    return levels


def _moments(values: np.ndarray[Any, Any] | None, n: int) -> Moments | None:
    if n < 2:
        return None
    full = np.zeros(n)
    if values is not None:
        full[: len(values)] = values[:n]
    return Moments(n, float(full.mean()), float(full.var(ddof=1)), float(np.median(full)))


def _window(workspace: Workspace, days: int) -> dict[str, date]:
    last = workspace.today() - timedelta(days=1)
    return {"portrait_first": last - timedelta(days=days - 1), "portrait_last": last}
