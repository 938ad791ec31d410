"""The nightly work of the ideal customer profile, and its trait in the mirror."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.criteria import providers
from evergrow.customers.criteria.providers import Provider, TraitInfo, Values
from evergrow.customers.icp.computing import compute
from evergrow.customers.models import Account, AccountFit
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job, Workspace

JOB = "customers.icp"


@jobs.register(JOB)
def fit(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Compute the fit of every account."""
    return {"accounts": compute(job.workspace, progress)}


ticks.daily(JOB, time(3, 20))


def _load(workspace: Workspace) -> Mapping[str, Values]:
    here = Account.objects.filter(workspace=workspace)
    rows = AccountFit.objects.filter(workspace=workspace, fit__isnull=False, account__in=here)
    found = list(rows.values_list("account__number", "fit"))
    return {
        "icp.fit": (
            [number for number, _fit in found],
            [round(value, 2) for _number, value in found if value is not None],
        )
    }


providers.register(Provider("icp", [TraitInfo("account", "icp.fit", _("Fit with the ideal profile"), "number")], _load))
