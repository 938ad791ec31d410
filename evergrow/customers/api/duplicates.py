"""Suggested duplicates and what is decided about them."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers.actions.merges import CannotMerge
from evergrow.customers.duplicates import actions, queries
from evergrow.customers.duplicates.tasks import KIND
from evergrow.customers.models import Duplicate
from evergrow.workspaces import jobs
from evergrow.workspaces.api import ApiRequest, Input, Number, Page, RowId, Window, page, refusal, token

router = Router(tags=["duplicates"])
refusal(CannotMerge)
refusal(actions.CannotDecide)


class DuplicateReasonOut(Schema):
    reason: Duplicate.Reason
    sure: float


class DuplicateOut(Schema):
    """Two people or two accounts, by number, that may be one."""

    id: int
    kind: Duplicate.Kind
    first: int
    second: int
    reasons: list[DuplicateReasonOut] = Field(description="The surest first.")
    score: float = Field(description="One less the chance that every reason errs.")
    state: Duplicate.State
    found_at: datetime
    decided_at: datetime | None

    @staticmethod
    def resolve_reasons(row: Duplicate) -> list[dict[str, Any]]:
        return [{"reason": reason, "sure": sure} for reason, sure in row.reasons]


class DuplicateWindow(Window):
    kind: Duplicate.Kind = Duplicate.Kind.PERSON
    state: Literal["open", "apart"] = "open"


class Decision(Input):
    act: Literal["merge", "apart", "reopen"]
    keep: Number | None = Field(None, description="For a merge: the number of the one whose facts win.")


class Queued(Schema):
    job: int


@router.get("/duplicates", auth=token("view"), response=Page[DuplicateOut], summary="Suggested duplicates")
def duplicates(request: ApiRequest, window: Query[DuplicateWindow]) -> dict[str, Any]:
    """Pairs of which the token may see both."""
    return page(queries.seen(request.member, window.kind).filter(state=window.state), window)


@router.post("/duplicates/find", auth=token("work"), response={202: Queued}, summary="Look for duplicates")
def find(request: ApiRequest) -> Status[dict[str, int]]:
    """Queue the search that also runs every night."""
    job = jobs.enqueue(KIND, request.workspace, by=request.member, dedupe_key="asked")
    return Status(202, {"job": job.pk})


@router.post("/duplicates/{id}", auth=token("work"), response=DuplicateOut, summary="Decide about a duplicate")
def decide(request: ApiRequest, id: RowId, decision: Decision) -> Duplicate:
    """Merge the two, remember that they are not the same, or suggest them again."""
    row = Duplicate.objects.filter(pk=id, workspace=request.workspace).first()
    if row is None or not queries.seen(request.member, row.kind).filter(pk=id).exists():
        raise Http404
    if decision.act == "merge":
        actions.merge(duplicate=row, keep=decision.keep or 0, by=request.member)
    elif decision.act == "apart":
        actions.keep_apart(duplicate=row, by=request.member)
    else:
        actions.reopen(duplicate=row, by=request.member)
    return row
