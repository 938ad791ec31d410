"""What time itself does each day: waits end, signals return, climb the ladder or go to the archive, runs go on."""

from collections import Counter

from evergrow.success.actions.built_in import ensure_built_in
from evergrow.success.engine.sweep import sweep
from evergrow.success.signals import archive, escalation, waiting
from evergrow.workspaces.models import Workspace


def wake(*, workspace: Workspace) -> Counter[str]:
    """Do what is due today; safe to run again. Counts ``playbooks``, ``signals`` that return,
    ``escalated`` and ``archived`` ones, and what ``sweep`` counts."""
    counts: Counter[str] = Counter()
    counts["playbooks"] = ensure_built_in(workspace=workspace)
    counts["signals"] = waiting.return_due(workspace)
    counts["escalated"] = escalation.escalate(workspace)
    counts["archived"] = archive.by_setting(workspace)
    return counts + sweep(workspace)
