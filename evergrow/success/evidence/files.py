"""The files of a task: added while it is open, read by whoever reads the task."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.signals import post_delete

from evergrow.customers.attachments import hosts, keeping
from evergrow.customers.models import Attachment
from evergrow.success import access, errors
from evergrow.success.models import EvidenceFile, Task
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


def files(task: Task) -> QuerySet[Attachment]:
    """The files of a task, in the order they came."""
    return Attachment.objects.filter(evidence__task=task).select_related("file", "added_by__user").order_by("pk")


def add_file(*, task: Task, name: str, pieces: Iterable[bytes], by: Member) -> Attachment:
    """Put a file on a task. Raises TaskAlreadySettled, FileRefused."""
    require(by, "work")
    if task.is_settled:
        who, state = task.ended_by or "Evergrow", task.get_state_display()
        raise errors.TaskAlreadySettled(who=who, task=task, state=state)

    def hang(made: Attachment) -> None:
        EvidenceFile.objects.create(task=task, attachment=made)

    place = keeping.Place(task.workspace, task.account, lambda: files(task), {}, task, hang)
    return keeping.add(place, name=name, pieces=pieces, by=by)


def _read(member: Member) -> Q:
    return Q(evidence__task__in=access.tasks(member).order_by().values("pk"))


def _is_evidence(attachment: Attachment) -> bool:
    return EvidenceFile.objects.filter(attachment=attachment).exists()


def _may_remove(attachment: Attachment, member: Member) -> bool:
    """While the task is open; what a finished one was finished with stays."""
    task = access.tasks(member).filter(evidence_files__attachment=attachment).first()
    return may(member, "work") and task is not None and not task.is_settled


def register() -> None:
    """Let files hang on tasks."""
    hosts.register(hosts.Host("task", _is_evidence, _read, _may_remove))
    post_delete.connect(_gone, sender=EvidenceFile, dispatch_uid="success.evidence")


def _gone(sender: type[EvidenceFile], instance: EvidenceFile, **_: Any) -> None:
    """Whatever took the task away takes its files with it."""
    for attachment in Attachment.objects.filter(pk=instance.attachment_id):
        attachment.delete()
