"""What time itself does each day: snoozed signals return, and whatever of runs is due is done."""

from collections import Counter

from evergrow.success.actions.built_in import ensure_built_in
from evergrow.success.engine.sweep import sweep
from evergrow.success.models import Signal, SignalState
from evergrow.workspaces.models import Workspace


def wake(*, workspace: Workspace) -> Counter[str]:
    """Do what is due today; safe to run again. Counts ``playbooks``, ``signals`` and what ``sweep`` counts."""
    counts: Counter[str] = Counter()
    counts["playbooks"] = ensure_built_in(workspace=workspace)
    counts["signals"] = _return_signals(workspace)
    return counts + sweep(workspace)


def _return_signals(workspace: Workspace) -> int:
    resting = Signal.objects.filter(workspace=workspace, state=SignalState.SNOOZED)
    due = resting.filter(snoozed_until__lte=workspace.today())
    back = due.filter(owner=None).update(state=SignalState.NEW, snoozed_until=None)
    return back + due.update(state=SignalState.ACKNOWLEDGED, snoozed_until=None)
