"""Taking over the work of a member who is away."""

from ninja import Router, Schema

from evergrow.success.standing_in import acts
from evergrow.workspaces.absences import reading
from evergrow.workspaces.api import ApiRequest, Input, RowId, token

router = Router(tags=["tasks"])


class OfferedTask(Schema):
    id: int
    account: int
    due_on: str


class AbsenceWork(Input):
    """The tasks to take over; none named: all that are due by the end of the absence."""

    tasks: list[RowId] = []


class AbsenceWorkOut(Schema):
    moved: int


@router.get("/absences/{id}/work", auth=token("work"), response=list[OfferedTask], summary="Work due in an absence")
def offered(request: ApiRequest, id: RowId) -> list[OfferedTask]:
    """The absent member's open tasks that are due before the return, at most 200."""
    rows = acts.offered(reading.absence_or_404(request.member, id))[:200]
    return [OfferedTask(id=row.pk, account=row.account.number, due_on=str(row.due_on)) for row in rows]


@router.post("/absences/{id}/work", auth=token("work"), response=AbsenceWorkOut, summary="Take over work")
def take_over(request: ApiRequest, id: RowId, wish: AbsenceWork) -> AbsenceWorkOut:
    """Give tasks that are due in an absence to the delegate."""
    absence = reading.absence_or_404(request.member, id)
    rows = acts.offered(absence)
    found = list(rows.filter(pk__in=wish.tasks) if wish.tasks else rows)
    return AbsenceWorkOut(moved=acts.take_over(absence=absence, tasks=found, by=request.member))
