"""What lifetime value adds elsewhere: a column and a filter of the account list, a card, jobs, merges."""

from datetime import time
from typing import Any

from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.account_merges import registry as merges
from evergrow.customers.account_merges.record import Record
from evergrow.customers.models import Account
from evergrow.customers.registry import Column, Filter, Panel
from evergrow.health.value import actions, telling
from evergrow.health.value.models import AccountValue, Method
from evergrow.lib.ranges import Range
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.access import GatedRequest
from evergrow.workspaces.models import Job, JobState, Member


def _value(account: Account) -> float | None:
    found = getattr(account, "lifetime_value", None)
    return None if found is None else round(found.value, 2)


def _worth(member: Member, values: list[str]) -> Q:
    found = Q()
    for low, high in map(Range.parse, values):
        part = Q(lifetime_value__isnull=False)
        if low is not None:
            part &= Q(lifetime_value__value__gte=float(low))
        if high is not None:
            part &= Q(lifetime_value__value__lte=float(high))
        found |= part
    return found


def card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """The card of the account's page."""
    found = AccountValue.objects.filter(account=account).first()
    if found is None:
        return None
    settings = actions.settings_of(request.workspace)
    language = get_language() or "en"
    return {
        "account": account,
        "found": found,
        "settings": settings,
        "why": telling.why(found, settings, request.workspace.currency, language),
        "is_contract": found.method == Method.CONTRACTS,
    }


@jobs.register(actions.KIND)
def compute(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Reckon what every account is worth."""
    return {"accounts": actions.compute(workspace=job.workspace)}


@jobs.follow("intake.import", "intake.undo")
def compute_after_import(job: Job) -> None:
    """Once after several imports in a row."""
    if not Job.objects.filter(workspace=job.workspace, kind=actions.KIND, state=JobState.QUEUED).exists():
        actions.request_compute(workspace=job.workspace, by=job.created_by)


def _merged(kept: Account, merged: Account, record: Record) -> None:
    """The kept account's value is reckoned anew the next night."""
    for row in AccountValue.objects.filter(account=merged):
        record.drop(row)


ticks.daily(actions.KIND, time(2, 40))
merges.add("health.AccountValue", settle=_merged)
registry.add(
    Column(
        "lifetime_value",
        _("Lifetime value"),
        "health/cells/value.html",
        _value,
        F("lifetime_value__value"),
        is_number=True,
        is_default=False,
        is_largest_first=True,
        select_related=("lifetime_value",),
        position=64,
    ),
    Filter("lifetime_value", _("Lifetime value"), _worth, kind="number", position=64),
    Panel("lifetime_value", "health/value_card.html", card, zone="rail", label=_("Lifetime value"), position=60),
)
