"""Signals that were put off: until a day, until something holds of their account, or whichever comes first."""

import json
from collections import defaultdict
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.success.models import Run, Signal, SignalAct, SignalState, Task
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.tasks import OPEN
from evergrow.success.signals import history
from evergrow.success.signals.reading import EVERYBODY, wrong
from evergrow.workspaces.models import Workspace


def checked(workspace: Workspace, condition: Any, *, has_account: bool, has_day: bool) -> dict[str, Any] | None:
    """The criteria as they are kept, None where only a day counts. Raises RuleWrong."""
    if condition in EVERYBODY:
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
    rows = Signal.objects.filter(workspace=workspace, state=SignalState.SNOOZED, snoozed_for__isnull=False)
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for pk, number, condition in rows.exclude(account=None).values_list("pk", "account__number", "snoozed_for"):
        groups[json.dumps(condition, sort_keys=True)].append((pk, number))
    total = 0
    for text, members in groups.items():
        try:
            parsed = criteria.parse(json.loads(text), "account", workspace)
            met = {int(number) for number in criteria.find(workspace, parsed)}
        except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery):
            met = {number for _, number in members}
        for due in batched([pk for pk, number in members if number in met], 500):
            total += _bring_back(Signal.objects.filter(pk__in=due), {"on": "condition"})
    return total


@transaction.atomic
def _bring_back(rows: "QuerySet[Signal]", data: dict[str, Any]) -> int:
    """Back to where they stood: new, taken, or in work while a playbook or task for them is open."""
    mine = list(rows.filter(state=SignalState.SNOOZED).select_for_update())
    busy = _busy(mine)
    groups: dict[SignalState, list[Signal]] = defaultdict(list)
    for signal in mine:
        rested = SignalState.ACKNOWLEDGED if signal.was_worked else SignalState.NEW
        groups[SignalState.IN_PROGRESS if signal.pk in busy else rested].append(signal)
    for state, signals in groups.items():
        changes = {"state": state, "snoozed_until": None, "snoozed_for": None, "waiting_since": clock.now()}
        for part in batched(signals, 500):
            Signal.objects.filter(pk__in=[signal.pk for signal in part]).update(**changes)
        history.note(signals, SignalAct.RETURNED, changes=changes, data=data)
    return len(mine)


def _busy(signals: list[Signal]) -> set[int]:
    found: set[int] = set()
    for part in batched([signal.pk for signal in signals if signal.was_worked], 500):
        for rows in (Run.objects.filter(state__in=OPEN_RUN_STATES), Task.objects.filter(state__in=OPEN)):
            found.update(pk for pk in rows.filter(signal__in=part).values_list("signal", flat=True) if pk)
    return found
