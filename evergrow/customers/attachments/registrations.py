"""What files tell other parts of the product: privacy, and the nightly sweep."""

from datetime import time
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.attachments import personal, store
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.registry import Holder
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

SWEEP = "customers.sweep_files"


@jobs.register(SWEEP)
def sweep(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Take away what a crash left of files."""
    return {"gone": store.sweep(job.workspace, progress)}


ticks.daily(SWEEP, time(4, 10))

registry.add(
    Holder("customers.Attachment", _("Files"), personal.count, personal.rows, personal.erase, position=40),
)
