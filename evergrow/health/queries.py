"""What others ask about health: how a portfolio is spread, what moved, what is at stake.

Each takes the accounts it is about (already narrowed to what the member may see); numbers of a portfolio count the
accounts with status "active" only, see ``portfolio``.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Abs, Coalesce

from evergrow import warehouse
from evergrow.customers import access as customers_access
from evergrow.customers.models import Account, AccountStatus
from evergrow.health.card import BAND_KEYS, INSUFFICIENT
from evergrow.health.models import AccountHealth, ScorecardVersion, VersionState
from evergrow.health.snapshots import FIRST_DAY
from evergrow.workspaces.models import Member, Workspace

BANDS = (*BAND_KEYS, INSUFFICIENT)
RANK = {band: rank for rank, band in enumerate(BAND_KEYS)}


def fell(path: str = "") -> Q:
    """Into a worse band since last week; ``path`` leads to AccountHealth from another model ("health_state__")."""
    return _between(path, "risk", ["watch", "healthy"]) | _between(path, "watch", ["healthy"])


def rose(path: str = "") -> Q:
    """Into a better band since last week."""
    return _between(path, "healthy", ["watch", "risk"]) | _between(path, "watch", ["risk"])


def _between(path: str, band: str, before: list[str]) -> Q:
    return Q(**{f"{path}band": band, f"{path}band_before__in": before})


@dataclass(frozen=True, slots=True)
class BandShare:
    """The accounts in one band: how many, their MRR, and their share of all accounts (0–1)."""

    band: str
    accounts: int
    mrr: Decimal
    share: float


@dataclass(frozen=True, slots=True)
class Flow:
    """How many accounts, with what MRR, were in band ``before`` a week ago and are in band ``after`` now."""

    before: str
    after: str
    accounts: int
    mrr: Decimal


@dataclass(frozen=True, slots=True)
class Movement:
    """Last week's moves between bands; ``before`` is "" where an account had no score a week ago."""

    flows: list[Flow]
    fell: int
    rose: int
    stayed: int


@dataclass(frozen=True, slots=True)
class BandMove:
    """An account that changed its band. ``account`` is its key; ``is_new_card``: the scorecard changed meanwhile."""

    account: int
    number: int
    before: str
    after: str
    score_before: float
    score_after: float
    is_new_card: bool

    @property
    def fell(self) -> bool:
        return RANK[self.after] < RANK[self.before]


@dataclass(frozen=True, slots=True)
class AtRisk:
    """MRR of the accounts at risk beside that of all."""

    accounts: int
    mrr: Decimal
    total: Decimal

    @property
    def share(self) -> float:
        return float(self.mrr / self.total) if self.total else 0.0


def portfolio(member: Member) -> QuerySet[Account]:
    """The paying customers that a member may see."""
    return customers_access.accounts(member).filter(status=AccountStatus.ACTIVE)


def published(workspace: Workspace) -> ScorecardVersion | None:
    """The scorecard version that counts now; None before the first computation."""
    return (
        ScorecardVersion.objects.select_related("scorecard")
        .filter(scorecard__workspace=workspace, scorecard__is_default=True, state=VersionState.PUBLISHED)
        .first()
    )


def states(workspace: Workspace, accounts: QuerySet[Account]) -> QuerySet[AccountHealth]:
    return AccountHealth.objects.filter(workspace=workspace, account__in=accounts.order_by().values("pk"))


def distribution(workspace: Workspace, accounts: QuerySet[Account]) -> list[BandShare]:
    """Accounts and MRR by band, risk first; accounts that were never scored count as insufficient."""
    rows = accounts.filter(workspace=workspace).order_by().values_list("health_state__band")
    found: dict[str, tuple[int, Decimal]] = {band: (0, Decimal(0)) for band in BANDS}
    for band, count, mrr in rows.annotate(Count("pk"), Sum("mrr")):
        known = found[band or INSUFFICIENT]
        found[band or INSUFFICIENT] = (known[0] + count, known[1] + (mrr or Decimal(0)))
    whole = sum(count for count, _ in found.values()) or 1
    return [BandShare(band, count, mrr, count / whole) for band, (count, mrr) in found.items()]


def movement(workspace: Workspace, accounts: QuerySet[Account]) -> Movement:
    """Between last week's bands and now's. Moves in or out of "insufficient" are flows, but neither rose nor fell."""
    rows = states(workspace, accounts).values_list("band_before", "band")
    flows = [
        Flow(before, after, count, mrr or Decimal(0))
        for before, after, count, mrr in rows.annotate(Count("pk"), Sum("account__mrr"))
    ]
    fell = rose = stayed = 0
    for flow in flows:
        if flow.before == flow.after:
            stayed += flow.accounts
        elif flow.before in RANK and flow.after in RANK:
            fell += flow.accounts * (RANK[flow.after] < RANK[flow.before])
            rose += flow.accounts * (RANK[flow.after] > RANK[flow.before])
    return Movement(flows, fell, rose, stayed)


def movers(workspace: Workspace, accounts: QuerySet[Account], limit: int = 10) -> QuerySet[AccountHealth]:
    """The accounts whose band changed since last week, largest change of score first."""
    changed = states(workspace, accounts).filter(fell() | rose())
    return changed.select_related("account").order_by(Abs("change_7d").desc(nulls_last=True), "account__number")[:limit]


def revenue_at_risk(workspace: Workspace, accounts: QuerySet[Account]) -> AtRisk:
    """The MRR of the accounts in the band "risk", beside the MRR of all of them."""
    rows = accounts.filter(workspace=workspace).order_by()
    at_risk = Q(health_state__band="risk")
    zero = Value(Decimal(0))
    found = rows.aggregate(
        n=Count("pk", filter=at_risk), lost=Coalesce(Sum("mrr", filter=at_risk), zero), all=Coalesce(Sum("mrr"), zero)
    )
    return AtRisk(found["n"], found["lost"], found["all"])


def gaps(workspace: Workspace, accounts: QuerySet[Account], limit: int = 10) -> QuerySet[AccountHealth]:
    """Accounts whose score rests on the least data, the largest MRR first among the insufficient."""
    rows = states(workspace, accounts).filter(band=INSUFFICIENT).select_related("account")
    return rows.order_by(F("account__mrr").desc(), "coverage")[:limit]


def band_moves(workspace: Workspace, since: date, until: date) -> list[BandMove]:
    """Every account whose band at the end of ``until`` differs from that of ``since``, falls first.

    Accounts that had or have too little data are left out: missing data is no move.
    Raises warehouse.StoreUnavailable.
    """
    before, after = bands_at(workspace, since), bands_at(workspace, until)
    keys = dict(Account.objects.filter(workspace=workspace).values_list("number", "pk"))
    moves = [
        BandMove(keys[number], number, then[2], now[2], then[1], now[1], is_new_card=then[0] != now[0])
        for number, now in after.items()
        if number in keys and (then := before.get(number)) and then[2] != now[2]
        and then[2] in RANK and now[2] in RANK
    ]  # fmt: skip
    return sorted(moves, key=lambda move: (not move.fell, move.score_after - move.score_before))


def bands_at(workspace: Workspace, day: date) -> dict[int, tuple[int, float, str]]:
    """Account number → (version, score, band) of its latest snapshot up to a day."""
    columns = warehouse.columns(
        warehouse.statement("health", "bands_at"),
        workspace_id=workspace.pk,
        since=max(FIRST_DAY, day - timedelta(days=62)),
        until=day,
    )
    rows = zip(columns["version"].tolist(), columns["overall"].tolist(), columns["band"].tolist(), strict=True)
    return dict(zip(columns["account"].tolist(), rows, strict=True))
