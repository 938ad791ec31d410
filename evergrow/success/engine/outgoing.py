"""What goes out of steps, as rows that wait to be sent. The key of a row follows from its step: there is one each."""

from typing import Any

from django.conf import settings

from evergrow.customers.models import Person
from evergrow.success.engine.rows import RunRow, TaskRow
from evergrow.success.engine.world import World
from evergrow.success.models import Delivery, DeliveryKind


def queue(
    task: TaskRow,
    run: RunRow,
    world: World,
    kind: DeliveryKind,
    to: str,
    content: dict[str, Any],
    *,
    person: Person | None = None,
) -> None:
    """Put a message on its way. It is written with the step's own change: both happen or neither."""
    world.deliveries.append(
        Delivery(
            workspace=world.workspace,
            task_id=task.pk,
            kind=kind,
            dedupe_key=f"{kind}:{task.pk}",
            person=person,
            to=to,
            content=content,
            next_at=world.now,
            created_at=world.now,
        )
    )


def facts(task: TaskRow, run: RunRow, world: World) -> dict[str, Any]:
    """What a webhook tells: which step of which run for which account."""
    account = world.account(run.account_id)
    owner = world.member(task.owner_id)
    return {
        "type": "playbook.step",
        "timestamp": world.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {
            "workspace": world.workspace.slug,
            "playbook": world.key_of(run),
            "version": run.book.number,
            "run": run.pk,
            "step": task.step.key,
            "task": task.pk,
            "name": task.step.name,
            "account": {"number": account.number, "external_id": account.external_id, "name": account.name},
            "owner": owner.user.email if owner else None,
            "due_on": task.due_on and task.due_on.isoformat(),
            "url": f"{settings.PUBLIC_URL.rstrip('/')}/w/{world.workspace.slug}/tasks/{task.pk}/",
        },
    }
