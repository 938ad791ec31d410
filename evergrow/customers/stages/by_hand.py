"""Moves that a colleague or an import makes: always with a reason or a day, and only where the lifecycle lets them."""

from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from evergrow.customers.models import Lifecycle, StagedKind, StageGate, StageSource, StageStay
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import moves
from evergrow.customers.stages.definition import Definition, Stage
from evergrow.customers.stages.moves import Move, Moved, Subject
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


class CannotMove(ValidationError):
    """The lifecycle does not let this subject go there; the sentence says why."""


def open_stay(lifecycle: Lifecycle, subject: Subject) -> StageStay | None:
    """Where a subject stands in a lifecycle, if it takes part."""
    return StageStay.objects.filter(lifecycle=lifecycle, left_at=None, **{lifecycle.kind: subject}).first()


def move(
    *,
    lifecycle: Lifecycle,
    subject: Subject,
    to: str,
    reason: str,
    locked_until: date | None = None,
    by: Member | None,
) -> Moved:
    """Put a subject into a stage, from now on. Criteria leave it there up to and with ``locked_until``.

    Raises CannotMove: no reason, no such stage, it stands there already, the stage may not follow, its gate is closed,
    or somebody was quicker.
    """
    require(by, "work")
    counts = _counting(lifecycle, subject)
    there, stay = _stage(counts, to), open_stay(lifecycle, subject)
    if not reason.strip():
        raise CannotMove({"reason": _("Say why. The reason stays in the history.")})
    if locked_until is not None and locked_until < lifecycle.workspace.today():
        raise CannotMove({"locked_until": _("The day until which criteria leave it alone is over.")})
    if stay is not None:
        _check_way(counts, stay, there)
    source = StageSource.MANUAL
    plan = Move(subject.pk, stay.pk if stay else None, there, source, "", reason.strip()[:2000], locked_until)
    return _done(lifecycle, counts, plan, subject, by, clock.now(), "stage.moved")


def place(
    *, lifecycle: Lifecycle, subject: Subject, to: str, since: date | None = None, reason: str = "", by: Member | None
) -> Moved:
    """Take over from another system that a subject stands in a stage since a day, or now.

    The day is not before the one on which the present stage was entered, and not to come. Raises CannotMove.
    """
    require(by, "manage")
    counts = _counting(lifecycle, subject)
    there, stay = _stage(counts, to), open_stay(lifecycle, subject)
    at = _moment(lifecycle, since)
    if at > clock.now():
        raise CannotMove({"since": _("This day is to come.")})
    last = StageStay.objects.filter(lifecycle=lifecycle, **{lifecycle.kind: subject}).order_by("-entered_at").first()
    begun = max(filter(None, [last.entered_at, last.left_at])) if last else None
    if begun is not None and at < begun:
        raise CannotMove({"since": _("It came into its present stage later than that.")})
    if stay is not None and stay.stage == to:
        raise CannotMove({"to": _("It stands in this stage already.")})
    plan = Move(subject.pk, stay.pk if stay else None, there, StageSource.IMPORT, "", reason.strip()[:2000])
    return _done(lifecycle, counts, plan, subject, by, at, "stage.placed")


def reachable(lifecycle: Lifecycle, stay: StageStay | None) -> list[Stage]:
    """The stages to which a colleague may move a subject from where it stands."""
    counts = definitions.of(lifecycle)
    if counts is None:
        return []
    here = counts.stage(stay.stage) if stay else None
    if here is None:
        return list(counts.stages)
    is_open = _is_gate_open(here, stay)
    return [
        s for s in counts.stages if s.key != here.key and counts.leads_to(here, s) and (is_open or not _is_on(here, s))
    ]


def _is_on(here: Stage, there: Stage) -> bool:
    """Whether a move goes forwards, which is what a gate guards."""
    return here.is_on_the_way and there.is_on_the_way and there.order > here.order


def _is_gate_open(here: Stage, stay: StageStay | None) -> bool:
    if here.gate is None or stay is None:
        return True
    return StageGate.objects.filter(stay=stay, decision=StageGate.Decision.GO).exists()


def _check_way(counts: Definition, stay: StageStay, there: Stage) -> None:
    here = counts.stage(stay.stage)
    if stay.stage == there.key:
        raise CannotMove({"to": _("It stands in this stage already.")})
    if here is None:
        return
    if not counts.leads_to(here, there):
        words = {"here": here.name, "next": _(", ").join(counts.name(key) for key in here.next)}
        raise CannotMove({"to": _("After “%(here)s” only these may follow: %(next)s.") % words})
    if _is_on(here, there) and not _is_gate_open(here, stay):
        raise CannotMove({"to": _("The gate of “%(here)s” is closed: its decision is not “go”.") % {"here": here.name}})


def _counting(lifecycle: Lifecycle, subject: Subject) -> Definition:
    counts = definitions.of(lifecycle)
    if counts is None or lifecycle.retired_at is not None:
        raise CannotMove(_("No version of this lifecycle is published."))
    if subject.workspace_id != lifecycle.workspace_id or subject._meta.model_name != lifecycle.kind:
        raise CannotMove(_("This lifecycle is for others."))
    is_gone = lifecycle.kind != StagedKind.PRODUCT and getattr(subject, "merged_into_id", None) is not None
    if is_gone:
        raise CannotMove(_("It was merged into another one. Move that one."))
    return counts


def _stage(counts: Definition, key: str) -> Stage:
    found = counts.stage(key)
    if found is None:
        raise CannotMove({"to": _("There is no such stage.")})
    return found


def _moment(lifecycle: Lifecycle, since: date | None) -> datetime:
    now = clock.now()
    if since is None or since == lifecycle.workspace.today():
        return now
    return datetime.combine(since, time(), lifecycle.workspace.tz)


def _done(
    lifecycle: Lifecycle, counts: Definition, plan: Move, subject: Subject, by: Member | None, at: datetime, verb: str
) -> Moved:
    made = moves.carry_out(lifecycle, counts, [plan], by=by, at=at)
    if not made:
        raise CannotMove(_("It was moved meanwhile. Look again."))
    data = {"lifecycle": lifecycle.key, "from": made[0].before, "to": made[0].after, "reason": plan.reason}
    audit.record(lifecycle.workspace, verb, subject, by=by, data=data)
    return made[0]
