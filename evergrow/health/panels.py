"""What health adds to the account page: the card that says why, and the tab with every measure."""

import math
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from evergrow.customers import access, registry
from evergrow.customers.models import Account, Person
from evergrow.customers.registry import Contrast, Panel, PersonPanel
from evergrow.health import story
from evergrow.health.asked import SURVEY
from evergrow.health.explanation import PERIODS, Explanation, explain, history
from evergrow.health.lines import queries as lines
from evergrow.health.models import AccountHealth, Override, OverrideState, ScorecardVersion
from evergrow.health.surveys.queries import behind
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Member

PARAMETER = "health_days"
HISTORY_DAYS = 183


def card(request: GatedRequest, account: Account) -> dict[str, Any]:
    """The Health card: score, scale, groups, history, and the waterfall of the chosen period."""
    told = _explained(request, account)
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
        "held": set(told.now.row.holds[0].tolist()),
        "group_names": {group.key: group.name for group in told.now.card.groups},
        "computed": told.computed if told.is_adjusted else None,
        "history": _history(account, told),
        "bands": [band.low for band in told.now.card.bands[1:]],
        "lines": lines.of_account(account),
    }


def measures(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """The tab: every measure with its value, points, weight, cost and formula."""
    told = _explained(request, account)
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
    return {
        "account": account,
        "told": told,
        "words": words,
        "line_measures": _lines(account),
        "surveys": {
            line.measure.key: behind(account, line.measure, told.now.day)
            for line in told.measures
            if line.measure.source == SURVEY
        },
        "asked": Override.objects.filter(account=account, state=OverrideState.ASKED),
        "in_force": Override.objects.filter(account=account, state=OverrideState.APPROVED),
        "may_work": may(request.member, "work"),
    }


def _lines(account: Account) -> list[dict[str, Any]]:
    """The product lines with every measure in words."""
    return [
        {
            "line": line,
            "measures": [(each, each.source.say(each.value, story.language())) for each in line.measures],
        }
        for line in lines.of_account(account)
    ]


def _explained(request: GatedRequest, account: Account) -> Explanation | None:
    """Of the last days; or between any two days, ``?since=`` and ``?until=``."""
    today = account.workspace.today()
    try:
        since, until = (date.fromisoformat(request.GET.get(name, "")) for name in ("since", "until"))
    except ValueError:
        return explain(account, _days(request))
    until = min(until, today)
    return explain(account, max((until - since).days, 1), until)


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


def contrast(member: Member, account: Account) -> dict[str, Any]:
    """The score for the comparison of two accounts."""
    state = AccountHealth.objects.filter(account=account).first()
    if state is None:
        return {str(_("Score")): None, str(_("Band")): None}
    return {
        str(_("Score")): None if state.score is None else math.floor(state.score),
        str(_("Band")): state.get_band_display(),
        str(_("Change in 30 days")): None if state.change_30d is None else round(state.change_30d, 1),
    }


def person_card(request: GatedRequest, person: Person) -> dict[str, Any] | None:
    """How the accounts of a person do."""
    seen = access.accounts_of(request.member, person)
    states = _states(seen) if seen else []
    return {"states": states} if states else None


@prepared.rows
def _states(accounts: Sequence[int]) -> QuerySet[AccountHealth]:
    return AccountHealth.objects.filter(account__in=accounts).select_related("account").order_by("score")[:6]


registry.add(
    Contrast("health", _("Health"), "account", contrast, position=10),
    PersonPanel("health", "health/person_card.html", person_card, "rail", position=25),
    Panel("health", "health/panel.html", card, zone="main", label=_("Health"), position=10),
    Panel("health_measures", "health/tab.html", measures, zone="tab", label=_("Health"), position=15),
)
