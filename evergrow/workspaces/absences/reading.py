"""Who is away, and who gets their new work."""

from collections.abc import Mapping
from datetime import date

from django.db.models import QuerySet
from django.http import Http404

from evergrow.workspaces.absences.models import Absence
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member, Workspace

MOST_LINKS = 10


def absences(workspace: Workspace) -> QuerySet[Absence]:
    """The open ones, now and coming, by their first day."""
    found = Absence.objects.filter(workspace=workspace, ended_at=None, member__left_at=None)
    return found.select_related("member__user", "delegate__user", "delegate__workspace").order_by("starts_on", "pk")


def absence_or_404(member: Member, pk: int) -> Absence:
    """An open absence of the member's workspace, or 404."""
    absence = absences(member.workspace).filter(pk=pk).first()
    if absence is None:
        raise Http404
    return absence


def away(workspace: Workspace, day: date | None = None) -> dict[int, Absence]:
    """Who is away on a day (today), by member id: one question, few rows."""
    day = day or workspace.today()
    found = absences(workspace).filter(starts_on__lte=day, ends_on__gte=day)
    return {absence.member_id: absence for absence in found}


def stand_in(member: Member, away: Mapping[int, Absence]) -> Member:
    """Whoever gets new work that would fall to ``member``: the delegate, or the delegate's where they are away as well.

    The member themselves where nobody present may work, or the delegates stand in for each other.
    """
    seen, now = {member.pk}, member
    for _step in range(MOST_LINKS):
        absence = away.get(now.pk)
        if absence is None:
            break
        now = absence.delegate
        if now.pk in seen:
            return member
        seen.add(now.pk)
    return now if now.left_at is None and may(now, "work") and now.pk not in away else member


def present(member: Member, day: date | None = None) -> Member:
    """``stand_in`` for one member, looked up: whom to give work to that would fall to ``member`` now."""
    return stand_in(member, away(member.workspace, day))
