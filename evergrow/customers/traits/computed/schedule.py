"""Which computed traits are due, in their order, and what a job does with them."""

import logging
from collections.abc import Callable

from evergrow.customers.criteria import CostError, CriteriaError
from evergrow.customers.models import ComputedTraitVersion, Schedule
from evergrow.customers.traits import history
from evergrow.customers.traits.computed import drafts
from evergrow.customers.traits.computed.compute import compute
from evergrow.customers.traits.computed.order import Key, in_order
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)


def due(workspace: Workspace, schedule: Schedule) -> set[Key]:
    """Traits of a schedule; the nightly run takes the hourly ones along."""
    taken = {Schedule.HOURLY.value} if schedule == Schedule.HOURLY else {Schedule.HOURLY.value, Schedule.DAILY.value}
    return {
        _key(version)
        for version in drafts.published(workspace)
        if version.definition.get("schedule", Schedule.DAILY.value) in taken
    }


def chosen(workspace: Workspace, keys: list[int]) -> set[Key]:
    """These traits by primary key, and those that are computed from them."""
    versions = drafts.published(workspace)
    wanted = {_key(version) for version in versions if version.trait_id in keys}
    needs = drafts.needs_of_all(workspace)
    for key in in_order(needs):
        if wanted & set(needs[key]):
            wanted.add(key)
    return wanted


def compute_all(workspace: Workspace, wanted: set[Key], on_progress: Callable[[int, int], None]) -> dict[str, int]:
    """Compute traits, each after those it needs; how many have a value, by key.

    One that cannot be computed is left as it is and says why; the others go on.
    """
    history.write_kept(workspace)
    versions = {_key(version): version for version in drafts.published(workspace)}
    order = [key for key in in_order(drafts.needs_of_all(workspace)) if key in wanted]
    done: dict[str, int] = {}
    for place, key in enumerate(order):
        on_progress(place, len(order))
        try:
            done[f"{key[0]}.{key[1]}"] = compute(trait=versions[key].trait)
        except (CostError, CriteriaError, FormulaError):
            log.warning("The trait %s of workspace %s could not be computed.", key[1], workspace.pk, exc_info=True)
    on_progress(len(order), len(order))
    return done


def _key(version: ComputedTraitVersion) -> Key:
    return version.trait.kind, version.trait.key
