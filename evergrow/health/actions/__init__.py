"""What changes health: computing scores, and drafting and publishing scorecards."""

from evergrow.health.actions.cards import (
    BadDefinition,
    EqualPriority,
    NoCriteria,
    NoDraft,
    add_card,
    card_of,
    discard_draft,
    ensure_scorecard,
    publish_draft,
    put_away,
    save_draft,
    start_draft,
)
from evergrow.health.actions.computing import Computed, backfill, compute, history, request_compute

__all__ = [
    "BadDefinition",
    "Computed",
    "EqualPriority",
    "NoCriteria",
    "NoDraft",
    "add_card",
    "backfill",
    "card_of",
    "compute",
    "discard_draft",
    "ensure_scorecard",
    "history",
    "publish_draft",
    "put_away",
    "request_compute",
    "save_draft",
    "start_draft",
]
