"""What models add to the account page: the chance of churn and of expansion, with an interval and reasons."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Contrast, Panel
from evergrow.health.risk import charts, queries, scores, wording
from evergrow.health.risk.models import RiskTarget
from evergrow.lib import bilingual
from evergrow.workspaces.access import GatedRequest
from evergrow.workspaces.models import Member

HISTORY_DAYS = 183
LEAST_POINTS = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason in the reader's language; ``share`` of the largest effect, −1 to 1, up where it makes it likelier."""

    words: str
    share: float

    @property
    def is_up(self) -> bool:
        return self.share > 0

    @property
    def size(self) -> float:
        return abs(self.share)


def card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """Chances of the account by the models in force; nothing where no model speaks of it."""
    told = [_told(target, account) for target in RiskTarget.values]
    known = [each for each in told if each]
    return {"account": account, "told": known} if known else None


def _told(target: str, account: Account) -> dict[str, Any] | None:
    found = queries.of(target, account)
    if found is None:
        return None
    return {
        "target": target,
        "found": found,
        "reasons": reasons(found.reasons),
        "base_rate": found.model.card["data"]["base_rate"],
        "chart": _history(target, account) if target == RiskTarget.CHURN else None,
    }


def reasons(stored: list[dict[str, Any]]) -> list[Reason]:
    most = max((abs(reason["effect"]) for reason in stored), default=0) or 1
    return [Reason(bilingual.pick(reason, wording.language()), reason["effect"] / most) for reason in stored]


def _history(target: str, account: Account) -> dict[str, Any] | None:
    since = account.workspace.today() - timedelta(days=HISTORY_DAYS)
    try:
        points = scores.history(account.workspace_id, target, account.number, since)
    except warehouse.StoreUnavailable:
        return None
    if len(points) < LEAST_POINTS:
        return None
    return charts.history(points, [point.day.isoformat()[5:] for point in points])


def contrast(_member: Member, account: Account) -> dict[str, Any]:
    """The chances for the comparison of two accounts, in percent."""
    names = {
        RiskTarget.CHURN.value: _("Chance of churn in percent"),
        RiskTarget.EXPANSION.value: _("Chance of expansion in percent"),
    }
    found = {str(name): queries.of(target, account) for target, name in names.items()}
    return {name: None if each is None else round(100 * each.chance, 1) for name, each in found.items()}


registry.add(
    Contrast("risk", _("Churn and expansion"), "account", contrast, position=11),
    Panel("risk", "health/risk_panel.html", card, zone="main", label=_("Churn and expansion"), position=11),
)
