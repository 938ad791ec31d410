"""What health adds to the account page: the card that says why, and the tab with every measure."""

import math
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Panel
from evergrow.health import story
from evergrow.health.explanation import PERIODS, Explanation, explain, history
from evergrow.health.models import ScorecardVersion
from evergrow.workspaces.access import GatedRequest

PARAMETER = "health_days"
HISTORY_DAYS = 183


def card(request: GatedRequest, account: Account) -> dict[str, Any]:
    """The Health card: score, scale, groups, history, and the waterfall of the chosen period."""
    told = explain(account, _days(request))
    if told is None:
        return {"account": account, "told": None}
    return {
        "account": account,
        "told": told,
        "days": told.days,
        "periods": [(days, f"?{_with_days(request, days)}") for days in PERIODS],
        "shown_score": None if told.now.score is None else math.floor(told.now.score),
        "rows": story.rows(told),
        "saying": story.say_change(told),
        "formula": story.formula(told),
        "history": _history(account, told),
        "bands": [band.low for band in told.now.card.bands[1:]],
    }


def measures(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """The tab: every measure with its value, points, weight, cost and formula."""
    told = explain(account, _days(request))
    if told is None:
        return None
    words = {
        line.measure.key: (
            story.direction_words(line.measure),
            story.scoring_words(line.measure),
            line.shown(story.language()),
            line.shown_before(story.language()),
        )
        for line in told.measures
    }
    return {"account": account, "told": told, "words": words}


def _days(request: GatedRequest) -> int:
    chosen = request.GET.get(PARAMETER, "")
    return int(chosen) if chosen.isascii() and chosen.isdigit() and int(chosen) in PERIODS else 30


def _with_days(request: GatedRequest, days: int) -> str:
    query = request.GET.copy()
    query[PARAMETER] = str(days)
    return query.urlencode()


def _history(account: Account, told: Explanation) -> story.HistoryLine | None:
    points = history(account, max(HISTORY_DAYS, told.days))
    numbers = dict(ScorecardVersion.objects.filter(pk__in={p.version for p in points}).values_list("pk", "number"))
    return story.draw_history(points, told.now.card, numbers)


registry.add(
    Panel("health", "health/panel.html", card, zone="main", label=_("Health"), position=10),
    Panel("health_measures", "health/tab.html", measures, zone="tab", label=_("Health"), position=15),
)
