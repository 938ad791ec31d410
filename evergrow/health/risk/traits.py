"""What the models in force say as traits of accounts, for criteria: chances in percent, and bands."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.criteria import providers
from evergrow.customers.criteria.providers import Provider, TraitInfo, Values
from evergrow.customers.models import Account
from evergrow.health.risk.actions import PROVIDER
from evergrow.health.risk.models import LIKELIHOODS, LikelihoodBand
from evergrow.workspaces.models import Workspace


def load(workspace: Workspace) -> Mapping[str, Values]:
    """Chances (0–100) and bands of every customer that was scored."""
    found: dict[str, Any] = {}
    here = Account.objects.filter(workspace=workspace)
    for target, likelihood in LIKELIHOODS.items():
        rows = likelihood.objects.filter(workspace=workspace, account__in=here)
        told = rows.values_list("account__number", "chance", "band")
        numbers, chances, bands = zip(*told, strict=True) if told else ((), (), ())
        found[f"risk.{target}"] = (numbers, [round(100 * chance, 1) for chance in chances])
        found[f"risk.{target}_band"] = (numbers, bands)
    return found


BANDS = dict(LikelihoodBand.choices)

providers.register(
    Provider(
        PROVIDER,
        (
            TraitInfo("account", "risk.churn", _("chance of churn in percent"), "number"),
            TraitInfo("account", "risk.churn_band", _("risk of churn"), "text", BANDS),
            TraitInfo("account", "risk.expansion", _("chance of expansion in percent"), "number"),
            TraitInfo("account", "risk.expansion_band", _("prospect of expansion"), "text", BANDS),
        ),
        load,
    )
)
