"""What time itself does each day: waits end, snoozed signals return, runs follow their account's renewal date."""

from collections import Counter

from django.db import transaction
from django.db.models import F

from evergrow.success.actions import progress, runs
from evergrow.success.actions.built_in import ensure_built_in
from evergrow.success.models import Playbook, Run, RunState, StepKind, TaskState
from evergrow.success.signals import waiting
from evergrow.workspaces.models import Workspace


def wake(*, workspace: Workspace) -> Counter[str]:
    """Do what is due today; safe to run again. Counts ``playbooks``, ``moved``, ``waits``, ``signals``."""
    counts: Counter[str] = Counter()
    counts["playbooks"] = ensure_built_in(workspace=workspace)
    counts["moved"] = _follow_anchors(workspace)
    counts["waits"] = _end_waits(workspace)
    counts["signals"] = waiting.return_due(workspace)
    return counts


def _follow_anchors(workspace: Workspace) -> int:
    open_runs = Run.objects.filter(workspace=workspace, state__in=[RunState.ACTIVE, RunState.PAUSED])
    hanging = open_runs.filter(playbook__anchor=Playbook.Anchor.RENEWAL, anchor_is_fixed=False)
    strayed = hanging.exclude(account__renews_on=None).exclude(account__renews_on=F("anchor_on"))
    found = list(strayed.select_related("account", "playbook", "version", "workspace"))
    for run in found:
        if run.account.renews_on is not None:
            runs.move_anchor(run=run, by=None, on=run.account.renews_on)
    return len(found)


def _end_waits(workspace: Workspace) -> int:
    waiting = Run.objects.filter(workspace=workspace, state=RunState.ACTIVE, tasks__kind=StepKind.WAIT)
    due = waiting.filter(tasks__state=TaskState.READY, tasks__due_on__lte=workspace.today()).distinct()
    found = list(due.select_related("account", "playbook", "version", "workspace"))
    for run in found:
        with transaction.atomic():
            progress.lock(run)
            progress.go_on(run, by=None)
    return len(found)
