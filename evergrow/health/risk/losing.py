"""The model of churn in force says how likely each account is to be lost; expected losses ask it first."""

from datetime import date

from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.customers.models.tiers import EditionState
from evergrow.health.risk.models import ChurnChance, RiskModel, RiskTarget
from evergrow.health.standing import losing
from evergrow.health.standing.losing import Chances
from evergrow.workspaces.models import Workspace

POSITION = 10


def chances(workspace: Workspace, accounts: QuerySet[Account]) -> Chances | None:
    """What the model in force says of these accounts; None where there is none."""
    models = RiskModel.objects.filter(workspace=workspace, target=RiskTarget.CHURN, state=EditionState.PUBLISHED)
    model = models.first()
    if model is None:
        return None
    rows = ChurnChance.objects.filter(model=model, account__in=accounts.order_by().values("pk"))
    found = list(rows.values_list("account__number", "chance", "low", "high"))
    return Chances(
        by_account={number: chance for number, chance, _, _ in found},
        words={"en": f"model of churn v{model.number}", "zh": f"流失模型 v{model.number}"},
        days=model.horizon_days,
        as_of=date.fromisoformat(max(model.card["tested"])),
        spans={number: (low, high) for number, _, low, high in found},
        is_doubtful=model.card["measures"]["auc_interval"][0] <= 0.5,
    )


losing.register(chances, position=POSITION)
