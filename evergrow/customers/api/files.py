"""Files on activities, and every file by its id."""

from datetime import datetime
from typing import Any

from django.http import FileResponse
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile
from pydantic import Field

from evergrow.customers import access as customers
from evergrow.customers.attachments import hosts, keeping
from evergrow.customers.attachments.sent import PIECE
from evergrow.customers.attachments.views import send
from evergrow.customers.models import Attachment
from evergrow.customers.visits import access
from evergrow.workspaces.api import ApiRequest, Number, RowId, token

router = Router(tags=["files"])


class AttachmentOut(Schema):
    """A file on a record or a task; ``media`` is its type as found in its content, ``size`` in bytes."""

    id: int
    name: str
    media: str = Field(alias="file.media")
    size: int = Field(alias="file.size")
    sha256: str = Field(alias="file.sha256")
    added_by: int | None = Field(alias="added_by_id")
    added_at: datetime


@router.get(
    "/accounts/{number}/visits/{id}/files", auth=token("view"), response=list[AttachmentOut], summary="Files of a visit"
)
def visit_files(request: ApiRequest, number: Number, id: RowId) -> Any:
    """The files of an activity, in the order they came."""
    visit = access.visit_or_404(request.member, customers.account_or_404(request.member, number), id)
    return visit.attachments.select_related("file").order_by("pk")


@router.post(
    "/accounts/{number}/visits/{id}/files", auth=token("work"), response={201: AttachmentOut}, summary="Add a file"
)
def add_visit_file(request: ApiRequest, number: Number, id: RowId, file: File[UploadedFile]) -> Status[Attachment]:
    """Put a file on an activity. The same file under the same name is there once."""
    visit = access.visit_or_404(request.member, customers.account_or_404(request.member, number), id)
    pieces = file.chunks(PIECE)
    return Status(201, keeping.attach_to_visit(visit=visit, name=file.name or "", pieces=pieces, by=request.member))


ANY = {"responses": {200: {"description": "The file", "content": {"*/*": {"schema": {"type": "string"}}}}}}


@router.get("/files/{id}", auth=token("view"), summary="A file", openapi_extra=ANY)
def content(request: ApiRequest, id: RowId) -> FileResponse:
    """Its content, whatever it hangs on that the token may read."""
    return send(hosts.attachment_or_404(request.member, id), as_download=True)


@router.delete("/files/{id}", auth=token("work"), response={204: None}, summary="Remove a file")
def remove(request: ApiRequest, id: RowId) -> Status[None]:
    keeping.take_away(attachment=hosts.attachment_or_404(request.member, id), by=request.member)
    return Status(204, None)
