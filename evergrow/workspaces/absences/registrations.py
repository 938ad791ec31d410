"""How absences are told, and the job that ends them."""

from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.workspaces import jobs, notices, ticks
from evergrow.workspaces.absences import acts
from evergrow.workspaces.models import Job
from evergrow.workspaces.notices.models import Notice

JOB = "workspaces.absences"


def _stands_in(notice: Notice) -> str:
    return str(_("%(delegate)s stands in for %(member)s from %(from)s to %(until)s") % notice.data)


def _over(notice: Notice) -> str:
    if notice.data.get("back"):
        return str(_("%(member)s is back: %(back)s open tasks went back from %(delegate)s") % notice.data)
    return str(_("%(member)s is back; %(delegate)s no longer stands in") % notice.data)


def register() -> None:
    notices.register(acts.STANDS_IN, "beach", _stands_in, label=gettext_lazy("Somebody stands in for somebody"))
    notices.register(acts.OVER, "home-check", _over, label=gettext_lazy("An absence is over"))


@jobs.register(JOB)
def end_absences(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Give back the work of those whose last day away was yesterday."""
    return {"ended": acts.end_due(job.workspace)}


ticks.daily(JOB, time(0, 5))
