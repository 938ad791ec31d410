"""Lifecycles: their stages, where subjects stand and how they came there, moves and imports; products."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.models import Lifecycle, Product, StageStay
from evergrow.customers.stages import by_hand, editing, flow, seen, timing
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.history import stays
from evergrow.customers.stages.moves import Subject
from evergrow.customers.stages.preview import preview
from evergrow.customers.stages.standing import standings
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Number, Page, Text, Window, page, token
from evergrow.workspaces.errors import Refused

router = Router(tags=["stages"])
MOST_MOVERS = 1000


class StageOut(Schema):
    """A stage in its place. ``entry`` and ``exit`` are criteria, null where there are none."""

    key: str
    name: dict[str, str]
    kind: Literal["start", "active", "paused", "terminal"]
    expected_days: int | None
    stuck_days: int | None
    entry: dict[str, Any] | None
    exit: dict[str, Any] | None
    least: int
    owner: str
    next: list[str]
    has_gate: bool


class StageLifecycleOut(Schema):
    """A lifecycle with the stages that count; version 0 and no stages before anything is published."""

    key: str
    kind: Literal["account", "person", "product"]
    name: dict[str, str]
    is_main: bool
    version: int
    evaluated_at: datetime | None
    problem: str
    stages: list[StageOut]


class StageStandingOut(Schema):
    """Where a subject stands. ``days`` are those in the stage without pauses."""

    lifecycle: str
    stage: str
    since: datetime
    days: int
    pace: Literal["on_track", "behind", "stuck", "paused", "ended"]
    spell: int
    source: str
    locked_until: date | None


class StayOut(Schema):
    """A stay in a stage; ``left_at`` is null where the subject is there still."""

    id: int
    subject: int
    stage: str
    spell: int
    entered_at: datetime
    left_at: datetime | None
    is_skipped: bool
    is_backward: bool
    source: str
    cause: str
    reason: str
    by: int | None = Field(alias="by_id")

    @staticmethod
    def resolve_subject(stay: StageStay) -> int:
        return int(stay.subject.number)


class MoveIn(Input):
    stage: Line
    reason: Text = Field(min_length=1)
    locked_until: Day | None = Field(None, description="The last day on which criteria leave it there.")


class StagePlaceIn(Input):
    stage: Line
    since: Day | None = Field(None, description="The day since which it stands there; left out, now.")
    reason: Text = ""


class FlowOut(Schema):
    """Moves of a period; "" is outside the lifecycle."""

    before: str
    after: str
    moves: int


class TimeOut(Schema):
    """How long a stage takes by Kaplan and Meier; null where the curve does not come so far."""

    stage: str
    n: int
    left: int
    still_there: int
    median_days: int | None
    p90_days: int | None
    curve: list[tuple[int, float]]


class MoversOut(Schema):
    """Who would go from a stage to another; "" is outside the lifecycle. ``subjects``: the first 1,000, by number."""

    before: str
    after: str
    count: int
    subjects: list[int]


class StagePreviewOut(Schema):
    """What the draft would do to those whom the token may see. ``failing`` would fall back later if nothing changes;
    ``stray`` stand in a stage that the draft does not have."""

    version: int
    looked: int
    moved: int
    failing: int
    stray: int
    movers: list[MoversOut]


class ProductOut(Schema):
    number: int
    code: str
    name: dict[str, str] = Field(alias="names")
    used_by: dict[str, Any] | None


@router.get("/lifecycles", auth=token("view"), response=list[StageLifecycleOut], summary="Lifecycles")
def lifecycles(request: ApiRequest) -> list[dict[str, Any]]:
    """Every lifecycle that runs, with its stages."""
    rows = Lifecycle.objects.filter(workspace=request.workspace, retired_at=None).order_by("pk")
    return [_lifecycle(each) for each in rows]


@router.get(
    "/lifecycles/{key}/subjects/{number}", auth=token("view"), response=StageStandingOut, summary="Where it stands"
)
def standing(request: ApiRequest, key: str, number: Number) -> dict[str, Any]:
    """The stage of an account, a person or a product, by its number."""
    lifecycle = _found(request, key)
    return _standing(lifecycle, _subject(request, lifecycle, number))


@router.get("/lifecycles/{key}/stays", auth=token("view"), response=Page[StayOut], summary="The history of stages")
def history(request: ApiRequest, key: str, window: Query[Window]) -> dict[str, Any]:
    """Every stay of those whom one may see, the first one first."""
    return page(stays(request.member, _found(request, key)), window)


@router.post(
    "/lifecycles/{key}/subjects/{number}/move", auth=token("work"), response=StageStandingOut, summary="Move to a stage"
)
def move(request: ApiRequest, key: str, number: Number, wish: MoveIn) -> dict[str, Any]:
    """Put a subject into a stage from now on, with a reason."""
    lifecycle = _found(request, key)
    subject = _subject(request, lifecycle, number)
    by_hand.move(
        lifecycle=lifecycle,
        subject=subject,
        to=wish.stage,
        reason=wish.reason,
        locked_until=wish.locked_until,
        by=request.member,
    )
    return _standing(lifecycle, subject)


@router.post(
    "/lifecycles/{key}/subjects/{number}/placement",
    auth=token("manage"),
    response={201: StageStandingOut},
    summary="Take over a stage from another system",
)
def placement(request: ApiRequest, key: str, number: Number, wish: StagePlaceIn) -> Status[dict[str, Any]]:
    """Say since which day a subject stands in a stage. Days go forwards: the earliest stay first."""
    lifecycle = _found(request, key)
    subject = _subject(request, lifecycle, number)
    by_hand.place(
        lifecycle=lifecycle, subject=subject, to=wish.stage, since=wish.since, reason=wish.reason, by=request.member
    )
    return Status(201, _standing(lifecycle, subject))


@router.get("/lifecycles/{key}/flow", auth=token("view"), response=list[FlowOut], summary="Moves between stages")
def movement(request: ApiRequest, key: str, days: int = 90) -> list[dict[str, Any]]:
    """How many moves there were from stage to stage in the last days, today included."""
    lifecycle = _found(request, key)
    steps = flow.steps(request.member, lifecycle, flow.period(lifecycle, max(1, min(days, 3650))))
    counted = sorted(flow.counts(steps).items(), key=lambda item: (-item[1], item[0]))
    return [{"before": before, "after": after, "moves": count} for (before, after), count in counted]


@router.get("/lifecycles/{key}/times", auth=token("view"), response=list[TimeOut], summary="Time in each stage")
def times(request: ApiRequest, key: str) -> list[dict[str, Any]]:
    """Median, 90th percentile and the curve, those still in the stage counted as such."""
    lifecycle = _found(request, key)
    counts = definitions.of(lifecycle)
    if counts is None:
        return []
    return [
        {
            "stage": each.stage.key,
            "n": each.curve.n,
            "left": each.curve.left,
            "still_there": each.curve.still,
            "median_days": each.curve.median,
            "p90_days": each.curve.p90,
            "curve": list(each.curve.steps),
        }
        for each in timing.read(request.member, lifecycle, counts)
    ]


@router.get(
    "/lifecycles/{key}/draft/movers",
    auth=token("manage"),
    response=StagePreviewOut,
    summary="Who would move by the draft",
)
def movers(request: ApiRequest, key: str) -> dict[str, Any]:
    """The saved draft asked of everybody now, without moving anybody."""
    lifecycle = _found(request, key)
    draft = editing.draft(lifecycle)
    if draft is None:
        raise Http404
    try:
        found = preview(lifecycle, draft, request.member)
    except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery) as error:
        raise Refused(str(error)) from error
    return {
        **{name: getattr(found, name) for name in ("looked", "moved", "failing", "stray")},
        "version": draft.number,
        "movers": [
            {
                "before": flow.before,
                "after": flow.after,
                "count": len(flow.subjects),
                "subjects": sorted(number for _pk, number in flow.subjects)[:MOST_MOVERS],
            }
            for flow in found.flows
        ],
    }


@router.get("/products", auth=token("view"), response=list[ProductOut], summary="Products")
def products(request: ApiRequest) -> list[Product]:
    """What the workspace offers, with the criteria for who uses it."""
    return list(Product.objects.filter(workspace=request.workspace, retired_at=None).order_by("number"))


def _found(request: ApiRequest, key: str) -> Lifecycle:
    found = Lifecycle.objects.filter(workspace=request.workspace, key=key).first()
    if found is None:
        raise Http404
    found.workspace = request.workspace
    return found


def _subject(request: ApiRequest, lifecycle: Lifecycle, number: int) -> Subject:
    found: Subject | None = seen.subjects(request.member, lifecycle).filter(number=number).first()
    if found is None:
        raise Http404
    return found


def _standing(lifecycle: Lifecycle, subject: Subject) -> dict[str, Any]:
    counts = definitions.of(lifecycle)
    found = standings(lifecycle, counts, [subject.pk]).get(subject.pk) if counts else None
    if found is None:
        raise Http404
    return {
        "lifecycle": lifecycle.key,
        "stage": found.stay.stage,
        "since": found.stay.entered_at,
        "days": found.days,
        "pace": found.status,
        "spell": found.stay.spell,
        "source": found.stay.source,
        "locked_until": found.stay.locked_until,
    }


def _lifecycle(lifecycle: Lifecycle) -> dict[str, Any]:
    counts = definitions.of(lifecycle)
    return {
        "key": lifecycle.key,
        "kind": lifecycle.kind,
        "name": lifecycle.names,
        "is_main": lifecycle.is_main,
        "version": counts.version.number if counts and counts.version else 0,
        "evaluated_at": lifecycle.evaluated_at,
        "problem": lifecycle.problem,
        "stages": [
            {
                "key": stage.key,
                "name": stage.names,
                "kind": stage.kind,
                "expected_days": stage.expected,
                "stuck_days": stage.stuck,
                "entry": stage.entry,
                "exit": stage.exit,
                "least": stage.least,
                "owner": stage.owner,
                "next": list(stage.next),
                "has_gate": stage.gate is not None,
            }
            for stage in (counts.stages if counts else ())
        ],
    }
