"""Playbooks and their runs, tasks, signals: one topic a file."""

from evergrow.success.models.contact import (
    Contact,
    ContactChannel,
    ContactPolicy,
    ContactPriority,
    ContactReason,
    ContactRefusal,
    ContactSlot,
    ContactState,
    SendingHours,
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

__all__ = [
    "Contact",
    "ContactChannel",
    "ContactPolicy",
    "ContactPriority",
    "ContactReason",
    "ContactRefusal",
    "ContactSlot",
    "ContactState",
    "Declined",
    "DueFrom",
    "OwnerRule",
    "Playbook",
    "PlaybookVersion",
    "Priority",
    "Roll",
    "Run",
    "RunState",
    "SendingHours",
    "Severity",
    "Signal",
    "SignalKind",
    "SignalState",
    "Step",
    "StepKind",
    "Task",
    "TaskState",
    "Unit",
    "VersionState",
]
