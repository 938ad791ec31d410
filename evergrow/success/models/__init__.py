"""Playbooks and their runs, tasks, signals: one topic a file."""

from evergrow.success.handover.models import (
    HandOver,
    HandOverAccount,
    HandOverChecklist,
    HandOverItem,
    HandOverState,
)
from evergrow.success.models.approvals import Vote, VoteState
from evergrow.success.models.day import CalendarFeed, Capacity, DayMark, WorkRule
from evergrow.success.models.deliveries import Delivery, DeliveryKind, DeliveryState
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
from evergrow.success.models.risks import (
    Rescue,
    RescueReason,
    RescueStage,
    RescueStay,
    Risk,
    RiskCategory,
    RiskMove,
    RiskState,
    RiskTreatment,
)
from evergrow.success.models.run_moves import RunMove
from evergrow.success.models.runs import Declined, Run, RunState
from evergrow.success.models.signal_rules import (
    Held,
    SignalAct,
    SignalBatch,
    SignalMove,
    SignalRule,
    SignalRuleVersion,
    SignalSettings,
    WatchedValue,
)
from evergrow.success.models.signals import Severity, Signal, SignalKind, SignalState
from evergrow.success.models.tasks import Priority, SkipCode, Task, TaskState
from evergrow.success.standing_in.models import StandIn

__all__ = [
    "CalendarFeed",
    "Capacity",
    "DayMark",
    "Declined",
    "Delivery",
    "DeliveryKind",
    "DeliveryState",
    "DueFrom",
    "EvidenceKind",
    "HandOver",
    "HandOverAccount",
    "HandOverChecklist",
    "HandOverItem",
    "HandOverState",
    "Held",
    "OwnerRule",
    "Playbook",
    "PlaybookVersion",
    "Priority",
    "Rescue",
    "RescueReason",
    "RescueStage",
    "RescueStay",
    "Risk",
    "RiskCategory",
    "RiskMove",
    "RiskState",
    "RiskTreatment",
    "Roll",
    "Run",
    "RunMove",
    "RunState",
    "Severity",
    "Signal",
    "SignalAct",
    "SignalBatch",
    "SignalKind",
    "SignalMove",
    "SignalRule",
    "SignalRuleVersion",
    "SignalSettings",
    "SignalState",
    "SkipCode",
    "StandIn",
    "Step",
    "StepKind",
    "Task",
    "TaskState",
    "Unit",
    "VersionState",
    "Vote",
    "VoteState",
    "WatchedValue",
    "WorkHours",
    "WorkRule",
]
