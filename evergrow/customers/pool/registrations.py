"""What the pool tells: lines of the story, notifications, rows in merges; and its nightly job."""

from datetime import time
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers import timeline
from evergrow.customers.account_merges import registry as account_merges
from evergrow.customers.models import TimelineEntry
from evergrow.customers.pool import reclaim
from evergrow.workspaces import jobs, notices, ticks
from evergrow.workspaces.models import Job
from evergrow.workspaces.notices.models import Notice

JOB = "customers.pool"


def _claimed(entry: TimelineEntry) -> str:
    return _("%(member)s claimed it from the public pool") % dict(entry.data)


def _released(entry: TimelineEntry) -> str:
    return _("%(member)s gave up the account, it is in the public pool: %(reason)s") % dict(entry.data)


def _reclaimed(entry: TimelineEntry) -> str:
    return _("Back in the public pool, it was %(member)s's: %(reason)s") % dict(entry.data)


def _warning(notice: Notice) -> str:
    return str(_("%(account)s goes back into the public pool on %(on)s unless you follow it up") % notice.data)


def _taken(notice: Notice) -> str:
    if notice.data.get("is_for_result"):
        return str(_("%(account)s went back into the public pool: not signed within %(days)s days") % notice.data)
    return str(_("%(account)s went back into the public pool: %(days)s days without follow-up") % notice.data)


timeline.register("pool.claimed", "hand-grab", _claimed)
timeline.register("pool.released", "arrow-back-up", _released)
timeline.register("pool.reclaimed", "clock-off", _reclaimed)
timeline.name_topic("pool", pgettext_lazy("timeline", "Public pool"))
notices.register(reclaim.WARNING, "clock-exclamation", _warning, label=gettext_lazy("An account will leave me soon"))
notices.register(reclaim.TAKEN, "clock-off", _taken, label=gettext_lazy("An account went back into the pool"))
account_merges.add("customers.PoolMove", gettext_lazy("Moves in the public pool"))


@jobs.register(JOB)
def take_back(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Warn owners, and take back what is due today."""
    return reclaim.run(job.workspace, progress)


ticks.daily(JOB, time(4, 30))
