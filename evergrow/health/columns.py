"""What health adds to the account list: columns, filters, views."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Column, Filter, Total, View
from evergrow.health import queries
from evergrow.health.models import HealthBand
from evergrow.lib import bilingual
from evergrow.lib.ranges import Range
from evergrow.workspaces.models import Member, Workspace

WEEKS = 12
STATE = ("health_state",)


def _of(account: Account, field: str) -> Any:
    state = getattr(account, "health_state", None)
    return None if state is None else getattr(state, field)


def _reason(account: Account) -> str:
    reasons = _of(account, "reasons")
    return bilingual.pick(reasons[0], get_language() or "en") if reasons else ""


def weekly_usage(workspace: Workspace, accounts: Sequence[Account]) -> Mapping[int, list[int]]:
    """Events in each of the last 12 weeks of seven full days, oldest first, for the accounts of one page."""
    if not accounts:
        return {}
    keys = {account.number: account.pk for account in accounts}
    found = {account.pk: [0] * WEEKS for account in accounts}
    rows = warehouse.rows(
        warehouse.statement("health", "weekly_usage"),
        workspace_id=workspace.pk,
        accounts=list(keys),
        day=workspace.today(),
        weeks=WEEKS,
    )
    for number, weeks_ago, events in rows:
        found[keys[number]][WEEKS - 1 - weeks_ago] = events
    return found


def _in_bands(member: Member, values: list[str]) -> Q:
    found = Q(health_state__band__in=values)
    return found | Q(health_state=None) if HealthBand.INSUFFICIENT in values else found


def _moved(member: Member, values: list[str]) -> Q:
    found = Q()
    if "fell" in values:
        found |= queries.fell("health_state__")
    if "rose" in values:
        found |= queries.rose("health_state__")
    return found or Q(pk__in=[])


def _scored(member: Member, values: list[str]) -> Q:
    found = Q()
    for low, high in map(Range.parse, values):
        part = Q(health_state__score__isnull=False)
        if low is not None:
            part &= Q(health_state__score__gte=float(low))
        if high is not None:
            part &= Q(health_state__score__lte=float(high))
        found |= part
    return found


def _band_counts(workspace: Workspace) -> Mapping[str, Any]:
    counts = {f"band_{band}": Count("pk", filter=Q(health_state__band=band)) for band in HealthBand.values}
    unknown = Q(health_state=None) | Q(health_state__band=HealthBand.INSUFFICIENT)
    return counts | {f"band_{HealthBand.INSUFFICIENT}": Count("pk", filter=unknown)}


MOVES = [("fell", pgettext_lazy("band", "fell")), ("rose", pgettext_lazy("band", "rose"))]

registry.add(
    Column(
        "health",
        _("Health"),
        "health/cells/health.html",
        lambda account: _of(account, "score"),
        F("health_state__score"),
        select_related=STATE,
        position=20,
    ),
    Column(
        "health_change",
        pgettext_lazy("column", "30 days"),
        "health/cells/change.html",
        lambda account: _of(account, "change_30d"),
        F("health_state__change_30d"),
        is_number=True,
        select_related=STATE,
        position=22,
    ),
    Column(
        "coverage",
        pgettext_lazy("column", "Coverage"),
        "health/cells/coverage.html",
        lambda account: _of(account, "coverage"),
        F("health_state__coverage"),
        select_related=STATE,
        position=24,
    ),
    Column(
        "reason",
        _("Main reason"),
        "health/cells/reason.html",
        _reason,
        select_related=STATE,
        position=26,
    ),
    Column(
        "usage",
        _("Usage, 12 weeks"),
        "health/cells/usage.html",
        lambda _account: None,
        is_exported=False,
        select_related=STATE,
        load=weekly_usage,
        position=28,
    ),
    Total("bands", "health/cells/bands.html", _band_counts, position=20),
    Filter("health", _("Health"), _in_bands, lambda _workspace: list(HealthBand.choices), position=20),
    Filter("moved", _("Band since last week"), _moved, lambda _workspace: list(MOVES), position=22),
    Filter("score", _("Score"), _scored, kind="number", position=24),
    View("at_risk", _("At risk"), "status=active&health=risk&sort=health", position=20),
    View("slipped", _("Slipped this week"), "status=active&moved=fell&sort=health_change", position=22),
)
