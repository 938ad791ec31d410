"""What changes health: computing scores, and drafting and publishing scorecards."""

from evergrow.health.actions.cards import (
    BadDefinition,
    NoDraft,
    discard_draft,
    ensure_scorecard,
    publish_draft,
    save_draft,
    start_draft,
)
from evergrow.health.actions.computing import Computed, backfill, compute, history, request_compute

__all__ = [
    "BadDefinition",
    "Computed",
    "NoDraft",
    "backfill",
    "compute",
    "discard_draft",
    "ensure_scorecard",
    "history",
    "publish_draft",
    "request_compute",
    "save_draft",
    "start_draft",
]
