"""Files of tasks; their contents are under ``/files/{id}``."""

from typing import Any

from ninja import File, Router, Status
from ninja.files import UploadedFile

from evergrow.customers.api.files import AttachmentOut
from evergrow.customers.attachments.sent import PIECE
from evergrow.customers.models import Attachment
from evergrow.success import access
from evergrow.success.evidence.files import add_file, files
from evergrow.workspaces.api import ApiRequest, RowId, token

router = Router(tags=["tasks"])


@router.get("/tasks/{id}/files", auth=token("view"), response=list[AttachmentOut], summary="Files of a task")
def task_files(request: ApiRequest, id: RowId) -> Any:
    """The files of a task, in the order they came."""
    return files(access.task_or_404(request.member, id))


@router.post("/tasks/{id}/files", auth=token("work"), response={201: AttachmentOut}, summary="Add a file")
def add_task_file(request: ApiRequest, id: RowId, file: File[UploadedFile]) -> Status[Attachment]:
    """Put a file on an open task; some steps ask for one."""
    task, pieces = access.task_or_404(request.member, id), file.chunks(PIECE)
    return Status(201, add_file(task=task, name=file.name or "", pieces=pieces, by=request.member))
