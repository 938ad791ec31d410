"""Signals that were put off: until a day, until something holds of their account, or whichever comes first."""

import json
from collections import defaultdict
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.success.models import Signal, SignalAct, SignalState
from evergrow.success.signals import history
from evergrow.success.signals.definition import wrong
from evergrow.workspaces.models import Workspace

NOTHING: tuple[Any, ...] = (None, {}, {"all": []}, {"any": []})


def checked(workspace: Workspace, condition: Any, *, has_account: bool, has_day: bool) -> dict[str, Any] | None:
    """The criteria as they are kept, None where only a day counts. Raises RuleWrong."""
    if condition in NOTHING:
        if not has_day:
            raise wrong("until", _("Choose a day, or a condition on which it comes back."))
        return None
    if not has_account:
        raise wrong("condition", _("Only signals about a customer can wait for a condition. Choose a day."))
    try:
        return criteria.as_data(criteria.parse(condition, "account", workspace))
    except criteria.CriteriaError as error:
        raise wrong("condition", error.message) from None


def return_due(workspace: Workspace) -> int:
    """Bring back those whose day has come; how many."""
    rows = Signal.objects.filter(workspace=workspace, state=SignalState.SNOOZED)
    return _bring_back(rows.filter(snoozed_until__lte=workspace.today()), {"on": "day"})


def return_met(workspace: Workspace) -> int:
    """Bring back those whose condition holds now; how many. One that can no longer be asked brings its signals back.

    Raises warehouse.StoreUnavailable.
    """
    rows = Signal.objects.filter(workspace=workspace, state=SignalState.SNOOZED).exclude(snoozed_for=None)
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for pk, number, condition in rows.exclude(account=None).values_list("pk", "account__number", "snoozed_for"):
        groups[json.dumps(condition, sort_keys=True)].append((pk, number))
    total = 0
    for text, members in groups.items():
        try:
            parsed = criteria.parse(json.loads(text), "account", workspace)
            met = {int(number) for number in criteria.find(workspace, parsed)}
        except (criteria.CriteriaError, criteria.CostError):
            met = {number for _, number in members}
        due = [pk for pk, number in members if number in met]
        total += _bring_back(Signal.objects.filter(pk__in=due), {"on": "condition"})
    return total


def _bring_back(rows: Any, data: dict[str, Any]) -> int:
    total = 0
    for was_worked, state in ((False, SignalState.NEW), (True, SignalState.ACKNOWLEDGED)):
        mine = list(rows.filter(was_worked=was_worked, state=SignalState.SNOOZED))
        changes = {"state": state, "snoozed_until": None, "snoozed_for": None}
        chosen = Signal.objects.filter(pk__in=[each.pk for each in mine], state=SignalState.SNOOZED)
        total += chosen.update(**changes)
        history.note(mine, SignalAct.RETURNED, changes=changes, data=data)
    return total
