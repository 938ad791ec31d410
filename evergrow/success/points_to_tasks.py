"""A task made of a point that was written out of a visit."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Importance, Point, PointKind
from evergrow.customers.visits import registry
from evergrow.success.actions.tasks import add_task
from evergrow.success.models import Priority
from evergrow.workspaces.models import Member, Workspace


def make(point: Point, by: Member) -> registry.Made:
    """A task with the point's words, for its owner or whoever takes it up."""
    task = add_task(
        account=point.account,
        name=point.words.splitlines()[0][:200],
        by=by,
        owner=point.owner,
        priority=Priority.HIGH if point.importance == Importance.HIGH else Priority.NORMAL,
        note=f"{PointKind(point.kind).label}: {point.words}",
    )
    return registry.Made(task.pk, str(task))


def url(workspace: Workspace, pk: int) -> str:
    return reverse("success:task", args=[workspace.slug, pk])


registry.add(registry.PointAct("task", _("Make a task"), "square-plus", make, url))
