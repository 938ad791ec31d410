"""What time itself does each day: waits end, snoozed signals return, runs follow their account's renewal date."""

from collections import Counter

from evergrow.success.actions.built_in import ensure_built_in
from evergrow.success.engine.sweep import sweep
from evergrow.success.signals import waiting
from evergrow.workspaces.models import Workspace


def wake(*, workspace: Workspace) -> Counter[str]:
    """Do what is due today; safe to run again. Counts ``playbooks``, ``signals`` and what ``sweep`` counts."""
    counts: Counter[str] = Counter()
    counts["playbooks"] = ensure_built_in(workspace=workspace)
    counts["signals"] = waiting.return_due(workspace)
    return counts + sweep(workspace)
