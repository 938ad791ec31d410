"""Merges of people, conflicts over ids, and the kinds of ids."""

from datetime import datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.actions import identity as actions
from evergrow.customers.actions.merges import CannotMerge, merge_people, undo_merge
from evergrow.customers.identity.kinds import Rule, rules
from evergrow.customers.models import IdentityConflict, PersonMerge
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.queries import merging
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, RowId, Window, page, refusal, token

router = Router(tags=["people"])
refusal(CannotMerge, 409)


class MergeOut(Schema):
    id: int
    kept: int = Field(alias="kept.number")
    merged: int = Field(alias="merged.number")
    reason: str
    by: str | None = Field(None, description="The colleague; null where a message did it.")
    at: datetime
    undone_at: datetime | None

    @staticmethod
    def resolve_by(merge: PersonMerge) -> str | None:
        return str(merge.by) if merge.by else None


class NewMerge(Input):
    merged: Number = Field(description="The number of the person who becomes a part of this one.")
    reason: Line = Field("same human", max_length=80)


class FactOut(Schema):
    name: str
    kept: Any
    merged: Any
    result: Any


class IdOut(Schema):
    kind: str
    value: str


class IdentityPreviewOut(Schema):
    """What a merge would move."""

    kept: int = Field(alias="kept.number")
    merged: int = Field(alias="merged.number")
    ids: list[IdOut]
    accounts: list[int]
    events: int | None
    tickets: int
    visits: int
    facts: list[FactOut]

    @staticmethod
    def resolve_accounts(preview: merging.Preview) -> list[int]:
        return [place.account.number for place in preview.accounts]


class MergesWindow(Window):
    person: Number | None = Field(None, description="Only merges of this person.")


class ConflictOut(Schema):
    id: int
    why: IdentityConflict.Why
    kind: str
    value: str
    person: int = Field(alias="person.number")
    other: int = Field(alias="other.number")
    state: IdentityConflict.State
    at: datetime

    @staticmethod
    def resolve_value(conflict: IdentityConflict, context: dict[str, Any]) -> str:
        """As the member may see it."""
        return str(mask_for(context["request"]).masked(conflict.person, "ids", conflict.value))


class ConflictsWindow(Window):
    state: IdentityConflict.State = IdentityConflict.State.OPEN


class KindOut(Schema):
    key: str
    name: str
    trait: str
    priority: int
    most: int
    joins: bool

    @staticmethod
    def resolve_name(rule: Rule) -> str:
        return str(rule.name)


class KindIn(Input):
    key: Line = Field(description="Small letters, digits and _, for example crm_id.")
    name: Line = ""
    trait: Line
    priority: int = Field(50, ge=0, le=1000)
    most: int = Field(1, ge=1, le=1000)
    joins: bool = True


@router.get("/merges", auth=token("view"), response=Page[MergeOut], summary="Merges of people")
def merges(request: ApiRequest, window: Query[MergesWindow]) -> dict[str, Any]:
    """The log of merges, the newest first; those that were taken back say when."""
    person = None if window.person is None else access.person_or_404(request.member, window.person)
    return page(merging.merges(request.member, person=person), window, by="-pk")


@router.get(
    "/people/{number}/merges/{merged}",
    auth=token("view"),
    response=IdentityPreviewOut,
    summary="What a merge would move",
)
def preview(request: ApiRequest, number: Number, merged: Number) -> merging.Preview:
    """Nothing is changed."""
    one, other = (access.person_or_404(request.member, each) for each in (number, merged))
    return merging.preview(one, other, mask_for(request))


@router.post("/people/{number}/merges", auth=token("work"), response={201: MergeOut}, summary="Merge two people")
def merge(request: ApiRequest, number: Number, wish: NewMerge) -> Status[PersonMerge]:
    """Make another person a part of this one, whose facts win. Every question shows it at once."""
    kept, merged = (access.person_or_404(request.member, each) for each in (number, wish.merged))
    return Status(201, merge_people(kept=kept, merged=merged, reason=wish.reason, by=request.member))


@router.put("/merges/{id}/undoing", auth=token("work"), response=MergeOut, summary="Take a merge back")
def undo(request: ApiRequest, id: RowId) -> PersonMerge:
    """The merged person stands alone again. Later merges of the same people are taken back first."""
    found = merging.merges(request.member).filter(pk=id).first()
    if found is None:
        raise Http404
    undo_merge(merge=found, by=request.member)
    return found


@router.get("/identity-conflicts", auth=token("view"), response=Page[ConflictOut], summary="Conflicts over ids")
def conflicts(request: ApiRequest, window: Query[ConflictsWindow]) -> dict[str, Any]:
    """Ids that pointed at two people whom no message may join."""
    return page(merging.conflicts(request.member, window.state), window, by="-pk")


@router.put(
    "/identity-conflicts/{id}/dismissal", auth=token("work"), response=ConflictOut, summary="Leave two people apart"
)
def dismiss(request: ApiRequest, id: RowId) -> IdentityConflict:
    """It does not come up again. To join them, merge the two people."""
    found = merging.conflicts(request.member, IdentityConflict.State.OPEN).filter(pk=id).first()
    if found is None:
        raise Http404
    return actions.dismiss_conflict(conflict=found, by=request.member)


@router.get("/identifier-kinds", auth=token("view"), response=list[KindOut], summary="Kinds of ids")
def kinds(request: ApiRequest) -> list[Rule]:
    """By which ids people are recognised besides user and anonymous ids, the strongest first."""
    return list(rules(request.workspace).values())


@router.post("/identifier-kinds", auth=token("manage"), response=KindOut, summary="Set a kind of id")
def set_kind(request: ApiRequest, wish: KindIn) -> Rule:
    """Add a kind, or change the one with this key. Holds for what comes from now on."""
    actions.set_kind(workspace=request.workspace, by=request.member, **wish.model_dump())
    return rules(request.workspace)[wish.key]


@router.delete("/identifier-kinds/{key}", auth=token("manage"), response={204: None}, summary="Remove a kind of id")
def remove_kind(request: ApiRequest, key: str) -> Status[None]:
    """A built-in kind is treated as at first again. Ids that are there stay."""
    if not actions.remove_kind(workspace=request.workspace, key=key, by=request.member):
        raise Http404
    return Status(204, None)
