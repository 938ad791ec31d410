"""Calls, meetings and messages that a colleague finished as tasks count as contact with an account."""

from django.db.models import QuerySet

from evergrow.customers import last_contact
from evergrow.success.models import StepKind, Task, TaskState
from evergrow.workspaces.models import Workspace

TALKS = [StepKind.CALL, StepKind.MEETING, StepKind.MESSAGE]


def finished_talks(workspace: Workspace) -> QuerySet[Task]:
    """Talks that a colleague finished; what Evergrow sent by itself is no contact."""
    return Task.objects.filter(state=TaskState.DONE, kind__in=TALKS, ended_by__isnull=False, ended_at__isnull=False)


last_contact.register(
    last_contact.Source(finished_talks, "ended_at", is_moment=True, called=lambda task: task.get_kind_display())
)
