"""Two groups compared: every difference with its interval, ranked, the chance finds among them marked.

1. ``facts`` gives shares (values of traits, events done) and numbers (money, ages, activity).
2. Each becomes a ``Finding``; where either group has fewer than ``LEAST`` known cases it is hidden, and counted.
3. All p-values together go through Benjamini-Hochberg; a finding stands out when its adjusted value is under 5 %.
4. Ranked: those that stand out first, by size of effect (Hedges' g or Cohen's h).
"""

from dataclasses import dataclass, field, replace
from typing import Literal

from evergrow.customers.criteria import Criteria
from evergrow.customers.portrait import facts
from evergrow.customers.portrait import statistics as stats
from evergrow.customers.portrait.facts import Groups, Level, Share
from evergrow.customers.portrait.statistics import Estimate
from evergrow.workspaces.models import Workspace

Family = Literal["trait", "behaviour", "feature", "channel", "money"]
FAMILIES: tuple[Family, ...] = ("trait", "behaviour", "feature", "channel", "money")
LEAST = 20
RATE = 0.05
VALUES = 12
WINDOW = 30
MONEY = {"mrr", "plan", "seats", "renews_on", "customer_since", "cancelled_on"}
CHANNEL = {"channel", "utm_source", "utm_medium", "utm_campaign", "referrer"}


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference. For shares ``mine`` and ``theirs`` are shares, for numbers means; medians and lift beside them."""

    family: Family
    of: str
    value: str
    is_share: bool
    n: int
    other_n: int
    mine: float
    theirs: float
    gap: Estimate
    effect: float
    lift: tuple[float, float, float] | None = None
    medians: tuple[float, float] | None = None
    often: tuple[float | None, float | None] | None = None
    type: str = ""
    q: float = 1

    @property
    def stands_out(self) -> bool:
        """Whether it is still a find after the adjustment for many comparisons."""
        return self.q < RATE

    @property
    def is_more(self) -> bool:
        return self.gap.value > 0


@dataclass(frozen=True, slots=True)
class Portrait:
    """Findings in order; ``hidden`` could not be judged because a group has fewer than ``LEAST`` known cases."""

    n: int
    other_n: int
    findings: list[Finding] = field(default_factory=list)
    hidden: int = 0
    days: int = WINDOW

    @property
    def is_small(self) -> bool:
        """Whether a group is too small to be judged at all."""
        return min(self.n, self.other_n) < LEAST

    @property
    def outstanding(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.stands_out]

    def of(self, family: str) -> list[Finding]:
        return [finding for finding in self.findings if finding.family == family]


def compare(workspace: Workspace, one: Criteria, other: Criteria | None = None, days: int = WINDOW) -> Portrait:
    """What sets ``one`` apart from ``other``, or from everyone else of its kind.

    Raises CriteriaError, CostError, StoreUnavailable.
    """
    found = facts.groups(workspace, one, other)
    if min(found.n, found.other_n) < LEAST:
        return Portrait(found.n, found.other_n, days=days)
    return judged(found, _shares(found, days), _levels(found, days), days)


def _shares(found: Groups, days: int) -> list[tuple[Family, Share]]:
    words: list[tuple[Family, Share]] = [(_family(share.of), share) for share in facts.words(found, VALUES)]
    return words + [("behaviour", share) for share in facts.behaviour(found, days)]


def _levels(found: Groups, days: int) -> list[tuple[Family, Level]]:
    levels: list[tuple[Family, Level]] = [(_family(level.of), level) for level in facts.numbers(found)]
    activity = [("feature" if level.of == "breadth" else "behaviour", level) for level in facts.activity(found, days)]
    return levels + activity  # type: ignore[operator]


def _family(trait: str) -> Family:
    return "money" if trait in MONEY else "channel" if trait in CHANNEL else "trait"


def judged(
    found: Groups, shares: list[tuple[Family, Share]], levels: list[tuple[Family, Level]], days: int
) -> Portrait:
    """Everything that can be judged, adjusted together and ranked."""
    known = [(family, s) for family, s in shares if min(s.n, s.other_n) >= LEAST]
    measured = [(family, level) for family, level in levels if min(level.mine.n, level.theirs.n) >= LEAST]
    hidden = len(shares) + len(levels) - len(known) - len(measured)
    findings = [share_finding(family, share) for family, share in known]
    findings += [level_finding(family, level) for family, level in measured]
    adjusted = stats.benjamini_hochberg([finding.gap.p for finding in findings])
    findings = [replace(finding, q=q) for finding, q in zip(findings, adjusted, strict=True)]
    findings.sort(key=lambda finding: (not finding.stands_out, -abs(finding.effect), finding.of, finding.value))
    return Portrait(found.n, found.other_n, findings, hidden, days)


def share_finding(family: Family, share: Share) -> Finding:
    mine, theirs = share.hits / share.n, share.other_hits / share.other_n
    return Finding(
        family=family,
        of=share.of,
        value=share.value,
        is_share=True,
        n=share.n,
        other_n=share.other_n,
        mine=mine,
        theirs=theirs,
        gap=stats.share_difference(share.hits, share.n, share.other_hits, share.other_n),
        effect=stats.cohens_h(mine, theirs),
        lift=stats.lift(share.hits, share.n, share.other_hits, share.other_n),
        often=(share.often, share.other_often) if family == "behaviour" else None,
    )


def level_finding(family: Family, level: Level) -> Finding:
    return Finding(
        family=family,
        of=level.of,
        value="",
        is_share=False,
        n=level.mine.n,
        other_n=level.theirs.n,
        mine=level.mine.mean,
        theirs=level.theirs.mean,
        gap=stats.mean_difference(level.mine, level.theirs),
        effect=stats.hedges_g(level.mine, level.theirs),
        medians=(level.mine.median, level.theirs.median),
        type=level.type,
    )
