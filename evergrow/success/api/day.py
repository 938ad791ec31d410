"""My day: the ranked list, what was done, and the load."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers.tiers import scheme
from evergrow.success import access
from evergrow.success.api.tasks import Until, Whose
from evergrow.success.day import done, load, marks, reasons
from evergrow.success.day.listing import Item, Listing, ask, listing, one, rows
from evergrow.success.day.points import BY_KIND, rule
from evergrow.success.day.settings import set_capacity, set_rule
from evergrow.success.day.sources import Row, Source
from evergrow.workspaces.api import ApiRequest, Day, Input, RowId, token
from evergrow.workspaces.queries import member_or_404

router = Router(tags=["my day"])
SHOWN = 200
Key = str


class DayItemOut(Schema):
    """Something that waits. ``parts`` are what its rank comes from: (urgency + money + health + severity) ÷ effort."""

    key: str = Field(description="“task:12”, “signal:3”, “approval:12”, “renewal:7” and the kinds of other rooms.")
    kind: str
    place: int
    title: str
    account: int | None = Field(description="The account's number.")
    owner: int | None
    due_on: date | None
    rank: float
    parts: dict[str, float]
    effort: float
    reasons: list[str] = Field(description="Why it stands there, in the language that the request accepts.")
    is_pinned: bool


class DayOut(Schema):
    """The list by rank, at most 200 items of ``total``; ``settled`` and ``left`` say how far today is."""

    total: int
    settled: int
    left: int
    items: list[DayItemOut]


class DeedOut(Schema):
    at: datetime
    verb: str
    name: str
    reason: str


class DoneOut(Schema):
    """What the token's maker did on a day, newest first."""

    day: date
    deeds: list[DeedOut]


class DayLoadOut(Schema):
    day: date
    tasks: int = Field(alias="count")
    points: float
    capacity: float
    is_absent: bool


class MemberLoadOut(Schema):
    """Points due on the next working days against what the member can do; ``overdue`` is part of the first day."""

    member: int = Field(alias="member.pk")
    points: float
    capacity: float
    overdue: float
    later: int
    days: list[DayLoadOut]


class WorkRuleOut(Schema):
    """Points by kind of task, factors by tier, points that a member does in a working day."""

    points: dict[str, float]
    factors: dict[str, float]
    capacity: float


class WorkRuleIn(Input):
    points: dict[str, float] = Field(max_length=20, description="By kind of task; what is left out keeps its default.")
    factors: dict[str, float] = Field({}, max_length=20, description="By key of a tier; 1 where left out.")
    capacity: float = Field(ge=0, le=200)


class CapacityIn(Input):
    points: float | None = Field(ge=0, le=200, description="null: as the workspace's.")


class DayWindow(Schema):
    whose: Whose = Whose.MINE
    kind: str = Field("", max_length=40)


@router.get("/day", auth=token("view"), response=DayOut, summary="My day")
def my_day(request: ApiRequest, window: Query[DayWindow]) -> dict[str, Any]:
    """Everything that waits for whoever made the token, by rank."""
    found = listing(ask(request.member, window.whose.value))
    ranked = [item for item in found.items if not window.kind or item.key.startswith(f"{window.kind}:")]
    shown = rows(found.ask, list(enumerate(ranked[:SHOWN], start=1)))
    progress = done.progress(found, done.days_work(request.member))
    items = [_item(each, found, request.workspace.currency) for each in shown]
    return {"total": len(ranked), "settled": progress.settled, "left": progress.left, "items": items}


@router.put("/day/{key}/pin", auth=token("view"), response={204: None}, summary="Pin an item")
def pin(request: ApiRequest, key: Key) -> None:
    """Keep it on top of one's own list."""
    _source, row = _found(request, key)
    marks.pin(key=key, row=row, by=request.member)


@router.delete("/day/{key}/pin", auth=token("view"), response={204: None}, summary="Unpin an item")
def unpin(request: ApiRequest, key: Key) -> None:
    _source, row = _found(request, key)
    marks.unpin(key=key, row=row, by=request.member)


@router.put("/day/{key}/postponement", auth=token("work"), response={204: None}, summary="Put an item off")
def postpone(request: ApiRequest, key: Key, wish: Until) -> None:
    """Not before that day. Tasks and signals sleep for everybody, other items only leave one's own list."""
    source, row = _found(request, key)
    marks.postpone(source=source, key=key, row=row, by=request.member, until=wish.until)


@router.delete("/day/{key}/postponement", auth=token("view"), response={204: None}, summary="Bring an item back")
def bring_back(request: ApiRequest, key: Key) -> None:
    """Undo what put it off in one's own list. Tasks that sleep have their own way back."""
    _source, row = _found(request, key)
    marks.bring_back(key=key, row=row, by=request.member)


class DoneWindow(Schema):
    on: Day | None = Field(None, description="Left out: today.")


@router.get("/day/done", auth=token("view"), response=DoneOut, summary="What I did on a day")
def done_on(request: ApiRequest, window: Query[DoneWindow]) -> done.DaysWork:
    return done.days_work(request.member, window.on)


@router.get("/load", auth=token("view"), response=list[MemberLoadOut], summary="Load of the team")
def team_load(request: ApiRequest) -> list[load.MemberLoad]:
    """Every colleague who may work, over the next five working days."""
    return load.of_members(request.member, access.colleagues(request.member))


@router.get("/load/rule", auth=token("view"), response=WorkRuleOut, summary="How work is counted")
def work_rule(request: ApiRequest) -> Mapping[str, Any]:
    known = rule(request.workspace)
    return {"points": dict(known.points), "factors": dict(known.factors), "capacity": known.capacity}


@router.put("/load/rule", auth=token("manage"), response=WorkRuleOut, summary="Set how work is counted")
def set_work_rule(request: ApiRequest, facts: WorkRuleIn) -> Mapping[str, Any]:
    known = {tier.key for tier in scheme.of(request.workspace).tiers}
    set_rule(
        workspace=request.workspace,
        points={kind: facts.points.get(kind, points) for kind, points in BY_KIND.items()},
        factors={tier: factor for tier, factor in facts.factors.items() if tier in known},
        capacity=facts.capacity,
        by=request.member,
    )
    return work_rule(request)


@router.put("/load/capacities/{id}", auth=token("manage"), response={204: None}, summary="Set a member's capacity")
def set_member_capacity(request: ApiRequest, id: RowId, facts: CapacityIn) -> None:
    set_capacity(member=member_or_404(request.member, id), points=facts.points, by=request.member)


def _item(item: Item, found: Listing, currency: str) -> dict[str, Any]:
    account, ranked = item.row.account, item.ranked
    return {
        "key": item.key,
        "kind": item.source.kind,
        "place": item.place,
        "title": item.row.title,
        "account": account.number if account else None,
        "owner": item.row.owner.pk if item.row.owner else None,
        "due_on": ranked.fact.due_on,
        "rank": round(ranked.score, 3),
        "parts": {name: round(value, 3) for name, value in ranked.parts.items()},
        "effort": round(ranked.effort, 3),
        "reasons": reasons.reasons(item, found.scale, currency),
        "is_pinned": ranked.is_pinned,
    }


def _found(request: ApiRequest, key: str) -> tuple[Source, Row]:
    found = one(ask(request.member, "all"), key)
    if found is None:
        raise Http404
    return found
