"""Gates: what must be ticked, named and agreed to before a subject leaves a stage forwards, and the decision.

Go opens the gate, hold leaves it closed, recycle sends the subject back to an earlier stage, kill to an end.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Lifecycle, StageGate, StageStay
from evergrow.customers.stages import by_hand
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.by_hand import CannotMove
from evergrow.customers.stages.definition import TERMINAL, Gate, Item, Stage
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

Decision = StageGate.Decision


@dataclass(frozen=True, slots=True)
class Standing:
    """A gate as it stands. ``missing`` are the required items that are not done yet; ``approvers`` member keys."""

    gate: Gate
    stage: Stage
    row: StageGate
    missing: list[Item]
    approvers: list[int]

    @property
    def lacks_approvals(self) -> int:
        return max(0, self.gate.approvals - len(self.approvers))

    @property
    def done(self) -> int:
        return self.total - len(self.missing) - self.lacks_approvals

    @property
    def total(self) -> int:
        parts = (*self.gate.checklist, *self.gate.artefacts)
        return sum(item.is_required for item in parts) + self.gate.approvals

    @property
    def is_ready(self) -> bool:
        """Whether nothing is missing for “go”."""
        return not self.missing and not self.lacks_approvals


def of(lifecycle: Lifecycle, stay: StageStay) -> Standing | None:
    """The gate of the stage that a subject is in, as it stands; None where there is none."""
    counts = definitions.of(lifecycle)
    stage = counts.stage(stay.stage) if counts else None
    if stage is None or stage.gate is None:
        return None
    row = StageGate.objects.filter(stay=stay).first() or StageGate(stay=stay)
    return standing(stage, stage.gate, row)


def standing(stage: Stage, gate: Gate, row: StageGate) -> Standing:
    """What is done and missing at a gate."""
    missing = [item for item in gate.checklist if item.is_required and item.key not in row.ticked]
    missing += [item for item in gate.artefacts if item.is_required and not row.artefacts.get(item.key)]
    return Standing(gate, stage, row, missing, [each["by"] for each in row.approvals])


def fill(
    *, lifecycle: Lifecycle, stay: StageStay, ticked: list[str], artefacts: dict[str, str], by: Member | None
) -> Standing:
    """Write down which items are done and where the artefacts are. Raises CannotMove where there is no gate."""
    require(by, "work")
    with transaction.atomic():
        found = _locked(lifecycle, stay)
        row, who = found.row, by.pk if by else None
        keys = {item.key for item in found.gate.checklist}
        kept = {key: row.ticked[key] for key in ticked if key in row.ticked}
        new = {key: {"by": who, "at": clock.now().isoformat()} for key in ticked if key in keys - kept.keys()}
        row.ticked = kept | new
        known = {item.key for item in found.gate.artefacts}
        row.artefacts = {key: text.strip()[:500] for key, text in artefacts.items() if key in known and text.strip()}
        row.save()
        audit.record(lifecycle.workspace, "stage.gate_filled", stay.subject, by=by, data=_told(lifecycle, found))
        return standing(found.stage, found.gate, row)


def approve(*, lifecycle: Lifecycle, stay: StageStay, by: Member) -> Standing:
    """Agree that the subject goes on. Each colleague once. Raises CannotMove."""
    require(by, "manage")
    with transaction.atomic():
        found = _locked(lifecycle, stay)
        if by.pk in found.approvers:
            raise CannotMove(_("You have agreed already."))
        found.row.approvals = [*found.row.approvals, {"by": by.pk, "at": clock.now().isoformat()}]
        found.row.save()
        audit.record(lifecycle.workspace, "stage.gate_approved", stay.subject, by=by, data=_told(lifecycle, found))
        return standing(found.stage, found.gate, found.row)


def decide(
    *, lifecycle: Lifecycle, stay: StageStay, decision: str, reason: str, to: str = "", by: Member | None
) -> StageGate:
    """Go, hold, recycle or kill, and why. Recycle and kill name the stage that the subject goes to.

    Go needs every required item, artefact and approval; whoever decides cannot be the only one who agreed.
    Raises CannotMove.
    """
    require(by, "manage")
    if decision not in Decision.values:
        raise CannotMove({"decision": _("A gate says go, hold, recycle or kill.")})
    if not reason.strip():
        raise CannotMove({"reason": _("Say why. The reason stays in the history.")})
    with transaction.atomic():
        found = _locked(lifecycle, stay)
        if decision == Decision.GO:
            _check_go(found, by)
        else:
            _check_target(lifecycle, found, decision, to)
        row = found.row
        row.decision, row.reason = decision, reason.strip()[:2000]
        row.decided_by, row.decided_at = by, clock.now()
        row.save()
        data = {**_told(lifecycle, found), "decision": decision, "reason": row.reason}
        audit.record(lifecycle.workspace, "stage.gate_decided", stay.subject, by=by, data=data)
        if decision in (Decision.RECYCLE, Decision.KILL):
            by_hand.move(lifecycle=lifecycle, subject=stay.subject, to=to, reason=row.reason, by=by)
    return row


def targets(lifecycle: Lifecycle, stage: Stage, decision: str) -> list[Stage]:
    """Where recycle or kill may send a subject."""
    counts = definitions.of(lifecycle)
    stages = counts.stages if counts else ()
    if decision == Decision.RECYCLE:
        return [s for s in stages if s.is_on_the_way and s.order < stage.order]
    return [s for s in stages if s.kind == TERMINAL]


def _check_go(found: Standing, by: Member | None) -> None:
    if found.missing:
        names = _(", ").join(item.name for item in found.missing)
        raise CannotMove({"decision": _("These are missing at the gate: %(names)s.") % {"names": names}})
    if found.lacks_approvals:
        sentence = _("%(count)d more colleagues have to agree first.")
        raise CannotMove({"decision": sentence % {"count": found.lacks_approvals}})
    if by is not None and found.approvers == [by.pk]:
        raise CannotMove({"decision": _("You are the only one who agreed; let somebody else decide.")})


def _check_target(lifecycle: Lifecycle, found: Standing, decision: str, to: str) -> None:
    if decision == Decision.HOLD:
        return
    if to not in {stage.key for stage in targets(lifecycle, found.stage, decision)}:
        said = _("Choose an earlier stage.") if decision == Decision.RECYCLE else _("Choose an end.")
        raise CannotMove({"to": said})


def _locked(lifecycle: Lifecycle, stay: StageStay) -> Standing:
    """The gate, nobody else writing it meanwhile; of a stay that is still open."""
    open_one = StageStay.objects.select_for_update().filter(pk=stay.pk, left_at=None).first()
    found = of(lifecycle, stay) if open_one else None
    if found is None:
        raise CannotMove(_("It was moved meanwhile, or its stage has no gate. Look again."))
    return found


def _told(lifecycle: Lifecycle, found: Standing) -> dict[str, Any]:
    return {"lifecycle": lifecycle.key, "stage": found.stage.key}
