"""Files of a task."""

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from evergrow.customers.attachments import sent
from evergrow.customers.attachments.views import after_upload
from evergrow.success import access
from evergrow.success.evidence.files import add_file, files
from evergrow.workspaces.access import GatedRequest, gate


@gate("work")
@require_POST
def add_files(request: GatedRequest, task: int) -> HttpResponseBase:
    """Put files on a task."""
    row = access.task_or_404(request.member, task)
    refused = sent.attach(request, lambda **file: add_file(task=row, by=request.member, **file))
    url = reverse("success:task", args=[request.workspace.slug, row.pk])
    return after_upload(request, refused, files(row), f"{url}#files")
