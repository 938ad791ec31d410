"""Making a planned change of many tasks, and saying it."""

from collections.abc import Mapping
from datetime import date

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from evergrow.customers.bulk import running
from evergrow.customers.models import BulkChange
from evergrow.success.manager.kinds import told_due, told_owner
from evergrow.success.manager.planning import DUE, OWNER, Proposal
from evergrow.success.models import Task
from evergrow.workspaces.models import Member, Workspace


def make(proposal: Proposal, *, by: Member) -> BulkChange:
    """Do what was planned: here when it is little, as a job when it is much. It can be taken back for seven days.

    Raises PermissionDenied for who may not manage.
    """
    return running.begin(
        workspace=by.workspace,
        kind=proposal.kind,
        args=proposal.stored,
        keys=list(proposal.moves),
        by=by,
        subject="task",
    )


def told(proposal: Proposal, workspace: Workspace) -> str:
    """The change in a few words."""
    change = BulkChange(workspace=workspace, kind=proposal.kind, subject="task", args=proposal.args)
    return told_owner(change) if proposal.kind == OWNER else told_due(change)


def shown(proposal: Proposal, task: Task, members: Mapping[int, Member]) -> Member | date | None:
    """What a task gets: its new owner, or its new day."""
    to = proposal.moves[task.pk][1]
    return members.get(to) if proposal.kind == OWNER else date.fromisoformat(to)


def in_the_past(proposal: Proposal, today: date) -> int:
    """How many would be overdue from the start."""
    return sum(date.fromisoformat(to) < today for _old, to in proposal.moves.values()) if proposal.kind == DUE else 0


def with_undo(request: HttpRequest, said: str, made: BulkChange) -> SafeString:
    """A sentence with a button that takes the change back."""
    url = reverse("customers:change_undo", args=[made.workspace.slug, made.pk])
    form = '{} <form method="post" action="{}" class="undo"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    form += '<button class="btn btn-sm">{}</button></form>'
    return format_html(form, said, url, get_token(request), _("Undo"))
