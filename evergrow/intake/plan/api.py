"""Operations on the tracking plan: what is seen, what it means, its rules, drafts and their publication."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictBool

from evergrow.intake.models.plan import PlanState, PlanVersion, TrackedProperty
from evergrow.intake.plan import actions, document, seen
from evergrow.intake.plan import kinds as kinds_of_values
from evergrow.intake.plan.actions import Facts
from evergrow.intake.plan.definition import BadPlan
from evergrow.workspaces.api import ApiRequest, Input, Line, refusal, token
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace

router = Router(tags=["tracking plan"])
refusal(BadPlan, 422)
refusal(actions.NoDraft, 409)
refusal(actions.NothingSeen, 409)

Name = Line
MOST_DRAFTS = 500


class OfEvent(Schema):
    event: Name = Field(description="The name of an event.", min_length=1)


class OfProperty(Schema):
    property: Name = Field(description="The name of a property.", min_length=1)


class OfAnyEvent(Schema):
    event: Name = Field("", description="The name of an event; left out, any.")


class Span(OfAnyEvent):
    days: int = Field(30, ge=1, le=400)


class OfDraft(Schema):
    event: Name = Field(description="Whose draft; empty is that of the rules for everything.")


class ModeOut(StrEnum):
    NONE = ""
    KEEP = "keep"
    FLAG = "flag"
    BLOCK = "block"


class Said(Schema):
    """What colleagues say of a name. ``owner`` is the email of a member, or empty."""

    description: dict[str, str] = {}
    owner: str = ""
    tags: list[str] = []
    deprecated: bool = False
    hidden: bool = False
    verified_at: datetime | None = None


class PlanEventOut(Schema):
    """An event as seen and as planned; ``mode`` is empty where it has no published plan."""

    name: str
    first_day: date | None
    last_day: date | None
    times_ever: int
    times_30_days: int
    violations_30_days: int
    is_quiet: bool = Field(description="It came before, and not in the last seven days.")
    mode: ModeOut
    has_draft: bool
    said: Said


class PropertyOut(Schema):
    """A property in the last 30 days. ``types``: the kinds of values that came."""

    name: str
    times: int
    events: int
    first_day: date | None
    last_day: date | None
    types: list[str]
    said: Said


class ViolationOut(Schema):
    """How often messages of a day went against the plan. ``act``: what was done, flag or block."""

    event: str
    day: date
    property: str
    kind: str
    act: str
    times: int


class DraftOut(Schema):
    """Rules that wait to be published; ``event`` is empty for those of the whole workspace."""

    event: str
    number: int
    definition: dict[str, Any]
    changed_at: datetime


class PlanOut(Schema):
    """The published plan, in the form that can be sent back to ``PUT /tracking-plan``."""

    version: int
    workspace: dict[str, Any] = {}
    events: dict[str, Any] = {}
    properties: dict[str, Any] = {}


class PlanChangeOut(Schema):
    """One place that differs."""

    kind: str
    place: str
    before: str
    after: str


class PlanDifferenceOut(Schema):
    """What a document changes about one event or property, or about the rules for everything (``name`` empty)."""

    part: str
    name: str
    kind: str
    changes: list[PlanChangeOut]


class TrackedSaidIn(Input):
    """What is left out stays."""

    description: dict[Line, str] | None = Field(None, description='{"en": "…", "zh": "…"}')
    owner: Line | None = Field(None, description="The email of a member; empty for nobody.")
    tags: list[Line] | None = None
    deprecated: StrictBool | None = None
    hidden: StrictBool | None = None
    verified: StrictBool | None = None


class TrackingPlanIn(Input):
    """A plan, as ``GET /tracking-plan`` gives it or as the YAML file has it."""

    plan: dict[str, Any]
    removing: StrictBool = Field(False, description="Events that it does not name lose their plan.")
    dry_run: StrictBool = Field(False, description="Only say what would change.")


class TrackedDraftIn(Input):
    event: Name = Field("", description="Empty: the rules for the whole workspace, which need “administer”.")
    definition: dict[str, Any] = Field(description="Empty: no plan any more.")


class Publication(Input):
    events: list[Name] | None = Field(None, description="Whose drafts; left out, all of them.", max_length=1000)


@router.get("/tracking-plan/events", auth=token("view"), response=list[PlanEventOut], summary="Events of the plan")
def events(request: ApiRequest) -> list[dict[str, Any]]:
    """Every event that was seen, described or planned."""
    return [_event(row) for row in seen.events(request.workspace)]


@router.patch("/tracking-plan/events", auth=token("manage"), response=PlanEventOut, summary="Describe an event")
def describe_event(request: ApiRequest, of: Query[OfEvent], wish: TrackedSaidIn) -> dict[str, Any]:
    """Say what it means, who answers for it, and whether it is right."""
    event = of.event
    facts = _facts(request.workspace, document.export(request.workspace).events.get(event), wish)
    if wish.model_dump(exclude={"verified"}, exclude_none=True):
        actions.describe_event(workspace=request.workspace, name=event, facts=facts, by=request.member)
    if wish.verified is not None:
        actions.verify_event(workspace=request.workspace, name=event, is_right=wish.verified, by=request.member)
    found = next((row for row in seen.events(request.workspace) if row.name == event), None)
    return _event(found or seen.EventRow(actions.checked_name(event)))


@router.get(
    "/tracking-plan/properties", auth=token("view"), response=list[PropertyOut], summary="Properties of the plan"
)
def properties(request: ApiRequest, of: Query[OfAnyEvent]) -> list[dict[str, Any]]:
    """The properties that an event (left out: any) carried in the last 30 days, at most a thousand."""
    rows = TrackedProperty.objects.filter(workspace=request.workspace).select_related("owner__user")
    tracked = {row.name: row for row in rows}
    return [_property(row, tracked.get(row.name)) for row in seen.properties(request.workspace, of.event)]


@router.patch("/tracking-plan/properties", auth=token("manage"), response=Said, summary="Describe a property")
def describe_property(request: ApiRequest, of: Query[OfProperty], wish: TrackedSaidIn) -> dict[str, Any]:
    """Say what it means, who answers for it, and whether it is right."""
    property = of.property
    facts = _facts(request.workspace, document.export(request.workspace).properties.get(property), wish)
    row = actions.describe_property(workspace=request.workspace, name=property, facts=facts, by=request.member)
    if wish.verified is not None:
        row = actions.verify_property(
            workspace=request.workspace, name=property, is_right=wish.verified, by=request.member
        )
    return _said(row)


@router.get("/tracking-plan/violations", auth=token("view"), response=list[ViolationOut], summary="Violations")
def violations(request: ApiRequest, of: Query[Span]) -> list[Any]:
    """By event, day, property and kind, at most twenty thousand lines."""
    return seen.violations(request.workspace, of.event, of.days)


@router.get("/tracking-plan", auth=token("view"), response=PlanOut, summary="The tracking plan")
def plan(request: ApiRequest) -> dict[str, Any]:
    """What is published, and what is said of events and properties."""
    return document.export(request.workspace).as_json()


@router.put("/tracking-plan", auth=token("manage"), response=list[PlanDifferenceOut], summary="Bring a plan in")
def bring_in(request: ApiRequest, wish: TrackingPlanIn) -> list[document.Difference]:
    """What is said holds at once, rules become drafts; the answer says what changed, or with dry_run what would."""
    wanted = document.from_json(wish.plan)
    if wish.dry_run:
        return document.preview(request.workspace, wanted, removing=wish.removing)
    return document.bring_in(workspace=request.workspace, document=wanted, removing=wish.removing, by=request.member)


@router.get("/tracking-plan/drafts", auth=token("manage"), response=list[DraftOut], summary="Drafts of the plan")
def drafts(request: ApiRequest) -> Any:
    """Rules that wait to be published."""
    return seen.versions(request.workspace).filter(state=PlanState.DRAFT).order_by("event")[:MOST_DRAFTS]


@router.put("/tracking-plan/drafts", auth=token("manage"), response=DraftOut, summary="Draft rules")
def save_draft(request: ApiRequest, wish: TrackedDraftIn) -> PlanVersion:
    """Write the draft of an event's rules."""
    return actions.save_draft(
        workspace=request.workspace, event=wish.event, definition=wish.definition, by=request.member
    )


@router.delete("/tracking-plan/drafts", auth=token("manage"), response={204: None}, summary="Throw a plan draft away")
def discard_draft(request: ApiRequest, of: Query[OfDraft]) -> Status[None]:
    """The published rules stay."""
    actions.discard_draft(workspace=request.workspace, event=of.event, by=request.member)
    return Status(204, None)


@router.post("/tracking-plan/acceptance", auth=token("manage"), response=DraftOut, summary="Accept what is seen")
def accept_seen(request: ApiRequest, of: Query[OfEvent]) -> PlanVersion:
    """Make a draft for an event from the properties that it carried in the last 30 days."""
    return actions.accept_seen(workspace=request.workspace, event=of.event, by=request.member)


@router.post(
    "/tracking-plan/publication",
    auth=token("administer"),
    response=list[DraftOut],
    summary="Publish drafts of the plan",
)
def publish(request: ApiRequest, wish: Publication) -> list[PlanVersion]:
    """They hold for whatever arrives from now on."""
    return actions.publish(workspace=request.workspace, events=wish.events, by=request.member)


def _event(row: seen.EventRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "times_ever": row.ever,
        "times_30_days": row.lately,
        "violations_30_days": row.violations,
        "is_quiet": row.is_quiet,
        "mode": row.mode,
        "has_draft": row.has_draft,
        "said": _said(row.tracked),
    }


def _property(row: seen.PropertyRow, tracked: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "times": row.times,
        "events": row.events,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "types": kinds_of_values.names(row.bits),
        "said": _said(tracked),
    }


def _said(row: actions.Tracked | None) -> dict[str, Any]:
    return actions.said(row) | {"verified_at": row.verified_at} if row else {}


def _facts(workspace: Workspace, before: document.Entry | None, wish: TrackedSaidIn) -> Facts:
    """What was said with what is said now. Raises BadChoice for an owner who is no member."""
    said = (before.facts if before else {}) | wish.model_dump(exclude={"verified"}, exclude_none=True)
    owner = None
    if said.get("owner"):
        members = Member.objects.filter(workspace=workspace, left_at=None, user__email=said["owner"])
        owner = members.first()
        if owner is None:
            raise BadChoice("owner", f"“{said['owner']}” is not the email of a member of this workspace.")
    return Facts(
        description=said.get("description", {}),
        owner=owner,
        tags=said.get("tags", []),
        is_deprecated=said.get("deprecated", False),
        is_hidden=said.get("hidden", False),
    )
