"""Deliveries on their way.

1. ``claim``: a guarded update takes one that is due, with a lease. A robot's next moment is reserved by another guarded
   update, so that several workers together stay under the vendor's limit.
2. The adapter sends, outside any transaction.
3. ``settle``: a guarded update writes what became of it.
A worker that is killed in between leaves a lease that runs out. Then it is sent again: a notice may come twice, but is
never lost. (Mail carries the same Message-ID, which mailboxes know again.)
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import translation

from evergrow.lib import clock
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.notices import channels, message, robots
from evergrow.workspaces.notices.channel_models import Channel, Delivery, DeliveryState, Robot
from evergrow.workspaces.notices.channels import feishu
from evergrow.workspaces.notices.channels.outcome import Outcome

LEASE = timedelta(minutes=2)
GAPS = [timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 180, 360, 720)]
MOST_ATTEMPTS = len(GAPS) + 1


def send_due(workspace: Workspace, alive: Callable[[int], object] | None = None) -> int:
    """Send what is due; how many went out. ``alive`` is called after each, and may raise to stop."""
    sent = 0
    free_lapsed(workspace)
    due = Delivery.objects.filter(workspace=workspace, state=DeliveryState.QUEUED, not_before__lte=clock.now())
    for pk in list(due.order_by("-is_urgent", "pk").values_list("pk", flat=True)):
        delivery = claim(pk)
        if delivery is not None:
            sent += settle(delivery, _attempt(delivery))
        if alive:
            alive(sent)
    return sent


def free_lapsed(workspace: Workspace) -> int:
    """Queue again what a killed worker held; give up what ended its worker too often. How many."""
    held = Delivery.objects.filter(workspace=workspace, state=DeliveryState.SENDING, lease_until__lt=clock.now())
    given_up = held.filter(attempts__gte=MOST_ATTEMPTS)
    given_up.update(state=DeliveryState.UNKNOWN, ended_at=clock.now(), error="The process ended while it was sent.")
    return held.update(state=DeliveryState.QUEUED, lease_until=None)


def claim(pk: int) -> Delivery | None:
    """Take a queued delivery for sending; nothing where another worker was quicker or its robot must wait."""
    now = clock.now()
    delivery = Delivery.objects.select_related("robot", "member__user", "workspace").filter(pk=pk).first()
    if delivery is None or not _may_go(delivery, now):
        return None
    lease = {"state": DeliveryState.SENDING, "lease_until": now + LEASE, "attempts": delivery.attempts + 1}
    mine = Delivery.objects.filter(pk=pk, state=DeliveryState.QUEUED, attempts=delivery.attempts)
    if not mine.update(**lease):
        return None
    for name, value in lease.items():
        setattr(delivery, name, value)
    return delivery


def _may_go(delivery: Delivery, now: datetime) -> bool:
    """Whether the robot's limit allows it now; reserves its next moment, or puts the delivery off until then."""
    robot = delivery.robot
    if robot is None:
        return True
    if robot.removed_at is not None or robot.stopped_at is not None:
        _end(delivery, DeliveryState.SKIPPED, "The robot was removed or stopped.", states=[DeliveryState.QUEUED])
        return False
    if robot.channel == Channel.FEISHU and not delivery.is_urgent and feishu.quiet_until(now) > now:
        Delivery.objects.filter(pk=delivery.pk).update(not_before=feishu.quiet_until(now))
        return False
    gap = timedelta(seconds=channels.GAPS[Channel(robot.channel)])
    if Robot.objects.filter(pk=robot.pk, next_at__lte=now).update(next_at=now + gap):
        return True
    robot.refresh_from_db(fields=["next_at"])
    Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.QUEUED).update(not_before=robot.next_at)
    return False


def _attempt(delivery: Delivery) -> Outcome:
    with translation.override(message.language(delivery)):
        return channels.send(delivery, message.of(delivery))


def settle(delivery: Delivery, outcome: Outcome) -> bool:
    """Write down what became of an attempt, and give the robot its block or its strike; whether it was sent."""
    now, robot = clock.now(), delivery.robot
    detail = outcome.detail[:300]
    match outcome.kind:
        case "ok":
            _end(delivery, DeliveryState.SENT, "")
        case "permanent":
            _end(delivery, DeliveryState.FAILED, detail)
        case "unknown" if robot is not None:
            _end(delivery, DeliveryState.UNKNOWN, detail)
        case _ if delivery.attempts >= MOST_ATTEMPTS:
            _end(delivery, DeliveryState.FAILED, detail)
        case _:
            wait = timedelta(seconds=outcome.seconds) if outcome.seconds else GAPS[delivery.attempts - 1]
            _held(delivery).update(state=DeliveryState.QUEUED, lease_until=None, not_before=now + wait, error=detail)
            if robot is not None and outcome.seconds:
                Robot.objects.filter(Q(next_at__lt=now + wait), pk=robot.pk).update(next_at=now + wait)
    if robot is not None:
        robots.note(robot, outcome)
    return outcome.kind == "ok"


def _held(delivery: Delivery) -> QuerySet[Delivery]:
    """The delivery while it is still ours: not when our lease ran out and another worker has it."""
    return Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.SENDING, attempts=delivery.attempts)


def _end(delivery: Delivery, state: str, error: str, states: list[DeliveryState] | None = None) -> None:
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=states) if states else _held(delivery)
    rows.update(state=state, error=error, ended_at=clock.now(), lease_until=None)
