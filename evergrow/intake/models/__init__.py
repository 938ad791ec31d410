"""What comes in, one topic a file."""

from evergrow.intake.models.imports import Import, ImportChange, ImportState
from evergrow.intake.models.plan import Mode, PlanState, PlanVersion, TrackedEvent, TrackedProperty, TrackingPlan
from evergrow.intake.models.rejects import Reject, RejectState
from evergrow.intake.models.sources import SourceSettings, SourceTally
from evergrow.intake.models.steps import AppliedStep

__all__ = [
    "AppliedStep",
    "Import",
    "ImportChange",
    "ImportState",
    "Mode",
    "PlanState",
    "PlanVersion",
    "Reject",
    "RejectState",
    "SourceSettings",
    "SourceTally",
    "TrackedEvent",
    "TrackedProperty",
    "TrackingPlan",
]
