"""Operations on imports: send a file, say what its columns mean, run it, undo it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from django.http import FileResponse, Http404
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from evergrow.intake import access
from evergrow.intake.capture import rejects as capture
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.files import UnusableFile
from evergrow.intake.imports import drafts, engine, undo
from evergrow.intake.kinds import KINDS
from evergrow.intake.models import Import, ImportState, Reject, RejectState
from evergrow.intake.rejects import actions, queries
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Page, RowId, Text, Window, page, refusal, token

router = Router(tags=["imports"])
ImportKind = StrEnum("ImportKind", {key.upper(): key for key in KINDS})  # type: ignore[misc]

refusal(UnusableFile, 422)
refusal(drafts.UnknownKind, 422)
refusal(drafts.MappingIncomplete, 422)
refusal(drafts.NotADraft, 409)
refusal(engine.NotRunning, 409)
refusal(undo.CannotUndo, 409)
refusal(capture.AlreadyReplayed, 409)
refusal(capture.CannotReplay, 422)
refusal(SpoolUnavailable, 503)


class DateOrder(StrEnum):
    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"


class FileImportOut(Schema):
    """A file on its way in. ``mapping``: which field each column fills; ``bad`` rows are at ``/rejected``."""

    id: int
    kind: str
    file_name: str
    size: int
    state: ImportState
    columns: list[str]
    mapping: dict[str, Any]
    rows_total: int
    rows_done: int
    created: int
    updated: int
    unchanged: int
    bad: int
    error: dict[str, Any]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @staticmethod
    def resolve_columns(source: Import) -> list[str]:
        return list(source.layout.get("columns", []))


class NewImport(Schema):
    kind: Line = Field("", description="What the file holds, for example accounts; left out, it is guessed.")


class MappingIn(Input):
    kind: ImportKind | None = Field(None, description="Read the file as another kind; its columns are guessed anew.")
    columns: dict[Line, Line] | None = Field(None, description="Column → field; an empty field leaves it out.")
    date_order: DateOrder | None = None


@router.get("/imports", auth=token("manage"), response=Page[FileImportOut], summary="Imports")
def imports(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Imports, the newest first."""
    return page(access.imports(request.member), window, by="-pk")


@router.post("/imports", auth=token("manage"), response={201: FileImportOut}, summary="Send a file")
def receive(request: ApiRequest, file: File[UploadedFile], wish: Form[NewImport]) -> Status[Import]:
    """CSV, CSV.gz, Excel or JSON lines. Kind and columns are guessed; nothing is written before it is started."""
    pieces = file.chunks(1 << 20)
    source = drafts.receive(
        workspace=request.workspace, file_name=file.name or "", pieces=pieces, by=request.member, kind=wish.kind
    )
    return Status(201, source)


@router.get("/imports/{id}", auth=token("manage"), response=FileImportOut, summary="An import")
def one_import(request: ApiRequest, id: RowId) -> Import:
    """How far it is, and what came of it."""
    return access.import_or_404(request.member, id)


@router.patch("/imports/{id}", auth=token("manage"), response=FileImportOut, summary="Say what columns mean")
def map_columns(request: ApiRequest, id: RowId, wish: MappingIn) -> Import:
    """Change how a file is read before it is started."""
    source = access.import_or_404(request.member, id)
    if wish.kind is not None:
        source = drafts.change_kind(source=source, kind=wish.kind, by=request.member)
    wanted = wish.model_dump(include={"columns", "date_order"}, exclude_none=True)
    if wanted:
        source = drafts.set_mapping(source=source, wanted={**source.mapping, **wanted}, by=request.member)
    return source


@router.delete("/imports/{id}", auth=token("manage"), response={204: None}, summary="Throw a draft away")
def discard(request: ApiRequest, id: RowId) -> Status[None]:
    """With its file. What was started is undone instead."""
    drafts.discard(source=access.import_or_404(request.member, id), by=request.member)
    return Status(204, None)


@router.put("/imports/{id}/run", auth=token("manage"), response={202: FileImportOut}, summary="Run an import")
def run(request: ApiRequest, id: RowId) -> Status[Import]:
    """Start it, or let it go on where it stopped. It runs on by itself; ask for it again to see how far it is."""
    source = access.import_or_404(request.member, id)
    if source.state in {ImportState.CANCELLED, ImportState.FAILED}:
        return Status(202, engine.resume(source=source, by=request.member))
    ready = drafts.make_ready(source=source, by=request.member)
    return Status(202, engine.start(source=ready, by=request.member))


@router.delete("/imports/{id}/run", auth=token("manage"), response=FileImportOut, summary="Stop an import")
def cancel(request: ApiRequest, id: RowId) -> Import:
    """The rows written so far stay and can be undone."""
    source = access.import_or_404(request.member, id)
    engine.cancel(source=source, by=request.member)
    source.refresh_from_db()
    return source


@router.put("/imports/{id}/undoing", auth=token("manage"), response={202: FileImportOut}, summary="Undo an import")
def take_back(request: ApiRequest, id: RowId) -> Status[Import]:
    """Take away what it made and put back what it changed."""
    return Status(202, undo.start(source=access.import_or_404(request.member, id), by=request.member))


@router.get(
    "/imports/{id}/rejected",
    auth=token("manage"),
    summary="Bad rows",
    openapi_extra={"responses": {200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}}},
)
def rejected(request: ApiRequest, id: RowId) -> FileResponse:
    """The rows that could not be read, each with its reason, to correct and send again."""
    source = access.import_or_404(request.member, id)
    if not source.rejected_path.exists():
        raise Http404
    return FileResponse(source.rejected_path.open("rb"), content_type="text/csv; charset=utf-8")


class RejectOut(Schema):
    """A message that was refused. ``message`` is it as it came, ``previous`` the refusal it is a second try of."""

    id: int
    code: str
    reason: str
    detail: str
    event: str
    source: str
    state: RejectState
    note: str
    message: str = Field(alias="raw")
    received_at: datetime
    replayed_at: datetime | None
    discarded_at: datetime | None
    previous: int | None = Field(None, alias="previous_id")


class RejectFilter(Schema):
    source: Line = ""
    code: Line = ""
    event: Line = Field("", description="The event’s name; - for messages without one.")
    q: Line = Field("", description="Text within the message or the detail.")
    since: Day | None = Field(None, description="The first day, in the workspace’s zone.")
    until: Day | None = Field(None, description="The last day.")
    state: Line = Field("open", description="open, replayed, discarded or all.")


class ReplayIn(Input):
    message: Text = Field("", description="The mended message as JSON text; left out, it is sent as it came.")


class DiscardIn(Input):
    note: Line = Field(description="Why it waits for nobody any more.")


@router.get("/rejects", auth=token("view"), response=Page[RejectOut], tags=["rejects"], summary="Refused messages")
def rejects(request: ApiRequest, window: Query[Window], wanted: Query[RejectFilter]) -> dict[str, Any]:
    """The newest first. For who sees every account."""
    rows = queries.read(wanted.model_dump()).apply(queries.rejects(request.member), request.workspace)
    return page(rows, window, by="-pk")


@router.get("/rejects/{id}", auth=token("view"), response=RejectOut, tags=["rejects"], summary="A refused message")
def one_reject(request: ApiRequest, id: RowId) -> Reject:
    """Why it was refused, and the message."""
    return queries.reject_or_404(request.member, id)


@router.put(
    "/rejects/{id}/replay",
    auth=token("administer"),
    response={202: RejectOut},
    tags=["rejects"],
    summary="Send a refused message again",
)
def replay(request: ApiRequest, id: RowId, wish: ReplayIn) -> Status[Reject]:
    """It counts in a moment, or is refused again as a new entry."""
    found = queries.reject_or_404(request.member, id)
    capture.replay(reject=found, by=request.member, text=wish.message or None)
    found.refresh_from_db()
    return Status(202, found)


@router.put(
    "/rejects/{id}/discard",
    auth=token("administer"),
    response=RejectOut,
    tags=["rejects"],
    summary="Discard a refused message",
)
def discard_reject(request: ApiRequest, id: RowId, wish: DiscardIn) -> Reject:
    """It stays, marked, until it is too old."""
    found = queries.reject_or_404(request.member, id)
    actions.discard(reject=found, note=wish.note, by=request.member)
    found.refresh_from_db()
    return found
