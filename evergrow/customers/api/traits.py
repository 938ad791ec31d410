"""Traits: what they are, those of one person or account with their source and history, and computed ones."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field, StrictBool

from evergrow.customers import access
from evergrow.customers.criteria import CostError, CriteriaError
from evergrow.customers.models import ComputedState, ComputedTrait, Precedence, SubjectKind, TraitType
from evergrow.customers.traits import catalogue, describing, document, history, words
from evergrow.customers.traits.card import numbers
from evergrow.customers.traits.computed import drafts
from evergrow.customers.traits.computed.compute import kind_of as kind_of_trait
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.precedence import can_be_kept
from evergrow.customers.traits.preview import preview as preview_of
from evergrow.customers.traits.subjects import FIELDS, Kind, Subject, current, kind_of
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, RowId, refusal, token
from evergrow.workspaces.models import AccountScope

router = Router(tags=["traits"])
refusal(CriteriaError, 422)
refusal(FormulaError, 422)
refusal(CostError, 422)
refusal(drafts.NoDraft, 409)
refusal(drafts.StillNeeded, 409)
refusal(document.BadDocument, 422)

TraitKey = Annotated[str, Path(max_length=200)]


class SourceOut(Schema):
    source: str
    times: int = Field(alias="said")
    last_at: datetime


class TraitOut(Schema):
    """A trait in the catalogue. ``filled`` of ``subjects`` have it; only who sees everybody gets a ``sample``."""

    kind: SubjectKind
    key: str
    label: str
    type: str
    origin: str
    unit: str
    description: dict[str, str]
    is_personal: bool
    filled: int
    subjects: int
    distinct: int
    sample: str
    sources: list[SourceOut]


class OfKind(Schema):
    kind: SubjectKind = SubjectKind.PERSON


class DescriptionIn(Input):
    """What is left out stays."""

    kind: SubjectKind
    trait: Line = Field(description="The key of a trait.", min_length=1)
    type: TraitType | None = None
    name: dict[str, str] | None = Field(None, description="By language: en, zh.")
    description: dict[str, str] | None = None
    unit: Line | None = None
    is_personal: StrictBool | None = None
    precedence: Precedence | None = None
    order: list[Line] | None = Field(None, description="Sources, the most trusted first; empty is the usual order.")


class TraitValuesIn(Input):
    values: dict[str, Any] = Field(description="Values by the trait's key; null forgets one.")


class TraitValueOut(Schema):
    """A trait of one person or account, where it is from and when it was said."""

    trait: str
    value: Any
    source: str
    at: datetime | None


class MomentOut(Schema):
    at: datetime
    value: str = Field(alias="text", description="Empty where the trait lost its value.")
    is_gone: bool
    source: str
    by: str


class ComputedOut(Schema):
    """A computed trait. ``definition`` is the published one, ``draft`` waits to be published."""

    id: int
    kind: SubjectKind
    key: str
    name: dict[str, str]
    definition: dict[str, Any] | None
    draft: dict[str, Any] | None
    version: int | None
    computed_at: datetime | None
    filled: int
    took_ms: int
    error: str


class TraitDraftIn(Input):
    definition: dict[str, Any]
    name: dict[str, str] | None = None
    note: Line = ""


class NewComputed(TraitDraftIn):
    kind: SubjectKind
    key: Line = Field(description="Small letters, digits and underscores.")


class TraitPreviewIn(Input):
    kind: SubjectKind
    definition: dict[str, Any]
    key: Line = Field("preview", description="The trait's own key, where it is there already.")


class BarOut(Schema):
    label: str
    count: int


class SampleOut(Schema):
    number: int
    name: str
    value: Any


class TraitPreviewOut(Schema):
    """What a definition would give now; nothing is stored."""

    sentence: str
    type: str
    filled: int
    subjects: int
    milliseconds: int
    mean: float | None
    median: float | None
    bars: list[BarOut]
    samples: list[SampleOut]


@router.get("/traits", auth=token("view"), response=list[TraitOut], summary="Traits")
def traits(request: ApiRequest, of: Query[OfKind]) -> list[dict[str, Any]]:
    """Every trait of people or accounts: fields, custom ones, computed ones."""
    sees_all = request.member.scope == AccountScope.ALL
    return [_entry(each, sees_all) for each in catalogue.entries(request.workspace, _kind(of.kind))]


def _kind(kind: SubjectKind) -> Kind:
    return "account" if kind == SubjectKind.ACCOUNT else "person"


def _entry(each: catalogue.Entry, sees_all: bool) -> dict[str, Any]:
    names = ("kind", "key", "label", "type", "origin", "unit", "description", "is_personal", "subjects")
    filled = each.filled
    return {name: getattr(each, name) for name in names} | {
        "filled": each.count,
        "distinct": filled.distinct if filled else 0,
        "sample": filled.sample if filled and sees_all else "",
        "sources": each.sources,
    }


@router.patch("/traits", auth=token("manage"), response=TraitOut, summary="Describe a trait")
def describe(request: ApiRequest, facts: DescriptionIn) -> dict[str, Any]:
    """Say what a trait is, whether it is personal, and which source is trusted when several differ."""
    kind = _kind(facts.kind)
    given = facts.model_dump(exclude_unset=True, exclude_none=True, exclude={"kind", "trait"})
    describing.describe(workspace=request.workspace, kind=kind, key=facts.trait, by=request.member, **given)
    found = catalogue.entry(request.workspace, kind, facts.trait)
    if found is None:
        raise Http404
    return _entry(found, request.member.scope == AccountScope.ALL)


@router.get("/people/{number}/traits", auth=token("view"), response=list[TraitValueOut], summary="Traits of a person")
def person_traits(request: ApiRequest, number: Number) -> list[dict[str, Any]]:
    """Fields and custom traits with their source and time."""
    return _values(access.person_or_404(request.member, number))


@router.get(
    "/accounts/{number}/traits", auth=token("view"), response=list[TraitValueOut], summary="Traits of an account"
)
def account_traits(request: ApiRequest, number: Number) -> list[dict[str, Any]]:
    """Fields and custom traits with their source and time."""
    return _values(access.account_or_404(request.member, number))


@router.patch(
    "/people/{number}/traits", auth=token("work"), response=list[TraitValueOut], summary="Set traits of a person"
)
def set_person_traits(request: ApiRequest, number: Number, sent: TraitValuesIn) -> list[dict[str, Any]]:
    """Set custom traits; ``null`` forgets one. A newer value of a more trusted source stays."""
    return _set(request, access.person_or_404(request.member, number), sent.values)


@router.patch(
    "/accounts/{number}/traits", auth=token("work"), response=list[TraitValueOut], summary="Set traits of an account"
)
def set_account_traits(request: ApiRequest, number: Number, sent: TraitValuesIn) -> list[dict[str, Any]]:
    """Set custom traits; ``null`` forgets one. A newer value of a more trusted source stays."""
    return _set(request, access.account_or_404(request.member, number), sent.values)


@router.get(
    "/people/{number}/trait-history/{path:trait}",
    auth=token("view"),
    response=list[MomentOut],
    summary="History of a trait",
)
def person_history(request: ApiRequest, number: Number, trait: TraitKey) -> list[history.Moment]:
    """What was said of a person's trait, newest first."""
    return _history(access.person_or_404(request.member, number), trait)


@router.get(
    "/accounts/{number}/trait-history/{path:trait}",
    auth=token("view"),
    response=list[MomentOut],
    summary="History of a trait",
)
def account_history(request: ApiRequest, number: Number, trait: TraitKey) -> list[history.Moment]:
    """What was said of an account's trait, newest first."""
    return _history(access.account_or_404(request.member, number), trait)


def _set(request: ApiRequest, row: Subject, values: dict[str, Any]) -> list[dict[str, Any]]:
    describing.set_values(row=row, values=values, by=request.member)
    return _values(row)


def _values(row: Subject) -> list[dict[str, Any]]:
    found = []
    for key in dict.fromkeys([*FIELDS[kind_of(row)], *row.traits]):
        said = current(row, key)
        if said.value is not None:
            at = history.moment(said.at) if said.at else None
            found.append({"trait": key, "value": said.value, "source": said.source, "at": at})
    return found


def _history(row: Subject, trait: str) -> list[history.Moment]:
    if not can_be_kept(trait):
        raise Http404
    return history.of(row.workspace, kind_of(row), numbers(row), trait, current(row, trait))


@router.get("/computed-traits", auth=token("view"), response=list[ComputedOut], summary="Computed traits")
def computed_traits(request: ApiRequest) -> list[dict[str, Any]]:
    rows = ComputedTrait.objects.filter(workspace=request.workspace).prefetch_related("versions")
    return [_computed(trait) for trait in rows.order_by("kind", "key")]


@router.post("/computed-traits", auth=token("manage"), response={201: ComputedOut}, summary="Make a computed trait")
def create(request: ApiRequest, new: NewComputed) -> Status[dict[str, Any]]:
    """Make one as a draft."""
    made = drafts.create(
        workspace=request.workspace,
        kind=_kind(new.kind),
        key=new.key,
        definition=new.definition,
        name=new.name,
        note=new.note,
        by=request.member,
    )
    return Status(201, _computed(made.trait))


@router.post("/computed-traits/preview", auth=token("manage"), response=TraitPreviewOut, summary="Preview a definition")
def preview(request: ApiRequest, asked: TraitPreviewIn) -> dict[str, Any]:
    """What a definition would give, how spread, for whom, and what it costs."""
    kind = _kind(asked.kind)
    found, _ = drafts.check(request.workspace, kind, asked.key, asked.definition, is_new=False)
    seen = preview_of(found, request.member)
    return {
        "sentence": words.sentence(found),
        "type": found.type,
        "filled": seen.filled,
        "subjects": seen.subjects,
        "milliseconds": seen.milliseconds,
        "mean": seen.spread.mean,
        "median": seen.spread.median,
        "bars": [{"label": bar.label, "count": bar.count} for bar in seen.spread.bars],
        "samples": [
            {"number": each.subject.number, "name": str(each.subject), "value": each.value} for each in seen.samples
        ],
    }


@router.get("/computed-traits/{id}", auth=token("view"), response=ComputedOut, summary="A computed trait")
def computed_trait(request: ApiRequest, id: RowId) -> dict[str, Any]:
    return _computed(_trait(request, id))


@router.put("/computed-traits/{id}/draft", auth=token("manage"), response=ComputedOut, summary="Write the draft")
def save_draft(request: ApiRequest, id: RowId, draft: TraitDraftIn) -> dict[str, Any]:
    """Write a definition into the draft, begun here where there is none."""
    trait = _trait(request, id)
    drafts.save_draft(trait=trait, definition=draft.definition, name=draft.name, note=draft.note, by=request.member)
    return _computed(trait)


@router.delete("/computed-traits/{id}/draft", auth=token("manage"), response={204: None}, summary="Discard the draft")
def discard(request: ApiRequest, id: RowId) -> Status[None]:
    """Throw the draft away; a trait that was never published goes with it."""
    drafts.discard_draft(trait=_trait(request, id), by=request.member)
    return Status(204, None)


@router.post("/computed-traits/{id}/publication", auth=token("manage"), response=ComputedOut, summary="Publish")
def publish(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """Make the draft the version that counts, and compute it."""
    trait = _trait(request, id)
    drafts.publish(trait=trait, by=request.member)
    return _computed(trait)


@router.delete(
    "/computed-traits/{id}/publication", auth=token("manage"), response=ComputedOut, summary="Retire a computed trait"
)
def retire(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """Stop computing it; its values go, its history stays."""
    trait = _trait(request, id)
    drafts.retire(trait=trait, by=request.member)
    return _computed(trait)


@router.post(
    "/computed-traits/{id}/computation", auth=token("manage"), response={202: ComputedOut}, summary="Compute now"
)
def compute(request: ApiRequest, id: RowId) -> Status[dict[str, Any]]:
    """Queue a computation of it, and of those computed from it."""
    trait = _trait(request, id)
    drafts.compute_now(trait=trait, by=request.member)
    return Status(202, _computed(trait))


def _trait(request: ApiRequest, key: int) -> ComputedTrait:
    return get_object_or_404(ComputedTrait.objects.select_related("workspace"), workspace=request.workspace, pk=key)


def _computed(trait: ComputedTrait) -> dict[str, Any]:
    versions = {version.state: version for version in trait.versions.all()}
    published, draft = versions.get(ComputedState.PUBLISHED), versions.get(ComputedState.DRAFT)
    names = ("id", "key", "name", "computed_at", "filled", "took_ms", "error")
    return {name: getattr(trait, name) for name in names} | {
        "kind": kind_of_trait(trait),
        "definition": published.definition if published else None,
        "draft": draft.definition if draft else None,
        "version": published.number if published else None,
    }
