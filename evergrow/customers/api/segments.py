"""Segments: who meets criteria now, or was put on a list."""

from datetime import datetime
from typing import Any, Literal

import numpy as np
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Pace, Segment, SegmentVersion
from evergrow.customers.number_set import among
from evergrow.customers.queries import segments as queries
from evergrow.customers.segments import exchange, membership, moves, typed, words
from evergrow.customers.segments import overlap as overlaps
from evergrow.customers.segments.reasons import about
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, Text, Window, page, token
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member

router = Router(tags=["segments"])
Kind = Literal["person", "account"]


class SegmentOut(Schema):
    """A segment and how fresh it is. ``size`` counts everybody, also whom the token may not see."""

    key: str
    name: str
    name_zh: str
    description: str
    kind: Kind
    is_list: bool
    pace: int = Field(description="Minutes between refreshes; 0 as events and traits arrive.")
    owner: int | None = Field(alias="owner_id")
    state: str = Field(description="draft, published or retired")
    version: int | None = Field(description="The published version of the criteria.")
    criteria: Any = Field(description="The published criteria, else the drafted ones; null for a list.")
    sentence: str
    size: int
    as_of: datetime | None
    problem: str = Field(description="Why the last refresh failed, if it did.")
    created_at: datetime
    retired_at: datetime | None

    @staticmethod
    def resolve_state(segment: Segment) -> str:
        if segment.is_retired:
            return "retired"
        return "published" if segment.is_list or _version(segment, "published") else "draft"

    @staticmethod
    def resolve_version(segment: Segment) -> int | None:
        found = _version(segment, "published")
        return found.number if found else None

    @staticmethod
    def resolve_criteria(segment: Segment) -> Any:
        found = _version(segment, "published") or _version(segment, "draft")
        return found.criteria if found else None

    @staticmethod
    def resolve_sentence(segment: Segment) -> str:
        found = _version(segment, "published") or _version(segment, "draft")
        return words.sentence(segment, found) if found else ""


def _version(segment: Segment, state: str) -> SegmentVersion | None:
    return next((each for each in segment.versions.all() if each.state == state), None)


class SegmentIn(Input):
    """A segment with ``criteria``, or a list of ``members``."""

    name: Line = Field(min_length=1, max_length=120)
    kind: Kind
    key: Line = Field("", description="Left out, it is made from the name.")
    name_zh: Line = ""
    description: Text = ""
    pace: int = Pace.ARRIVALS
    criteria: Any = Field(None, description="See docs/criteria.md; left out, the segment is a list.")
    members: list[Number] = Field(default_factory=list, max_length=100_000, description="Of a list: numbers.")
    is_draft: bool = Field(False, description="Keep the criteria as a draft instead of publishing them.")


class SegmentChange(Input):
    """What to change; what is left out stays. New criteria are published unless ``is_draft``."""

    name: Line = Field("", min_length=1)
    name_zh: Line = ""
    description: Text = ""
    pace: int = Pace.ARRIVALS
    owner: int | None = None
    criteria: Any = None
    is_draft: bool = False


class SegmentWindow(Window):
    kind: Kind | None = None
    q: Line = Field("", description="Words in a name or a key.")


class SegmentMemberOut(Schema):
    number: int
    name: str
    since: datetime | None = Field(description="When it last came in.")


class MembersIn(Input):
    """Numbers of people or accounts, or ids, addresses, domains as they would be typed."""

    numbers: list[Number] = Field(default_factory=list, max_length=100_000)
    words: list[Line] = Field(default_factory=list, max_length=100_000)


class ChangedOut(Schema):
    changed: int = Field(description="How many were put on the list, or taken off it.")
    unknown: list[str] = Field(default_factory=list, description="Words that mean nobody here.")


class MembershipOut(Schema):
    is_in: bool
    since: datetime | None
    as_of: datetime | None


class SegmentReasonOut(Schema):
    """A condition, or a group of them, in words; ``depth`` says where it stands in the tree."""

    sentence: str
    holds: bool
    depth: int
    is_group: bool
    found: str


class SegmentExplanationOut(Schema):
    is_in: bool
    as_of: datetime | None
    reasons: list[SegmentReasonOut]


class SegmentMoveOut(Schema):
    number: int = Field(alias="subject")
    at: datetime
    entered: bool
    cause: str


class SegmentMovesOut(Schema):
    items: list[SegmentMoveOut]


class MovesWindow(Schema):
    limit: int = Field(50, ge=1, le=1000)
    skip: int = Field(0, ge=0, le=1_000_000)


class Which(Schema):
    key: list[str] = Field(default_factory=list, description="Repeat it: two to eight segments of one kind.")


class PartOut(Schema):
    segments: list[str]
    count: int


class OverlapOut(Schema):
    """``parts`` are exclusive: who is in exactly these segments and in none of the others."""

    total: int
    parts: list[PartOut]


class QueuedOut(Schema):
    job: int
    state: str


class YamlOut(Schema):
    yaml: str


class YamlIn(Input):
    yaml: Text = Field(description="As an export has it.")
    dry_run: bool = Field(True, description="Only say what would change.")


class SegmentChangeOut(Schema):
    key: str
    what: str = Field(description="new, changed or same")
    fields: list[str]

    @staticmethod
    def resolve_fields(change: exchange.Change) -> list[str]:
        return [name for name, _, _ in change.lines]


class SegmentImportOut(Schema):
    is_applied: bool
    changes: list[SegmentChangeOut]


@router.get("/segments", auth=token("view"), response=Page[SegmentOut], summary="Segments")
def segments(request: ApiRequest, window: Query[SegmentWindow]) -> dict[str, Any]:
    """The segments of the workspace in the order they were made, retired ones too."""
    rows = Segment.objects.filter(workspace=request.workspace).prefetch_related("versions")
    if window.kind:
        rows = rows.filter(kind=window.kind)
    for word in window.q.split()[:8]:
        rows = rows.filter(name__icontains=word) | rows.filter(key__icontains=word)
    return page(rows, window)


@router.post("/segments", auth=token("work"), response={201: SegmentOut}, summary="Make a segment")
def create_segment(request: ApiRequest, facts: SegmentIn) -> Status[Segment]:
    """Make a segment; criteria are found by a job, a list has its members at once."""
    told = facts.model_dump()
    numbers = _seen(request, facts.kind, told.pop("members"))
    made = actions.create_segment(workspace=request.workspace, by=request.member, numbers=numbers, **told)
    return Status(201, _fresh(request, made.key))


@router.get("/segments/overlap", auth=token("view"), response=OverlapOut, summary="How segments overlap")
def overlap(request: ApiRequest, which: Query[Which]) -> dict[str, Any]:
    """Two to eight segments of one kind."""
    chosen = [_fresh(request, key) for key in dict.fromkeys(which.key[:50])]
    if not 2 <= len(chosen) <= overlaps.MOST or len({each.kind for each in chosen}) > 1:
        raise Refused(_("Name two to eight segments of one kind, each as key."))
    found = overlaps.overlap(request.workspace, chosen)
    parts = [
        {"segments": [each.key for place, each in enumerate(chosen) if part.holds(place)], "count": part.count}
        for part in found.parts
    ]
    return {"total": found.total, "parts": parts}


@router.get("/segments/export", auth=token("view"), response=YamlOut, summary="Segments as YAML")
def export(request: ApiRequest) -> dict[str, str]:
    """Every segment with criteria that is in use."""
    rows = Segment.objects.filter(workspace=request.workspace, retired_at=None)
    return {"yaml": exchange.as_yaml(rows)}


@router.post("/segments/import", auth=token("work"), response=SegmentImportOut, summary="Bring segments in")
def bring_in(request: ApiRequest, wish: YamlIn) -> dict[str, Any]:
    """Say what a text would change, or (``dry_run`` false) make and publish it, all or nothing."""
    if wish.dry_run:
        return {"is_applied": False, "changes": exchange.plan(request.workspace, wish.yaml)}
    changes = exchange.apply(workspace=request.workspace, text=wish.yaml, by=request.member)
    return {"is_applied": True, "changes": changes}


@router.get("/segments/{key}", auth=token("view"), response=SegmentOut, summary="A segment")
def segment(request: ApiRequest, key: str) -> Segment:
    return _fresh(request, key)


@router.patch("/segments/{key}", auth=token("work"), response=SegmentOut, summary="Change a segment")
def edit_segment(request: ApiRequest, key: str, facts: SegmentChange) -> Segment:
    """Change what is given."""
    found, told = _fresh(request, key), facts.model_dump(exclude_unset=True)
    criteria, is_draft = told.pop("criteria", None), told.pop("is_draft", False)
    if "owner" in told:
        told["owner"] = _colleague(request, told["owner"])
    if told:
        actions.edit_segment(segment=found, by=request.member, **told)
    if criteria is not None:
        actions.save_draft(segment=found, criteria=criteria, by=request.member)
        if not is_draft:
            actions.publish(segment=found, by=request.member)
    return _fresh(request, key)


@router.post("/segments/{key}/refresh", auth=token("work"), response={202: QueuedOut}, summary="Refresh a segment")
def refresh(request: ApiRequest, key: str) -> Status[dict[str, Any]]:
    """Have a job find the members anew; ``as_of`` of the segment says when it is done."""
    job = actions.request_refresh(segment=_fresh(request, key), by=request.member)
    return Status(202, {"job": job.pk, "state": job.state})


@router.post("/segments/{key}/retire", auth=token("work"), response=SegmentOut, summary="Retire a segment")
def retire(request: ApiRequest, key: str) -> Segment:
    """Take it out of use; its members stay as they are."""
    actions.retire(segment=_fresh(request, key), by=request.member)
    return _fresh(request, key)


@router.post("/segments/{key}/bring-back", auth=token("work"), response=SegmentOut, summary="Bring a segment back")
def bring_back(request: ApiRequest, key: str) -> Segment:
    """Use a retired segment again."""
    actions.bring_back(segment=_fresh(request, key), by=request.member)
    return _fresh(request, key)


@router.get(
    "/segments/{key}/members", auth=token("view"), response=Page[SegmentMemberOut], summary="Members of a segment"
)
def members(request: ApiRequest, key: str, window: Query[Window]) -> dict[str, Any]:
    """Those whom the token may see, by number."""
    found = _fresh(request, key)
    rows: Any = queries.members(request.member, found)
    piece = page(rows, window, by="number")
    since = queries.since(found, [each.number for each in piece["items"]])
    items = [{"number": each.number, "name": str(each), "since": since.get(each.number)} for each in piece["items"]]
    return {"items": items, "next": piece["next"]}


@router.post("/segments/{key}/members", auth=token("work"), response=ChangedOut, summary="Put on a list")
def put(request: ApiRequest, key: str, wish: MembersIn) -> dict[str, Any]:
    """Put people or accounts on a list."""
    return _change_list(request, key, wish, actions.put_on_list)


@router.post("/segments/{key}/members/take-off", auth=token("work"), response=ChangedOut, summary="Take off a list")
def take_off(request: ApiRequest, key: str, wish: MembersIn) -> dict[str, Any]:
    """Take people or accounts off a list."""
    return _change_list(request, key, wish, actions.take_off_list)


@router.get(
    "/segments/{key}/members/{number}", auth=token("view"), response=MembershipOut, summary="Whether somebody is in it"
)
def check(request: ApiRequest, key: str, number: Number) -> dict[str, Any]:
    """As of the last refresh."""
    found = _fresh(request, key)
    _one(request, found, number)
    is_in = bool(membership.holding(request.workspace.pk, [found.pk], number))
    since = queries.since(found, [number]).get(number) if is_in else None
    return {"is_in": is_in, "since": since, "as_of": found.as_of}


@router.get(
    "/segments/{key}/members/{number}/why",
    auth=token("view"),
    response=SegmentExplanationOut,
    summary="Why in, why out",
)
def explain(request: ApiRequest, key: str, number: Number) -> dict[str, Any]:
    """Every condition of the published criteria with whether it holds now."""
    found = _fresh(request, key)
    _one(request, found, number)
    is_in = bool(membership.holding(request.workspace.pk, [found.pk], number))
    return {"is_in": is_in, "as_of": found.as_of, "reasons": about(found, number)}


@router.get("/segments/{key}/moves", auth=token("view"), response=SegmentMovesOut, summary="Who came and who left")
def moved(request: ApiRequest, key: str, window: Query[MovesWindow]) -> dict[str, Any]:
    """The newest first; those whom the token may not see are left out."""
    found = _fresh(request, key)
    latest = moves.latest(found, window.limit, window.skip)
    seen = queries.named(request.member, found.kind, [move.subject for move in latest])
    return {"items": [move for move in latest if move.subject in seen]}


def _fresh(request: ApiRequest, key: str) -> Segment:
    return queries.segment_or_404(request.member, key)


def _one(request: ApiRequest, found: Segment, number: int) -> None:
    if number not in queries.named(request.member, found.kind, [number]):
        raise Http404


def _seen(request: ApiRequest, kind: str, numbers: list[int]) -> "np.ndarray[Any, Any]":
    """Those of the numbers that the token may see."""
    asked = np.unique(np.array(numbers, np.uint32))
    rows: Any = queries.visible(request.member, kind, among(asked))
    return np.fromiter(rows.order_by().values_list("number", flat=True), np.uint32) if len(asked) else asked


def _change_list(request: ApiRequest, key: str, wish: MembersIn, change: Any) -> dict[str, Any]:
    found = _fresh(request, key)
    numbers, unknown = _seen(request, found.kind, wish.numbers), []
    if wish.words:
        resolved = typed.resolve(request.member, found.kind, wish.words)
        numbers, unknown = np.union1d(numbers, resolved.numbers), resolved.unknown
    return {"changed": change(segment=found, numbers=numbers, by=request.member), "unknown": unknown}


def _colleague(request: ApiRequest, key: int | None) -> Member | None:
    if key is None:
        return None
    found = Member.objects.filter(workspace=request.workspace, left_at=None, pk=key).first()
    if found is None:
        raise Refused(_("The owner is no colleague here."))
    return found
