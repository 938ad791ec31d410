"""The health score and band as traits of accounts, for criteria."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from evergrow.customers.criteria import providers
from evergrow.customers.criteria.providers import Provider, TraitInfo, Values
from evergrow.customers.models import Account
from evergrow.health.models import AccountHealth, HealthBand
from evergrow.workspaces.models import Workspace

KEY = "health"


def load(workspace: Workspace) -> Mapping[str, Values]:
    """Today's score, where there is one, and band of every account."""
    here = AccountHealth.objects.filter(workspace=workspace, account__in=Account.objects.filter(workspace=workspace))
    rows = here.values_list("account__number", "score", "band")
    numbers, scores, bands = zip(*rows, strict=True) if rows else ((), (), ())
    rounded = [None if score is None else round(score, 1) for score in scores]
    return {"health.score": (numbers, rounded), "health.band": (numbers, bands)}


providers.register(
    Provider(
        KEY,
        (
            TraitInfo("account", "health.score", _("health score"), "number"),
            TraitInfo("account", "health.band", _("health band"), "text", dict(HealthBand.choices)),
        ),
        load,
    )
)
