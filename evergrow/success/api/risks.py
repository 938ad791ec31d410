"""The risk register, and the customers who are being saved."""

from datetime import date, datetime
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from evergrow.customers.access import account_or_404
from evergrow.customers.models import Product
from evergrow.success import access
from evergrow.success.models import Rescue, RescueReason, RescueStage, Risk, RiskCategory, RiskState, RiskTreatment
from evergrow.success.models.risks import OPEN_RESCUES, OPEN_RISKS
from evergrow.success.risks import queries, register, rescuing
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Money, Number, Page, RowId, Text, Window, page, token
from evergrow.workspaces.queries import member_or_404

router = Router(tags=["risks"])
Scale = Annotated[int, Field(ge=1, le=5)]


class RiskOut(Schema):
    """A risk; ``inherent`` and ``residual`` are likelihood × impact before and after controls, 1 to 25."""

    number: int
    title: str
    category: RiskCategory
    cause: str
    event: str
    consequence: str
    likelihood: int
    impact: int
    inherent: int
    left_likelihood: int | None
    left_impact: int | None
    residual: int | None
    controls: str
    treatment: str
    state: RiskState
    owner: int | None = Field(alias="owner_id")
    review_on: date | None
    account: int | None = Field(None, alias="account.number")
    product: str | None = Field(None, alias="product.code")
    stage: str
    created_at: datetime
    changed_at: datetime
    ended_at: datetime | None


class RiskIn(Input):
    """What is said of a risk; what is left out stays as it is."""

    title: Line | None = None
    category: RiskCategory | None = None
    cause: Text | None = None
    event: Text | None = None
    consequence: Text | None = None
    likelihood: Scale | None = None
    impact: Scale | None = None
    left_likelihood: Scale | None = None
    left_impact: Scale | None = None
    controls: Text | None = None
    treatment: RiskTreatment | None = None
    owner: RowId | None = None
    review_on: Day | None = None
    account: Number | None = None
    product: Line | None = Field(None, description="A product's code.")
    stage: Annotated[str, StringConstraints(max_length=60)] | None = None


class RiskMoveIn(Input):
    state: RiskState
    reason: Text = ""


class RiskReview(Input):
    next_on: Day | None = None
    note: Text = ""


class RiskWindow(Window):
    state: RiskState | None = Field(None, description="Left out: all that are open.")
    category: RiskCategory | None = None
    account: Number | None = None


class RescueStayOut(Schema):
    stage: RescueStage
    entered_at: datetime
    left_at: datetime | None
    reason: str


class RescueOut(Schema):
    """An account that is being saved, or was; ``mrr`` is what was at stake when it began."""

    id: int
    account: int = Field(alias="account.number")
    stage: RescueStage
    reasons: list[RescueReason]
    note: str
    owner: int | None = Field(alias="owner_id")
    signal: int | None = Field(alias="signal_id")
    mrr: Money
    began_at: datetime
    stage_since: datetime
    ended_at: datetime | None
    end_reason: str
    stays: list[RescueStayOut] = Field(description="Days per stage follow from these.")

    @staticmethod
    def resolve_stays(rescue: Rescue) -> list[Any]:
        return sorted(rescue.stays.all(), key=lambda stay: stay.pk)


class RescueIn(Input):
    account: Number
    reasons: list[RescueReason] = Field(default_factory=list)
    note: Text = ""
    owner: RowId | None = Field(None, description="Left out: the success manager.")
    signal: RowId | None = None


class RescueChange(Input):
    """What is left out stays as it is."""

    reasons: list[RescueReason] | None = None
    note: Text | None = None
    owner: RowId | None = None


class RescueMoveIn(Input):
    stage: RescueStage
    reason: Text = Field("", description="Needed for recovered and lost.")


class RescueWindow(Window):
    stage: RescueStage | None = Field(None, description="Left out: all that go on.")
    account: Number | None = None


@router.get("/risks", auth=token("view"), response=Page[RiskOut], summary="Risks")
def risks(request: ApiRequest, window: Query[RiskWindow]) -> dict[str, Any]:
    rows = queries.risks(request.member)
    rows = rows.filter(state__in=OPEN_RISKS if window.state is None else [window.state])
    if window.category is not None:
        rows = rows.filter(category=window.category)
    if window.account is not None:
        rows = rows.filter(account=account_or_404(request.member, window.account))
    return page(rows, window, by="-pk")


@router.post("/risks", auth=token("work"), response={201: RiskOut}, summary="Put a risk on the register")
def identify_risk(request: ApiRequest, risk: RiskIn) -> Status[Risk]:
    """Needs at least a title; category, likelihood and impact have usual values."""
    facts = {"category": RiskCategory.CUSTOMER, **_facts(request, risk)}
    return Status(201, register.identify(workspace=request.workspace, by=request.member, **{"title": "", **facts}))


@router.get("/risks/{number}", auth=token("view"), response=RiskOut, summary="A risk")
def risk(request: ApiRequest, number: Number) -> Risk:
    return queries.risk_or_404(request.member, number)


@router.patch("/risks/{number}", auth=token("work"), response=RiskOut, summary="Change a risk")
def change_risk(request: ApiRequest, number: Number, risk: RiskIn) -> Risk:
    found = queries.risk_or_404(request.member, number)
    return register.change(risk=found, by=request.member, **_facts(request, risk))


@router.put("/risks/{number}/state", auth=token("work"), response=RiskOut, summary="Move a risk")
def move_risk(request: ApiRequest, number: Number, move: RiskMoveIn) -> Risk:
    """Identified → assessed → treating → monitoring → closed or occurred; the last two need a reason."""
    found = queries.risk_or_404(request.member, number)
    return register.move(risk=found, by=request.member, to=move.state, reason=move.reason)


@router.put("/risks/{number}/review", auth=token("work"), response=RiskOut, summary="Note a review")
def review_risk(request: ApiRequest, number: Number, review: RiskReview) -> Risk:
    found = queries.risk_or_404(request.member, number)
    return register.review(risk=found, by=request.member, next_on=review.next_on, note=review.note)


@router.get("/rescues", auth=token("view"), response=Page[RescueOut], summary="Rescues")
def rescues(request: ApiRequest, window: Query[RescueWindow]) -> dict[str, Any]:
    rows = queries.rescues(request.member).prefetch_related("stays")
    rows = rows.filter(stage__in=OPEN_RESCUES if window.stage is None else [window.stage])
    if window.account is not None:
        rows = rows.filter(account=account_or_404(request.member, window.account))
    return page(rows, window, by="-pk")


@router.post("/rescues", auth=token("work"), response={201: RescueOut}, summary="Begin a rescue")
def begin_rescue(request: ApiRequest, rescue: RescueIn) -> Status[Rescue]:
    """One at a time for an account."""
    signal = None if rescue.signal is None else access.signal_or_404(request.member, rescue.signal)
    made = rescuing.begin(
        account=account_or_404(request.member, rescue.account),
        by=request.member,
        reasons=rescue.reasons,
        note=rescue.note,
        owner=None if rescue.owner is None else member_or_404(request.member, rescue.owner),
        signal=signal,
    )
    return Status(201, made)


@router.get("/rescues/{id}", auth=token("view"), response=RescueOut, summary="A rescue")
def rescue(request: ApiRequest, id: RowId) -> Rescue:
    return queries.rescue_or_404(request.member, id)


@router.patch("/rescues/{id}", auth=token("work"), response=RescueOut, summary="Change a rescue")
def change_rescue(request: ApiRequest, id: RowId, change: RescueChange) -> Rescue:
    found, given = queries.rescue_or_404(request.member, id), change.model_dump(exclude_unset=True)
    owner = found.owner
    if "owner" in given:
        owner = None if given["owner"] is None else member_or_404(request.member, given["owner"])
    return rescuing.change(
        rescue=found,
        by=request.member,
        reasons=found.reasons if given.get("reasons") is None else given["reasons"],
        note=found.note if given.get("note") is None else given["note"],
        owner=owner,
    )


@router.put("/rescues/{id}/stage", auth=token("work"), response=RescueOut, summary="Move a rescue")
def move_rescue(request: ApiRequest, id: RowId, move: RescueMoveIn) -> Rescue:
    found = queries.rescue_or_404(request.member, id)
    return rescuing.move(rescue=found, by=request.member, to=move.stage, reason=move.reason)


def _facts(request: ApiRequest, risk: RiskIn) -> dict[str, Any]:
    facts = risk.model_dump(exclude_unset=True)
    if facts.get("owner") is not None:
        facts["owner"] = member_or_404(request.member, facts["owner"])
    if facts.get("account") is not None:
        facts["account"] = account_or_404(request.member, facts["account"])
    if facts.get("product") is not None:
        facts["product"] = get_object_or_404(Product, workspace=request.workspace, code=facts["product"])
    empty = ("owner", "account", "product", "review_on", "left_likelihood", "left_impact")
    return {name: value for name, value in facts.items() if value is not None or name in empty}
