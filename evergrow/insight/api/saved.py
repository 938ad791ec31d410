"""Saved questions through the API: the JSON form that was kept, and its answer now."""

from datetime import datetime
from typing import Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.insight import kinds
from evergrow.insight.saved import access, actions, queries
from evergrow.insight.saved.models import SavedQuestion
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, RowId, Text, Window, page, token
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member

router = Router(tags=["insight"])
Shared = Literal["private", "view", "edit"]


class SavedOut(Schema):
    """A saved question. ``question`` is the JSON form that was kept; ``problem`` says what is wrong with it now."""

    number: int
    kind: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    folder: str
    sharing: Shared = Field(
        description="private: the owner and managers; view: all may see it; edit: all may change it"
    )
    owner: int | None = Field(alias="owner_id")
    version: int
    question: Any = Field(alias="form")
    problem: str = Field(description="Why it can no longer be asked, with the part that is wrong; else empty.")
    is_pinned: bool
    created_at: datetime
    changed_at: datetime
    archived_at: datetime | None

    @staticmethod
    def resolve_problem(saved: SavedQuestion) -> str:
        wrong = queries.read(saved).wrong
        return f"{wrong.part}: {wrong.sentence}" if wrong else ""


class SavedIn(Input):
    """A question under a name, in one language at least."""

    question: dict[str, Any] = Field(description="The JSON form of any kind; see the questions' own operations.")
    name_zh: Line = ""
    name_en: Line = ""
    description_zh: Text = ""
    description_en: Text = ""
    folder: Line = ""
    sharing: Shared = "private"


class SavedChange(Input):
    """What to change; what is left out stays. Another question, or other texts, are a new version."""

    question: dict[str, Any] | None = None
    base: int | None = Field(None, description="The version you know; refused where there is a newer one.")
    name_zh: Line = ""
    name_en: Line = ""
    description_zh: Text = ""
    description_en: Text = ""
    folder: Line = ""
    sharing: Shared = "private"
    owner: RowId | None = None


class SavedWindow(Window):
    q: Line = Field("", description="Words in names, descriptions or the folder.")
    kind: Line = ""
    folder: Line = ""
    is_archived: bool = False


class SavedVersionOut(Schema):
    """An edition, with the member who made it."""

    number: int
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    question: Any = Field(alias="form")
    by: int | None = Field(alias="by_id")
    at: datetime


class VersionsOut(Schema):
    items: list[SavedVersionOut]


class AnsweredOut(Schema):
    """``answer`` is what the operation of the question's kind answers."""

    kind: str
    reading: str = Field(description="What it says, in a sentence or two, as HTML with <b> alone.")
    as_of: datetime
    answer: Any


@router.get("/questions/saved", auth=token("view"), response=Page[SavedOut], summary="Saved questions")
def saved_questions(request: ApiRequest, window: Query[SavedWindow]) -> dict[str, Any]:
    """Those that the token may see, in the order they were saved."""
    rows = queries.searched(request.member, window.q)
    if window.is_archived:
        rows = access.visible(request.member).filter(archived_at__isnull=False)
    chosen = {name: value for name, value in (("kind", window.kind), ("folder", window.folder)) if value}
    return page(rows.filter(**chosen), window)


@router.post("/questions/saved", auth=token("work"), response={201: SavedOut}, summary="Save a question")
def save_question(request: ApiRequest, facts: SavedIn) -> Status[SavedQuestion]:
    """Keep a question as its kind writes it."""
    told = facts.model_dump()
    form = told.pop("question")
    return Status(201, actions.save(workspace=request.workspace, form=form, by=request.member, **told))


@router.get("/questions/saved/{number}", auth=token("view"), response=SavedOut, summary="A saved question")
def saved_question(request: ApiRequest, number: Number) -> SavedQuestion:
    return access.get(request.member, number)


@router.patch("/questions/saved/{number}", auth=token("work"), response=SavedOut, summary="Change a saved question")
def change_question(request: ApiRequest, number: Number, facts: SavedChange) -> SavedQuestion:
    """Change what is given."""
    saved, told = access.get(request.member, number), facts.model_dump(exclude_unset=True)
    form, base = told.pop("question", None), told.pop("base", None)
    if "owner" in told:
        told["owner"] = _colleague(request, told["owner"])
    if form is not None:
        actions.save_again(question=saved, form=form, by=request.member, base=base)
    if told:
        actions.describe(question=saved, by=request.member, **told)
    return access.get(request.member, number)


@router.get(
    "/questions/saved/{number}/versions",
    auth=token("view"),
    response=VersionsOut,
    summary="Versions of a saved question",
)
def versions(request: ApiRequest, number: Number) -> dict[str, Any]:
    """The newest first."""
    return {"items": access.get(request.member, number).versions.order_by("-number")}


@router.post(
    "/questions/saved/{number}/versions/{version}/restore",
    auth=token("work"),
    response=SavedOut,
    summary="Restore a version of a saved question",
)
def restore(request: ApiRequest, number: Number, version: Number) -> SavedQuestion:
    """Make it the newest version."""
    saved = access.get(request.member, number)
    if not saved.versions.filter(number=version).exists():
        raise Http404
    actions.restore_version(question=saved, number=version, by=request.member)
    return access.get(request.member, number)


@router.post(
    "/questions/saved/{number}/archive", auth=token("work"), response=SavedOut, summary="Archive a saved question"
)
def archive(request: ApiRequest, number: Number) -> SavedQuestion:
    """Put it away; it can be brought back."""
    actions.archive(question=access.get(request.member, number), by=request.member)
    return access.get(request.member, number)


@router.post(
    "/questions/saved/{number}/bring-back",
    auth=token("work"),
    response=SavedOut,
    summary="Bring a saved question back",
)
def bring_back(request: ApiRequest, number: Number) -> SavedQuestion:
    """Take it out of the archive."""
    actions.bring_back(question=access.get(request.member, number), by=request.member)
    return access.get(request.member, number)


@router.post(
    "/questions/saved/{number}/answer", auth=token("view"), response=AnsweredOut, summary="Ask a saved question"
)
def answer(request: ApiRequest, number: Number) -> dict[str, Any]:
    """Its answer now, over the accounts that the token may see; 422 at the part that is wrong."""
    saved = access.get(request.member, number)
    kind = kinds.get(saved.kind)
    return queries.answered(request.member, kind, kind.read(saved.form))


def _colleague(request: ApiRequest, key: int | None) -> Member:
    found = Member.objects.filter(workspace=request.workspace, left_at=None, pk=key or 0).first()
    if found is None:
        raise BadChoice("owner", _("The owner is no colleague here."))
    return found
