"""Playbooks and their runs, tasks, signals: one topic a file."""

from evergrow.success.handover.models import HandOver, HandOverAccount, HandOverChecklist, HandOverItem, HandOverState
from evergrow.success.models.approvals import Vote, VoteState
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
from evergrow.success.models.day import CalendarFeed, Capacity, DayMark, WorkRule
from evergrow.success.models.deliveries import Delivery, DeliveryKind, DeliveryState
from evergrow.success.models.evidence import EvidenceFile
from evergrow.success.models.hours import WorkHours
from evergrow.success.models.playbooks import (
    DueFrom,
    EvidenceKind,
    OwnerRule,
    Playbook,
    PlaybookVersion,
    Roll,
    Step,
    StepKind,
    Unit,
    VersionState,
)
from evergrow.success.models.run_moves import RunMove
from evergrow.success.models.runs import Declined, Run, RunState
from evergrow.success.models.signals import Severity, Signal, SignalKind, SignalState
from evergrow.success.models.tasks import Priority, SkipCode, Task, TaskState
from evergrow.success.models.triggers import (
    Firing,
    FiringReason,
    FiringState,
    StartRules,
    Trigger,
    TriggerKind,
    TriggerState,
    TriggerVersion,
)
from evergrow.success.standing_in.models import StandIn

__all__ = [
    "CalendarFeed",
    "Capacity",
    "Contact",
    "ContactChannel",
    "ContactPolicy",
    "ContactPriority",
    "ContactReason",
    "ContactRefusal",
    "ContactSlot",
    "ContactState",
    "DayMark",
    "Declined",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "DueFrom",
    "EvidenceFile",
    "EvidenceKind",
    "Firing",
    "FiringReason",
    "FiringState",
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
    "RunMove",
    "RunState",
    "SendingHours",
    "Severity",
    "Signal",
    "SignalKind",
    "SignalState",
    "SkipCode",
    "StandIn",
    "StartRules",
    "Step",
    "StepKind",
    "Task",
    "TaskState",
    "Trigger",
    "TriggerKind",
    "TriggerState",
    "TriggerVersion",
    "Unit",
    "VersionState",
    "Vote",
    "VoteState",
    "WorkHours",
    "WorkRule",
]
