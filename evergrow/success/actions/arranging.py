"""Where the steps of a draft stand: their order, the lanes of decisions, a copy beside the first."""

from collections.abc import Sequence

from django.db import transaction

from evergrow.success.actions.playbooks import DraftSteps, free_key
from evergrow.success.editor.layout import branches_of, flat, layout
from evergrow.success.models import PlaybookVersion, Step
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

Places = Sequence[tuple[str, str]]


@transaction.atomic
def arrange_steps(*, draft: PlaybookVersion, by: Member | None, places: Places) -> None:
    """Put the steps in this order, each in its lane (``decision/branch``, "" for none). Raises DraftOnly.

    Steps that are not named keep their order at the end. A step that goes to another lane hangs on that branch, and
    one that would wait for a later step no longer does.
    """
    require(by, "manage")
    steps = DraftSteps.of(draft)
    before = dict(flat(layout(steps.rows)))
    wanted = {key: lane for key, lane in places if key in steps.by_key}
    steps.put_in_order([*wanted, *(key for key in before if key not in wanted)])
    for step in steps.rows:
        lane = wanted.get(step.key, before[step.key])
        above = [other for other in steps.rows if other.position < step.position]
        if lane != before[step.key]:
            step.on_branches = branches_of(lane, above)
        known = {other.key for other in above}
        step.on_branches = {key: ways for key, ways in step.on_branches.items() if key in known}
    steps.save(by=by, verb="steps_ordered")


@transaction.atomic
def duplicate_step(*, step: Step, by: Member | None) -> Step:
    """The step again, right below itself, waiting for the same steps. Raises DraftOnly."""
    require(by, "manage")
    steps = DraftSteps.of(step.version)
    key = free_key({row.key for row in steps.rows}, step.key.rstrip("0123456789").rstrip("-") or "step")
    made = Step.objects.create(version=step.version, key=key, position=step.position + 1, **step.facts())
    order = [row.key for row in steps.rows]
    order.insert(order.index(step.key) + 1, key)
    after = DraftSteps.of(step.version)
    after.put_in_order(order)
    after.save(by=by, verb="steps_ordered")
    made.refresh_from_db()
    return made
