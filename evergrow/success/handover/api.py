"""Hand-overs for programs: prepared, offered, answered, ticked off, undone."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictBool

from evergrow.customers.models import TeamRole
from evergrow.success.handover import acts, effects, reading
from evergrow.success.handover.models import CustomerWord, HandOver, HandOverState, Take
from evergrow.workspaces import queries
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Number, Page, RowId, Text, Window, page, token
from evergrow.workspaces.models import Member

router = Router(tags=["hand-overs"])


class HandOverItemOut(Schema):
    id: int
    name: dict[str, str]
    done_at: datetime | None


class HandOverOut(Schema):
    id: int
    from_member: int = Field(alias="from_member_id")
    to_member: int = Field(alias="to_member_id")
    role: TeamRole
    on: date
    take: Take
    state: HandOverState
    reason: str
    accounts: list[int]
    checklist: list[HandOverItemOut]

    @staticmethod
    def resolve_accounts(row: HandOver) -> list[int]:
        return list(row.accounts.order_by("account__number").values_list("account__number", flat=True))

    @staticmethod
    def resolve_checklist(row: HandOver) -> list[Any]:
        return list(row.items.all())


class NewHandOver(Input):
    """``accounts`` by number, of those that the old owner holds; none named: all of them."""

    from_member: RowId
    to_member: RowId
    role: TeamRole = TeamRole.CSM
    on: Day
    take: Take = Take.OLD
    note: Text = ""
    accounts: list[Number] = []


class HandOverMoveIn(Input):
    """``to_member`` replaces a successor who refused; a refusal needs a reason."""

    move: Literal["offer", "accept", "refuse", "undo"]
    reason: Line = ""
    to_member: RowId | None = None


class HandOverTick(Input):
    done: StrictBool


class CustomerSaid(Input):
    word: CustomerWord
    note: Line = ""


@router.get("/hand-overs", auth=token("view"), response=Page[HandOverOut], summary="Hand-overs")
def hand_overs(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Those the member takes part in; all of them for those who manage."""
    return page(reading.hand_overs(request.member), window, by="-pk")


@router.post("/hand-overs", auth=token("manage"), response={201: HandOverOut}, summary="Prepare a hand-over")
def prepare(request: ApiRequest, wish: NewHandOver) -> Status[HandOver]:
    """It moves nothing until it is offered and accepted."""
    before = Member.objects.filter(workspace=request.workspace, pk=wish.from_member).select_related("user").first()
    if before is None:
        raise Http404
    rows = reading.held(request.workspace, before, wish.role)
    made = acts.prepare(
        workspace=request.workspace,
        accounts=rows.filter(number__in=wish.accounts) if wish.accounts else rows,
        from_member=before,
        to_member=queries.member_or_404(request.member, wish.to_member),
        role=wish.role,
        on=wish.on,
        take=wish.take,
        note=wish.note,
        by=request.member,
    )
    return Status(201, made)


@router.get("/hand-overs/{id}", auth=token("view"), response=HandOverOut, summary="A hand-over")
def one(request: ApiRequest, id: RowId) -> HandOver:
    return reading.hand_over_or_404(request.member, id)


@router.post("/hand-overs/{id}/moves", auth=token("work"), response=HandOverOut, summary="Move a hand-over")
def move(request: ApiRequest, id: RowId, wish: HandOverMoveIn) -> HandOver:
    """Offer and undo need a manager, accept and refuse the successor."""
    found, by = reading.hand_over_or_404(request.member, id), request.member
    if wish.move == "offer":
        to = queries.member_or_404(by, wish.to_member) if wish.to_member else None
        acts.offer(hand_over=found, by=by, to=to)
    elif wish.move == "accept":
        acts.accept(hand_over=found, by=by)
    elif wish.move == "refuse":
        acts.refuse(hand_over=found, by=by, reason=wish.reason)
    else:
        effects.undo(hand_over=found, by=by)
    return reading.hand_over_or_404(by, id)


@router.put("/hand-overs/{id}/items/{item}", auth=token("work"), response=HandOverOut, summary="Tick a line")
def tick(request: ApiRequest, id: RowId, item: RowId, wish: HandOverTick) -> HandOver:
    """Once the last line of one in effect is ticked, it is closed."""
    found = reading.hand_over_or_404(request.member, id)
    line = found.items.filter(pk=item).first()
    if line is None:
        raise Http404
    line.hand_over = found
    acts.check(item=line, by=request.member, is_done=wish.done)
    return reading.hand_over_or_404(request.member, id)


@router.put(
    "/hand-overs/{id}/customers/{number}", auth=token("work"), response=HandOverOut, summary="What a customer said"
)
def customer_said(request: ApiRequest, id: RowId, number: Number, wish: CustomerSaid) -> HandOver:
    """That they were told, or refuse the successor, with a note."""
    found = reading.hand_over_or_404(request.member, id)
    acts.customer_said(row=reading.row_or_404(found, number), word=wish.word, note=wish.note, by=request.member)
    return found
