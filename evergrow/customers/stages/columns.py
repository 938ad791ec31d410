"""What stages add to the account list: the stage and the days in it, and filters for both."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import (
    Case,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.models import Account, Lifecycle, StagedKind, StageStay
from evergrow.customers.registry import Column, Filter, View
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import pace, standing, traits
from evergrow.customers.stages.definition import Definition
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

Words = Any
BETWEEN = ":"


def of_accounts(workspace: Workspace) -> list[tuple[Lifecycle, Definition]]:
    """The lifecycles of accounts that run, the main one first, read once per ``Workspace`` object."""
    found: list[tuple[Lifecycle, Definition]] | None = workspace.__dict__.get("_account_lifecycles")
    if found is None:
        rows = Lifecycle.objects.filter(workspace=workspace, kind=StagedKind.ACCOUNT, retired_at=None)
        found = []
        for lifecycle in rows.order_by("-is_main", "pk"):
            lifecycle.workspace = workspace
            if (counts := definitions.of(lifecycle)) is not None:
                found.append((lifecycle, counts))
        workspace.__dict__["_account_lifecycles"] = found
    return found


def main(workspace: Workspace) -> tuple[Lifecycle, Definition] | None:
    """The main lifecycle of accounts."""
    return next((pair for pair in of_accounts(workspace) if pair[0].is_main), None)


def _standings(workspace: Workspace, accounts: Sequence[Account]) -> Mapping[int, Any]:
    """Where the accounts of one page stand, with the name of the stage."""
    found = main(workspace)
    if found is None:
        return {}
    lifecycle, counts = found
    rows = standing.standings(lifecycle, counts, [account.pk for account in accounts])
    return {
        key: {"name": counts.name(each.stay.stage), "standing": each, "pace": traits.STATUS_WORDS[each.status]}
        for key, each in rows.items()
    }


def _name(account: Account) -> str | None:
    fact = account.facts.get("stage")
    return fact["name"] if fact else None


def _days(account: Account) -> int | None:
    fact = account.facts.get("stage_days")
    return fact["standing"].days if fact else None


def _open(workspace: Workspace) -> Any:
    found = main(workspace)
    rows = StageStay.objects.filter(lifecycle=found[0] if found else None, account=OuterRef("pk"), left_at=None)
    return rows, found[1] if found else None


def _rank(workspace: Workspace) -> Any:
    rows, counts = _open(workspace)
    order = [When(stage=stage.key, then=Value(stage.order)) for stage in counts.stages] if counts else []
    place = Case(*order, default=Value(None), output_field=IntegerField(null=True))
    return Subquery(rows.annotate(place=place).values("place")[:1], output_field=IntegerField(null=True))


def _gone(workspace: Workspace) -> Any:
    """The time since the stage was entered, for sorting."""
    rows, _counts = _open(workspace)
    gone = ExpressionWrapper(Value(clock.now()) - F("entered_at"), output_field=DurationField())
    return Subquery(rows.annotate(gone=gone).values("gone")[:1], output_field=DurationField(null=True))


def _stages(workspace: Workspace) -> list[tuple[str, Words]]:
    found: list[tuple[str, Words]] = []
    for lifecycle, counts in of_accounts(workspace):
        before = "" if lifecycle.is_main else f"{lifecycle.called(get_language() or 'en')} · "
        found += [(f"{lifecycle.key}{BETWEEN}{stage.key}", f"{before}{stage.name}") for stage in counts.stages]
    return found


def _in_stages(member: Member, values: list[str]) -> Q:
    found = Q(pk__in=[])
    for lifecycle, parts in _by_lifecycle(member, values):
        rows = StageStay.objects.filter(lifecycle=lifecycle, left_at=None, stage__in=parts, account__isnull=False)
        found |= Q(pk__in=rows.values("account"))
    return found


def _by_lifecycle(member: Member, values: list[str]) -> list[tuple[Lifecycle, list[str]]]:
    parts: dict[str, list[str]] = {}
    for value in values:
        key, _sign, stage = value.partition(BETWEEN)
        parts.setdefault(key, []).append(stage)
    return [(each, parts[each.key]) for each, _counts in of_accounts(member.workspace) if each.key in parts]


def _stage_criteria(member: Member, values: list[str]) -> dict[str, Any] | None:
    found = [{"trait": traits.trait(each), "is": parts} for each, parts in _by_lifecycle(member, values)]
    return {"any": found} if found else None


def _paced(member: Member, values: list[str]) -> Q:
    found = main(member.workspace)
    return pace.in_status(*found, values) if found else Q(pk__in=[])


def _for_days(member: Member, values: list[str]) -> Q:
    found = main(member.workspace)
    return pace.in_ranges(*found, values) if found else Q(pk__in=[])


def _paces(_workspace: Workspace) -> list[tuple[str, Words]]:
    return list(traits.STATUS_WORDS.items())


def told(days: int) -> str:
    """Days in words."""
    return gettext("%(days)s d") % {"days": f"{days:,}"}


registry.add(
    Column(
        "stage",
        _("Stage"),
        "customers/cells/stage.html",
        _name,
        F("stage"),
        annotate=_rank,
        load=_standings,
        is_default=False,
        position=13,
    ),
    Column(
        "stage_days",
        _("Days in stage"),
        "customers/cells/stage_days.html",
        _days,
        F("stage_days"),
        annotate=_gone,
        load=_standings,
        is_number=True,
        is_default=False,
        is_largest_first=True,
        position=14,
    ),
    Filter("stage", _("Stage"), _in_stages, _stages, position=13, criteria=_stage_criteria),
    Filter(
        "stage_pace",
        _("Pace in the stage"),
        _paced,
        _paces,
        position=14,
        criteria=lambda _member, values: {"trait": "stage.status", "is": values},
    ),
    Filter("stage_days", _("Days in stage"), _for_days, kind="number", unit=_("days"), position=15),
    View("stuck", _("Stuck in a stage"), "stage_pace=stuck&columns=name,stage,stage_days,csm,mrr", position=96),
)
