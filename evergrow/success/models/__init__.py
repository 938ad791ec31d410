"""Playbooks and their runs, tasks, signals: one topic a file."""

from evergrow.success.handover.models import (
    HandOver,
    HandOverAccount,
    HandOverChecklist,
    HandOverItem,
    HandOverState,
)
from evergrow.success.models.playbooks import (
    DueFrom,
    OwnerRule,
    Playbook,
    PlaybookVersion,
    Roll,
    Step,
    StepKind,
    Unit,
    VersionState,
)
from evergrow.success.models.runs import Declined, Run, RunState
from evergrow.success.models.signals import Severity, Signal, SignalKind, SignalState
from evergrow.success.models.tasks import Priority, Task, TaskState
from evergrow.success.standing_in.models import StandIn

__all__ = [
    "Declined",
    "DueFrom",
    "HandOver",
    "HandOverAccount",
    "HandOverChecklist",
    "HandOverItem",
    "HandOverState",
    "OwnerRule",
    "Playbook",
    "PlaybookVersion",
    "Priority",
    "Roll",
    "Run",
    "RunState",
    "Severity",
    "Signal",
    "SignalKind",
    "SignalState",
    "StandIn",
    "Step",
    "StepKind",
    "Task",
    "TaskState",
    "Unit",
    "VersionState",
]
