"""Postings that are due become deliveries: one for each mailbox or robot, however many notices there are."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet

from evergrow.workspaces.models import Workspace
from evergrow.workspaces.notices import kinds
from evergrow.workspaces.notices.channel_models import Channel, Delivery, Posting
from evergrow.workspaces.notices.when import COALESCE


def gather(workspace: Workspace, now: datetime) -> int:
    """Make the deliveries that are due at ``now``; how many. It may run twice, and in two processes at once."""
    skip_needless(workspace)
    waiting = Posting.objects.filter(workspace=workspace, delivery=None, skipped=False)
    due = waiting.filter(due_at__lte=now)
    mailboxes = due.filter(robot=None).values_list("notice__member", flat=True).distinct()
    robots = due.filter(robot__stopped_at=None, robot__removed_at=None, robot__isnull=False)
    made = 0
    for member in list(mailboxes):
        mine = waiting.filter(robot=None, notice__member=member)
        made += _deliver(workspace, mine.filter(due_at__lte=now + COALESCE), Channel.MAIL, member=member)
    for robot, channel in list(robots.values_list("robot", "robot__channel").distinct()):
        theirs = waiting.filter(robot=robot, due_at__lte=now + COALESCE)
        made += _deliver(workspace, theirs, channel, robot=robot)
    return made


def skip_needless(workspace: Workspace) -> int:
    """Leave out mails about what was read meanwhile, and everything for those who left; how many."""
    waiting = Posting.objects.filter(workspace=workspace, delivery=None, skipped=False)
    was_read = Q(robot=None, notice__read_at__gt=F("notice__created_at"))
    urgent = [kind.key for kind in kinds.every() if kind.is_urgent]
    needless = waiting.filter((was_read & ~Q(notice__kind__in=urgent)) | Q(notice__member__left_at__isnull=False))
    return Posting.objects.filter(pk__in=list(needless.values_list("pk", flat=True)), delivery=None).update(
        skipped=True
    )


def _deliver(workspace: Workspace, postings: QuerySet[Posting], channel: str, **target: int) -> int:
    """One delivery of these postings. Whoever gathers the same ones at the same time ends with nothing and gives 0."""
    rows = list(postings.order_by("pk").values_list("pk", "notice__kind"))
    if not rows:
        return 0
    (name, number), pks = next(iter(target.items())), [pk for pk, _kind in rows]
    try:
        with transaction.atomic():
            delivery = Delivery.objects.create(
                workspace=workspace,
                channel=channel,
                dedupe_key=f"{name}:{number}:{pks[0]}",
                is_urgent=any(kinds.get(kind).is_urgent for _pk, kind in rows),
                **{f"{name}_id": number},
            )
            took = Posting.objects.filter(pk__in=pks, delivery=None).update(delivery=delivery)
            if not took:
                raise IntegrityError
            Delivery.objects.filter(pk=delivery.pk).update(count=took)
    except IntegrityError:
        return 0
    return 1
