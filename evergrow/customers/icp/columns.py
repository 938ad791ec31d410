"""What the ideal profile adds to the account list."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Column, Filter, View
from evergrow.lib.ranges import Range
from evergrow.workspaces.models import Member


def _fit(account: Account) -> Any:
    state = getattr(account, "fit_state", None)
    return None if state is None else state.fit


def _fitting(member: Member, values: list[str]) -> Q:
    found = Q()
    for low, high in map(Range.parse, values):
        part = Q(fit_state__fit__isnull=False)
        if low is not None:
            part &= Q(fit_state__fit__gte=float(low))
        if high is not None:
            part &= Q(fit_state__fit__lte=float(high))
        found |= part
    return found


registry.add(
    Column(
        "fit",
        _("Fit"),
        "customers/icp/cell.html",
        _fit,
        F("fit_state__fit"),
        is_number=True,
        is_largest_first=True,
        is_default=False,
        select_related=("fit_state",),
        position=40,
    ),
    Filter("fit", _("Fit with the ideal profile"), _fitting, kind="number", position=40),
    View("fitting_prospects", _("Fitting prospects"), "status=prospect&status=trial&fit=70..&sort=-fit", position=92),
)
