"""Taking deliveries in hand, and letting them go: every change is a guarded update of the row and of its step."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from evergrow.customers import timeline
from evergrow.lib import clock
from evergrow.success.engine.sending.answers import Answer
from evergrow.success.models import Delivery, DeliveryKind, DeliveryState, Run, RunState, Task, TaskState
from evergrow.workspaces.models import Workspace

LEASE = timedelta(minutes=2)
RELATED = ("workspace", "task__step", "task__run__playbook", "task__account", "task__owner__user")


def claim(workspace: Workspace, size: int) -> list[Delivery]:
    """Up to ``size`` due deliveries of runs that are active, for this sender alone."""
    now = clock.now()
    goes = Q(task__run__state=RunState.ACTIVE)
    due = Delivery.objects.filter(goes, workspace=workspace, state=DeliveryState.QUEUED, next_at__lte=now)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, of=("self",))
        pks = list(due.order_by("next_at", "pk").values_list("pk", flat=True)[:size])
        fields = {"state": DeliveryState.SENDING, "lease_until": now + LEASE, "handed_at": None}
        Delivery.objects.filter(pk__in=pks, state=DeliveryState.QUEUED).update(**fields)
    mine = Delivery.objects.filter(pk__in=pks, state=DeliveryState.SENDING)
    return list(mine.select_related(*RELATED, "person").order_by("next_at", "pk"))


def is_mine(delivery: Delivery) -> bool:
    """Write down that it is about to be handed over; False when it is no longer ours to send."""
    held = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, lease_until=delivery.lease_until)
    now = clock.now()
    if not held.filter(handed_at=None).update(handed_at=now, lease_until=now + LEASE):
        return False
    delivery.lease_until = now + LEASE
    return True


@transaction.atomic
def sent(delivery: Delivery, answer: Answer) -> None:
    """It arrived: its step is done, or waits for the answer of a survey, and the run goes on."""
    _touch_run(delivery)
    now = clock.now()
    if (
        not _settle(delivery, DeliveryState.SENT, sent_at=now, error="", **_facts(answer))
        or delivery.task.kind == "survey"
    ):
        return
    step = Task.objects.filter(pk=delivery.task_id, state=TaskState.IN_PROGRESS)
    step.update(state=TaskState.DONE, ended_at=now, problem={})
    if delivery.kind == DeliveryKind.MAIL:
        data = {"task": delivery.task_id, "name": delivery.task.name}
        timeline.add(delivery.task.account, "task.mailed", data, by=None, person=delivery.person)


@transaction.atomic
def failed(delivery: Delivery, answer: Answer) -> None:
    """It cannot be delivered: its step shows why, and a colleague decides."""
    _touch_run(delivery)
    if _settle(delivery, DeliveryState.FAILED, error=answer.why, **_facts(answer)):
        _show(delivery, "failed", answer.why)


def put_off(delivery: Delivery, until: datetime, answer: Answer) -> None:
    """Not now: it waits for its next attempt."""
    fields = {"handed_at": None, "next_at": until, "attempts": delivery.attempts + 1, "error": answer.why}
    _settle(delivery, DeliveryState.QUEUED, **fields, **_facts(answer))


def _facts(answer: Answer) -> dict[str, Any]:
    return {"lease_until": None, "status": answer.status, "response": answer.response}


def wait(delivery: Delivery, until: datetime, why: str) -> None:
    """Not before ``until``, and no attempt was made."""
    _settle(delivery, DeliveryState.QUEUED, lease_until=None, handed_at=None, next_at=until, error=why[:500])


@transaction.atomic
def withhold(delivery: Delivery, code: str, why: str) -> None:
    """It may not go out: its step shows why."""
    _touch_run(delivery)
    if _settle(delivery, DeliveryState.FAILED, lease_until=None, error=why[:500]):
        _show(delivery, code, why)


def release_lost(workspace: Workspace) -> int:
    """Deliveries whose sender ended: queued again where nothing left the house, else unknown; how many are unknown."""
    lost = Delivery.objects.filter(workspace=workspace, state=DeliveryState.SENDING, lease_until__lt=clock.now())
    lost.filter(handed_at=None).update(state=DeliveryState.QUEUED, lease_until=None)
    unknown = 0
    for delivery in lost.exclude(handed_at=None).select_related("task__step", "task__run"):
        if _is_repeatable(delivery):
            put_off(delivery, clock.now(), Answer("later"))
        else:
            unknown += _lose(delivery)
    return unknown


@transaction.atomic
def _lose(delivery: Delivery) -> bool:
    _touch_run(delivery)
    is_lost = _settle(delivery, DeliveryState.UNKNOWN, lease_until=None)
    if is_lost:
        _show(delivery, "unknown", "")
    return is_lost


def _is_repeatable(delivery: Delivery) -> bool:
    step = delivery.task.step
    return delivery.kind == DeliveryKind.WEBHOOK and bool(step and step.details.get("is_repeatable"))


def _settle(delivery: Delivery, state: DeliveryState, **fields: object) -> bool:
    held = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, lease_until=delivery.lease_until)
    return bool(held.update(state=state, **fields))


def _touch_run(delivery: Delivery) -> None:
    """Wake the run; its row is taken before those of its steps, as everybody does."""
    run = Run.objects.filter(tasks=delivery.task_id, state=RunState.ACTIVE)
    run.update(wakes_at=clock.now())


def _show(delivery: Delivery, code: str, why: str) -> None:
    problem = {"code": code, "what": why[:300]} if why else {"code": code}
    Task.objects.filter(pk=delivery.task_id, state=TaskState.IN_PROGRESS).update(problem=problem)
