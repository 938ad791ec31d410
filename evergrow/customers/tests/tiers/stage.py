"""What tests of tiers put on the stage: a scheme with rules over MRR and seats."""

from copy import deepcopy
from typing import Any

from evergrow.customers.models import EditionState, TierScheme
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.models import Workspace


def definition(**more: Any) -> dict[str, Any]:
    """Strategic from 10,000 a month or 500 seats, VIP from 1,000; up after 7 days, down after 30."""
    found = deepcopy(schemes.STANDARD_DEFINITION)
    rules = {
        "strategic": {"any": [at_least("mrr", 10_000), at_least("seats", 500)]},
        "vip": {"all": [at_least("mrr", 1_000)]},
    }
    for tier in found["tiers"]:
        tier["criteria"] = rules.get(tier["key"])
    return {**found, "up": {"days": 7}, "down": {"days": 30}, **more}


def at_least(trait: str, amount: float) -> dict[str, Any]:
    return {"trait": trait, "at_least": amount}


def publish(workspace: Workspace, given: dict[str, Any] | None = None) -> TierScheme:
    TierScheme.objects.filter(workspace=workspace).update(state=EditionState.RETIRED)
    number = TierScheme.objects.filter(workspace=workspace).count() + 1
    made = TierScheme.objects.create(
        workspace=workspace, number=number, state=EditionState.PUBLISHED, definition=given or definition()
    )
    schemes.forget(workspace)
    return made
