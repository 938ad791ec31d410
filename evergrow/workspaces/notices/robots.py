"""Group robots of a workspace: added, changed, tried, stopped after failures, removed. And deliveries tried again."""

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.lib import clock, outside
from evergrow.workspaces import audit, jobs, queries, sealed
from evergrow.workspaces.access import require
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices.channel_models import Channel, Delivery, DeliveryState, Pace, Robot
from evergrow.workspaces.notices.channels.outcome import Outcome
from evergrow.workspaces.notices.routing import DELIVER
from evergrow.workspaces.notices.telling import tell

STRIKES = 3
FIELDS = ("name", "kinds", "for_members", "language", "pace", "hour", "working_days_only")


def robots(member: Member) -> QuerySet[Robot]:
    """The robots of the member's workspace that were not removed."""
    return Robot.objects.filter(workspace_id=member.workspace_id, removed_at=None).order_by("name", "pk")


def robot_or_404(member: Member, pk: int) -> Robot:
    robot = robots(member).filter(pk=pk).first()
    if robot is None:
        raise Http404
    return robot


@transaction.atomic
def add_robot(
    *, workspace: Workspace, channel: str, address: str, secret: str = "", by: Member | None, **fields: Any
) -> Robot:
    """A robot at ``address``, which is never shown again. ``fields``: name, kinds, for_members, language, pace, hour,
    working_days_only. Raises BadChoice.
    """
    require(by, "administer")
    if channel not in set(Channel.values) - {Channel.MAIL}:
        raise BadChoice("channel", _("“%(value)s” is not one of the choices.") % {"value": channel})
    robot = Robot(workspace=workspace, channel=channel, created_by=by)
    robot.address, robot.secret = _address(address), secret.strip()
    _fill(robot, fields)
    robot.save()
    audit.record(workspace, "robot.added", robot, by=by, data={"channel": channel, "host": robot.hint})
    return robot


@transaction.atomic
def change_robot(*, robot: Robot, by: Member | None, address: str = "", secret: str = "", **fields: Any) -> Robot:
    """Change what it says, when, or where; an empty address or secret stays as it is. A stopped robot starts again.

    Raises BadChoice; also where an empty one cannot be read any more, since the instance's key changed.
    """
    require(by, "administer")
    if address.strip():
        robot.address = _address(address)
    if secret.strip():
        robot.secret = secret.strip()
    _have_open(robot)
    _fill(robot, fields)
    robot.stopped_at, robot.failures = None, 0
    robot.save()
    audit.record(robot.workspace, "robot.changed", robot, by=by, data={"kinds": robot.kinds, "host": robot.hint})
    return robot


@transaction.atomic
def remove_robot(*, robot: Robot, by: Member | None) -> None:
    """Take it away, with its address and secret; what it sent stays in the list."""
    require(by, "administer")
    gone = {"removed_at": clock.now(), "sealed_address": "", "sealed_secret": ""}
    if Robot.objects.filter(pk=robot.pk, removed_at=None).update(**gone):
        audit.record(robot.workspace, "robot.removed", robot, by=by)


@transaction.atomic
def try_robot(*, robot: Robot, by: Member | None) -> Delivery:
    """Have it say that it works."""
    require(by, "administer")
    key = f"test:{robot.pk}:{uuid4().hex}"
    facts = {"channel": robot.channel, "robot": robot, "is_test": True, "is_urgent": True, "count": 1}
    delivery = Delivery.objects.create(workspace_id=robot.workspace_id, dedupe_key=key, **facts)
    audit.record(robot.workspace, "robot.tried", robot, by=by)
    jobs.enqueue(DELIVER, robot.workspace, by=by, dedupe_key="urgent")
    return delivery


def deliveries(member: Member, state: str = "") -> QuerySet[Delivery]:
    """What was sent or waits in the member's workspace, the newest first."""
    found = Delivery.objects.filter(workspace_id=member.workspace_id).select_related("robot", "member__user")
    return (found.filter(state=state) if state else found).order_by("-pk")


@transaction.atomic
def retry(*, delivery: Delivery, by: Member | None) -> bool:
    """Send a failed or doubtful delivery once more, with all its attempts; whether it was one."""
    require(by, "administer")
    ended = Delivery.objects.filter(pk=delivery.pk, state__in=[DeliveryState.FAILED, DeliveryState.UNKNOWN])
    fresh = {"state": DeliveryState.QUEUED, "attempts": 0, "not_before": clock.now(), "error": "", "ended_at": None}
    if not ended.update(**fresh):
        return False
    audit.record(delivery.workspace, "delivery.retried", delivery, by=by, data={"channel": delivery.channel})
    jobs.enqueue(DELIVER, delivery.workspace, by=by, dedupe_key="urgent")
    return True


def note(robot: Robot, outcome: Outcome) -> None:
    """Count failures in a row; after three for good the robot stops, and those who administer hear of it."""
    if outcome.kind == "ok":
        Robot.objects.filter(pk=robot.pk, failures__gt=0).update(failures=0)
    if outcome.kind != "permanent":
        return
    with transaction.atomic():
        Robot.objects.filter(pk=robot.pk).update(failures=F("failures") + 1)
        failing = Robot.objects.filter(pk=robot.pk, stopped_at=None, failures__gte=STRIKES)
        if failing.update(stopped_at=clock.now()):
            audit.record(robot.workspace, "robot.stopped", robot, by=None, data={"reason": outcome.detail})
            _tell(robot, outcome.detail)


def _tell(robot: Robot, reason: str) -> None:
    url = reverse("workspaces:channels", kwargs={"workspace": robot.workspace.slug})
    for member in queries.able(robot.workspace, "administer"):
        tell(member, kinds.STOPPED, url=url, data={"name": robot.name, "reason": reason})


def _address(text: str) -> str:
    """The address, if robots may be reached there. Raises BadChoice with the way out."""
    text = text.strip()
    told = {
        "not-an-address": _("This is no address. Copy the whole webhook address from the group's robot."),
        "not-https": _("The address must begin with https://."),
        "unknown-host": _("No host of this name is known. Check the address."),
        "private": _("This address lies inside a private network, where we send nothing."),
    }
    try:
        outside.check(text, allows_private=settings.PRIVATE_WEBHOOKS)
    except outside.BadAddress as error:
        raise BadChoice("address", told[str(error)]) from None
    if len(text) > 500:
        raise BadChoice("address", told["not-an-address"])
    return text


def _have_open(robot: Robot) -> None:
    for name in ("address", "secret"):
        try:
            getattr(robot, name)
        except sealed.CannotOpen:
            raise BadChoice(name, sealed.sentence()) from None


def _fill(robot: Robot, fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"A robot has no {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(robot, name, value)
    robot.name = robot.name.strip()[:80]
    if not robot.name:
        raise BadChoice("name", _("Name the robot after its group."))
    for name, value, known in (
        ("language", robot.language, [code for code, _label in settings.LANGUAGES]),
        ("pace", robot.pace, Pace.values),
        ("hour", robot.hour, range(24)),
    ):
        if value not in known:
            raise BadChoice(name, _("“%(value)s” is not one of the choices.") % {"value": value})
    strange = [kind for kind in robot.kinds if not kinds.is_known(kind)]
    if strange:
        raise BadChoice("kinds", _("“%(value)s” is not one of the choices.") % {"value": strange[0]})
