"""The register as a list and as a matrix, and the rescues as a board and a table."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import Http404

from evergrow.customers import access as customers
from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.success.models import Rescue, RescueReason, RescueStage, RescueStay, Risk
from evergrow.success.models.risks import GRAVE, MIDDLING, OPEN_RESCUES, OPEN_RISKS
from evergrow.workspaces.models import AccountScope, Member

LATELY = timedelta(days=365)


def risks(member: Member) -> QuerySet[Risk]:
    """Risks of the accounts that the member sees, and those that hang on none."""
    rows = Risk.objects.filter(workspace_id=member.workspace_id)
    seen = customers.visible(member, "account__")
    if member.scope != AccountScope.ALL:
        seen = Q(account=None) | seen
    return rows.filter(seen).select_related("account", "product", "owner__user", "workspace")


def risk_or_404(member: Member, number: int) -> Risk:
    risk = risks(member).filter(number=number).first()
    if risk is None:
        raise Http404
    return risk


def level(score: int) -> str:
    """How grave a score of 1 to 25 is: low, medium from 8, high from 15."""
    return "high" if score >= GRAVE else "medium" if score >= MIDDLING else "low"


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the matrix with how many risks lie on it."""

    likelihood: int
    impact: int
    count: int

    @property
    def level(self) -> str:
        return level(self.likelihood * self.impact)


def matrix(rows: QuerySet[Risk], *, residual: bool) -> list[list[Cell]]:
    """Five rows from the highest likelihood down, five columns of impact. ``residual``: after controls, else before."""
    counts = Counter(
        (risk.left_likelihood or risk.likelihood, risk.left_impact or risk.impact)
        if residual
        else (risk.likelihood, risk.impact)
        for risk in rows.filter(state__in=OPEN_RISKS)
    )
    return [[Cell(row, column, counts[row, column]) for column in range(1, 6)] for row in range(5, 0, -1)]


def filtered(rows: QuerySet[Risk], given: Any, today: date) -> QuerySet[Risk]:
    """By state (open, or one), category, owner, overdue, and a field of the matrix; the gravest first."""
    state = given.get("state", "open")
    if state == "open":
        rows = rows.filter(state__in=OPEN_RISKS)
    elif state != "all":
        rows = rows.filter(state=state)
    if given.get("category"):
        rows = rows.filter(category=given["category"])
    if owner := row_id(given.get("owner", "")):
        rows = rows.filter(owner=owner)
    if given.get("overdue"):
        rows = rows.filter(state__in=OPEN_RISKS, review_on__lt=today)
    for name in ("likelihood", "impact"):
        if (value := given.get(name, "")) in ("1", "2", "3", "4", "5"):
            if given.get("residual"):
                rows = rows.filter(Q(**{f"left_{name}": value}) | Q(**{f"left_{name}": None, name: value}))
            else:
                rows = rows.filter(**{name: value})
    return gravest_first(rows)


def gravest_first(rows: QuerySet[Risk]) -> QuerySet[Risk]:
    """By the score before controls, then by the next review."""
    return rows.annotate(score=F("likelihood") * F("impact")).order_by("-score", "review_on", "pk")


def rescues(member: Member) -> QuerySet[Rescue]:
    """Rescues of the accounts that the member sees."""
    rows = Rescue.objects.filter(customers.visible(member, "account__"), workspace_id=member.workspace_id)
    return rows.select_related("account__health_state", "owner__user", "workspace", "signal")


def rescue_or_404(member: Member, pk: int) -> Rescue:
    rescue = rescues(member).filter(pk=pk).first()
    if rescue is None:
        raise Http404
    return rescue


@dataclass(slots=True)
class Column:
    """A stage of the board: its rescues, what is at stake, and the median days of stays that are over."""

    stage: str
    words: Any
    cards: list[Rescue] = field(default_factory=list)
    total: int = 0
    mrr: Decimal = Decimal(0)
    usual_days: float | None = None


def board(member: Member, *, mine: bool = False, most: int = 30) -> list[Column]:
    """The stages in order; of the closed ones the last year."""
    rows = rescues(member).filter(Q(stage__in=OPEN_RESCUES) | Q(ended_at__gte=clock.now() - LATELY))
    if mine:
        rows = rows.filter(owner=member)
    usual = days_by_stage(rows)
    columns = {stage: Column(stage, label, usual_days=usual.get(stage)) for stage, label in RescueStage.choices}
    for rescue in rows.order_by("stage_since", "pk"):
        column = columns[rescue.stage]
        column.total += 1
        column.mrr += rescue.mrr
        column.cards.append(rescue)
    for column in columns.values():
        if column.stage not in OPEN_RESCUES:
            column.cards.reverse()
        column.cards = column.cards[:most]
    return list(columns.values())


def days_by_stage(rows: QuerySet[Rescue]) -> dict[str, float]:
    """The median days of the stays that are over, by stage; nobody stays in the last ones."""
    stays = RescueStay.objects.filter(rescue__in=rows.order_by().values("pk"), stage__in=OPEN_RESCUES)
    stays = stays.exclude(left_at=None)
    found: dict[str, list[float]] = {}
    for stage, entered, left in stays.values_list("stage", "entered_at", "left_at"):
        if left is not None:
            found.setdefault(stage, []).append((left - entered).total_seconds() / 86400)
    return {stage: median(days) for stage, days in found.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of the rescues that ended within a year: how many recovered of how many, and what was kept and lost a month."""

    recovered: int
    lost: int
    kept: Decimal
    gone: Decimal
    reasons: list[tuple[str, int]]

    @property
    def n(self) -> int:
        return self.recovered + self.lost


def outcome(member: Member) -> Outcome:
    """How rescues ended within a year, and the reasons behind all of that time."""
    rows = list(rescues(member).filter(Q(stage__in=OPEN_RESCUES) | Q(ended_at__gte=clock.now() - LATELY)))
    recovered = [row for row in rows if row.stage == RescueStage.RECOVERED]
    lost = [row for row in rows if row.stage == RescueStage.LOST]
    words = dict(RescueReason.choices)
    counts = Counter(reason for row in rows for reason in row.reasons if reason in words)
    reasons = [(str(words[reason]), n) for reason, n in counts.most_common()]
    kept = sum((row.mrr for row in recovered), Decimal(0))
    return Outcome(len(recovered), len(lost), kept, sum((row.mrr for row in lost), Decimal(0)), reasons)
