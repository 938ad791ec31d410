"""Entering an absence, calling it off, and what happens on its first and after its last day."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.workspaces import audit, notices
from evergrow.workspaces.absences.models import Absence
from evergrow.workspaces.access import may, require
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

STANDS_IN, OVER = "absence.stands_in", "absence.over"
WORK_PAGE: list[str] = []
"""The name of the page that offers the work of who is away; the room of work names it."""

EndListener = Callable[[Absence, Member | None], int]
_end_listeners: list[EndListener] = []


def on_end(listener: EndListener) -> EndListener:
    """Have ``listener(absence, by)`` called when an absence is over: it gives the work back and says how much."""
    _end_listeners.append(listener)
    return listener


@transaction.atomic
def enter(
    *, member: Member, delegate: Member, starts_on: date, ends_on: date, note: str = "", by: Member | None
) -> Absence:
    """Say that a member is away; managers may for others. Both are told. Raises BadChoice."""
    _require(member, by)
    if delegate.pk == member.pk or delegate.left_at is not None or not may(delegate, "work"):
        raise BadChoice("delegate", _("Choose another colleague who may work."))
    if delegate.workspace_id != member.workspace_id:
        raise BadChoice("delegate", _("Choose another colleague who may work."))
    if ends_on < starts_on:
        raise BadChoice("ends_on", _("The last day lies before the first."))
    if ends_on < member.workspace.today():
        raise BadChoice("ends_on", _("The last day is over already."))
    Member.objects.select_for_update().get(pk=member.pk)
    mine = Absence.objects.filter(member=member, ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
    if other := mine.first():
        days = {"first": other.starts_on.isoformat(), "last": other.ends_on.isoformat()}
        raise BadChoice("starts_on", _("There is an absence from %(first)s to %(last)s already.") % days)
    absence = Absence.objects.create(
        workspace_id=member.workspace_id,
        member=member,
        delegate=delegate,
        starts_on=starts_on,
        ends_on=ends_on,
        note=note.strip()[:200],
        entered_by=by,
    )
    data = {"from": starts_on.isoformat(), "until": ends_on.isoformat(), "delegate": str(delegate)}
    audit.record(absence.workspace, "absence.entered", member, by=by, data=data)
    for who in (delegate, member):
        notices.tell(who, STANDS_IN, url=_url(absence), data=_told(absence), by=by)
    return absence


@transaction.atomic
def end(*, absence: Absence, by: Member | None) -> int:
    """Call it off, or end it: the work goes back, both are told. How much went back; 0 where it was over already."""
    _require(absence.member, by)
    if not Absence.objects.filter(pk=absence.pk, ended_at=None).update(ended_at=clock.now()):
        return 0
    back = sum(listener(absence, by) for listener in _end_listeners)
    audit.record(absence.workspace, "absence.ended", absence.member, by=by, data={"tasks": back})
    for who in (absence.member, absence.delegate):
        notices.tell(who, OVER, url=_url(absence), data={**_told(absence), "back": back}, by=by)
    return back


def end_due(workspace: Workspace) -> int:
    """End the absences whose last day is over; how many. It may run twice."""
    due = Absence.objects.filter(workspace=workspace, ended_at=None, ends_on__lt=workspace.today())
    rows = list(due.select_related("member__user", "member__workspace", "delegate__user", "delegate__workspace"))
    for absence in rows:
        end(absence=absence, by=None)
    return len(rows)


def _require(member: Member, by: Member | None) -> None:
    require(by, "work")
    if by is not None and by.pk != member.pk and not may(by, "manage"):
        raise PermissionDenied(_("Only managers enter absences of others."))


def _url(absence: Absence) -> str:
    return reverse("workspaces:absences", args=[absence.workspace.slug])


def _told(absence: Absence) -> dict[str, str]:
    return {
        "member": str(absence.member),
        "delegate": str(absence.delegate),
        "from": absence.starts_on.isoformat(),
        "until": absence.ends_on.isoformat(),
    }
