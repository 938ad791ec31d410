"""What members are told about the computing of health."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.workspaces import jobs, notices, queries
from evergrow.workspaces.models import Job

FAILED = "health.failed"

notices.register(
    FAILED,
    "activity-heartbeat",
    lambda _notice: _("Health was not computed: the scores are those of before"),
    label=gettext_lazy("Health could not be computed"),
)


@jobs.on_failure("health.compute")
def tell_of_failure(job: Job) -> None:
    """Tell those who administer that scores are old."""
    url = reverse("health:scorecard", args=[job.workspace.slug])
    for member in queries.able(job.workspace, "administer"):
        notices.tell(member, FAILED, url=url, data={}, dedupe_key=str(job.pk))
