"""What pages and the API ask of models and likelihoods."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from evergrow.customers.models import Account
from evergrow.customers.models.tiers import EditionState
from evergrow.health.risk.models import LIKELIHOODS, ChurnChance, ExpansionChance, LikelihoodBand, RiskModel
from evergrow.workspaces.models import Workspace


def versions(workspace: Workspace, target: str) -> QuerySet[RiskModel]:
    """All versions of a target's model, the newest first."""
    mine = RiskModel.objects.filter(workspace=workspace, target=target).order_by("-number")
    return mine.select_related("published_by__user", "created_by__user")


def shown(workspace: Workspace, target: str) -> RiskModel | None:
    """The model in force, else the newest draft, else the newest version."""
    found = versions(workspace, target)
    for state in (EditionState.PUBLISHED, EditionState.DRAFT):
        model = found.filter(state=state).first()
        if model is not None:
            return model
    return found.first()


def likelihoods(target: str, accounts: QuerySet[Account]) -> QuerySet[Any]:
    """What the model in force says of these accounts, the likeliest first."""
    rows = LIKELIHOODS[target].objects.filter(account__in=accounts.order_by().values("pk"))
    return rows.select_related("account", "model").order_by("-chance", "account__number")


@dataclass(frozen=True, slots=True)
class BandCount:
    """``accounts`` of a band with the number that is expected: the sum of their chances."""

    band: str
    label: str
    accounts: int
    expected: float


def bands(target: str, accounts: QuerySet[Account]) -> list[BandCount]:
    """Accounts by band, the likeliest first."""
    rows = likelihoods(target, accounts).order_by()
    parts = {f"n_{band}": Count("pk", filter=Q(band=band)) for band in LikelihoodBand.values}
    sums = {f"sum_{band}": Sum("chance", filter=Q(band=band)) for band in LikelihoodBand.values}
    found = rows.aggregate(**parts, **sums)
    labels = dict(LikelihoodBand.choices)
    return [
        BandCount(band, str(labels[band]), found[f"n_{band}"], found[f"sum_{band}"] or 0.0)
        for band in LikelihoodBand.values
    ]


def of(target: str, account: Account) -> ChurnChance | ExpansionChance | None:
    return LIKELIHOODS[target].objects.filter(account=account).select_related("model").first()


def as_of(target: str, workspace: Workspace) -> date | None:
    """The day of the newest scores."""
    newest = LIKELIHOODS[target].objects.filter(workspace=workspace).order_by("-as_of").first()
    return newest.as_of if newest else None
