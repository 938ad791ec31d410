"""Which ways new notices go out, and when. It runs in the transaction that makes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings

from evergrow.lib import clock
from evergrow.workspaces.notices import kinds, when
from evergrow.workspaces.notices.channel_models import NoticeSettings, Posting, Robot
from evergrow.workspaces.notices.models import Notice

if TYPE_CHECKING:
    from evergrow.workspaces.models import Member

DELIVER = "notices.deliver"
DEFAULT = ["app", "mail"]


def route(notices: "Sequence[tuple[Notice, Member]]") -> None:
    """Write what should go out for notices to these members of one workspace.

    The reader's choice says by which channel; the kind says whether it may wait.
    """
    if not notices:
        return
    workspace_id = notices[0][0].workspace_id
    readers = {member.pk: member for _notice, member in notices}
    chosen = {row.member_id: row for row in NoticeSettings.objects.filter(member__in=readers)}
    robots = list(Robot.objects.filter(workspace_id=workspace_id, removed_at=None, stopped_at=None))
    now, postings, muted = clock.now(), [], []
    for notice, member in notices:
        wish = chosen.get(member.pk) or NoticeSettings(member=member)
        channels = wish.choices.get(notice.kind, DEFAULT)
        if "app" not in channels:
            muted.append(notice.pk)
        postings += _postings(notice, member, wish, channels, robots, now)
    if muted:
        Notice.objects.filter(pk__in=muted).update(read_at=notices[0][0].created_at)
    Posting.objects.bulk_create(postings)
    if any(kinds.get(posting.notice.kind).is_urgent for posting in postings):
        _wake(notices[0][1])


def _postings(
    notice: Notice, member: "Member", wish: NoticeSettings, channels: list[str], robots: list[Robot], now: datetime
) -> list[Posting]:
    workspace, is_urgent = member.workspace, kinds.get(notice.kind).is_urgent
    wants_mail = "mail" in channels and settings.MAIL_IS_SET_UP
    said = [robot for robot in robots if notice.kind in robot.kinds]
    own = [robot for robot in robots if robot.for_members and f"robot:{robot.pk}" in channels and robot not in said]
    if not (wants_mail or said or own):
        return []
    mine = when.due_at(now, when.of_settings(wish, workspace.zone, workspace.workdays), is_urgent=is_urgent)
    made = [_posting(notice, None, mine)] if wants_mail else []
    made += [_posting(notice, robot, mine) for robot in own]
    for robot in said:
        habits = when.of_robot(robot, workspace.zone, workspace.workdays)
        made.append(_posting(notice, robot, when.due_at(now, habits, is_urgent=is_urgent)))
    return made


def _posting(notice: Notice, robot: Robot | None, due_at: datetime) -> Posting:
    return Posting(workspace_id=notice.workspace_id, notice=notice, robot=robot, due_at=due_at)


def _wake(member: "Member") -> None:
    """What is urgent does not wait for the next minute."""
    from evergrow.workspaces import jobs

    jobs.enqueue(DELIVER, member.workspace, dedupe_key="urgent")
