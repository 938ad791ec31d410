"""What members are told about imports."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.intake.models import Import, ImportState
from evergrow.workspaces import jobs, notices
from evergrow.workspaces.models import Job
from evergrow.workspaces.notices.models import Notice

IMPORT = "import.ended"

notices.register(
    IMPORT, "database-import", lambda notice: _told(notice), label=gettext_lazy("My import ended or failed")
)


@jobs.follow("intake.import")
@jobs.on_failure("intake.import")
def tell_of_import(job: Job) -> None:
    """Tell who began an import how it ended."""
    source = Import.objects.select_related("created_by").filter(pk=job.args["import"]).first()
    if source is None or source.created_by is None:
        return
    data = {
        "file": source.file_name,
        "done": source.created + source.updated + source.unchanged,
        "bad": source.bad,
        "failed": source.state == ImportState.FAILED or bool(source.error),
    }
    url = reverse("intake:import", args=[job.workspace.slug, source.pk])
    notices.tell(source.created_by, IMPORT, url=url, data=data, dedupe_key=f"{source.pk}:{job.pk}")


def _told(notice: Notice) -> str:
    if notice.data.get("failed"):
        return str(_("The import of “%(file)s” failed") % notice.data)
    if notice.data.get("bad"):
        return str(_("“%(file)s” was imported: %(done)s rows, and %(bad)s bad ones") % notice.data)
    return str(_("“%(file)s” was imported: %(done)s rows") % notice.data)
