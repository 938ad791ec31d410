"""What models add to the account list: chances of churn and expansion as columns, filters and a view."""

from collections.abc import Callable
from typing import Any

from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Column, Filter, View
from evergrow.health.risk.models import LikelihoodBand
from evergrow.lib import bilingual
from evergrow.lib.ranges import Range
from evergrow.workspaces.models import Member

CHURN, EXPANSION = "churnchance", "expansionchance"


def _of(account: Account, field: str) -> Any:
    return getattr(account, field, None)


def _percent(field: str) -> Callable[[Account], Any]:
    def value(account: Account) -> float | None:
        found = _of(account, field)
        return None if found is None else round(100 * found.chance, 1)

    return value


def _reason(account: Account) -> str:
    found = _of(account, CHURN)
    up = [reason for reason in found.reasons if reason["effect"] > 0] if found else []
    return bilingual.pick(up[0], get_language() or "en") if up else ""


def _in_bands(field: str) -> Callable[[Member, list[str]], Q]:
    def condition(_member: Member, values: list[str]) -> Q:
        return Q(**{f"{field}__band__in": values})

    return condition


def _between(field: str) -> Callable[[Member, list[str]], Q]:
    """Chances in percent, as ranges."""

    def condition(_member: Member, values: list[str]) -> Q:
        found = Q()
        for low, high in map(Range.parse, values):
            part = Q(**{f"{field}__isnull": False})
            if low is not None:
                part &= Q(**{f"{field}__chance__gte": float(low) / 100})
            if high is not None:
                part &= Q(**{f"{field}__chance__lte": float(high) / 100})
            found |= part
        return found

    return condition


registry.add(
    Column(
        "churn",
        _("Churn risk"),
        "health/cells/churn.html",
        _percent(CHURN),
        F(f"{CHURN}__chance"),
        is_default=False,
        is_largest_first=True,
        select_related=(CHURN,),
        position=27,
    ),
    Column(
        "churn_reason",
        _("What raises the risk"),
        "health/cells/churn_reason.html",
        _reason,
        is_default=False,
        select_related=(CHURN,),
        position=27,
    ),
    Column(
        "expansion",
        _("Chance of expansion"),
        "health/cells/expansion.html",
        _percent(EXPANSION),
        F(f"{EXPANSION}__chance"),
        is_default=False,
        is_largest_first=True,
        select_related=(EXPANSION,),
        position=27,
    ),
    Filter(
        "churn",
        _("Churn risk"),
        _in_bands(CHURN),
        lambda _workspace: list(LikelihoodBand.choices),
        position=25,
    ),
    Filter("churn_chance", _("Chance of churn"), _between(CHURN), kind="number", unit="%", position=25),
    Filter(
        "expansion",
        _("Prospect of expansion"),
        _in_bands(EXPANSION),
        lambda _workspace: list(LikelihoodBand.choices),
        position=25,
    ),
    Filter("expansion_chance", _("Chance of expansion"), _between(EXPANSION), kind="number", unit="%", position=25),
    View("churn", pgettext_lazy("view of accounts", "Likely to leave"), "churn=high&sort=-churn", position=21),
)
