"""Annotations through the API: notes on days that every chart over time shows."""

from datetime import date, datetime

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.insight import annotation_actions as actions
from evergrow.insight.models import Annotation
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, RowId, token

router = Router(tags=["insight"])
MOST = 500


class AnnotationIn(Input):
    """What happened on a day, in one language at least."""

    day: Day
    text_zh: Line = ""
    text_en: Line = ""


class AnnotationOut(Schema):
    """A note, with its author."""

    id: int = Field(alias="pk")
    day: date
    text_zh: str
    text_en: str
    by: int | None = Field(alias="by_id")
    by_name: str
    made_at: datetime
    changed_at: datetime


class AnnotationsOut(Schema):
    items: list[AnnotationOut]


class DaysIn(Schema):
    """The days asked about, both counted; an end that is left out is open."""

    first: Day = date.min
    last: Day = date.max


@router.get("/annotations", auth=token("view"), response=AnnotationsOut, summary="Annotations")
def annotations(request: ApiRequest, days: Query[DaysIn]) -> dict[str, list[Annotation]]:
    """The notes on these days, in the order of the days; at most 500."""
    found = Annotation.objects.filter(workspace=request.workspace, day__range=(days.first, days.last))
    return {"items": list(found.order_by("day", "pk")[:MOST])}


@router.post("/annotations", auth=token("work"), response={201: AnnotationOut}, summary="Annotate a day")
def annotate(request: ApiRequest, sent: AnnotationIn) -> Status[Annotation]:
    """Write what happened on a day; one language is enough, the other then shows the same."""
    return Status(201, actions.annotate(workspace=request.workspace, by=request.member, **sent.model_dump()))


@router.put("/annotations/{id}", auth=token("work"), response=AnnotationOut, summary="Change an annotation")
def change_annotation(request: ApiRequest, id: RowId, sent: AnnotationIn) -> Annotation:
    """Say it otherwise, or on another day; it stays its author's."""
    found = get_object_or_404(Annotation, workspace=request.workspace, pk=id)
    return actions.change_annotation(annotation=found, by=request.member, **sent.model_dump())


@router.delete("/annotations/{id}", auth=token("work"), response={204: None}, summary="Remove an annotation")
def remove_annotation(request: ApiRequest, id: RowId) -> Status[None]:
    """Take it away; the audit trail keeps what it said."""
    actions.remove_annotation(
        annotation=get_object_or_404(Annotation, workspace=request.workspace, pk=id), by=request.member
    )
    return Status(204, None)
