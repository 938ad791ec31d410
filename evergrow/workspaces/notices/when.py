"""When a notice goes out: at once, with the hour, or in the morning; never in quiet hours unless it is urgent."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from evergrow.lib import workdays
from evergrow.workspaces.notices.channel_models import NoticeSettings, Pace, Robot

COALESCE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody wants to hear: their pace, the hour of a daily digest, quiet hours, in a zone with a calendar."""

    zone: ZoneInfo
    calendar: workdays.AnyCalendar
    pace: str = Pace.DAILY
    hour: int = 9
    working_days_only: bool = True
    quiet_from: time | None = None
    quiet_until: time | None = None


def of_settings(settings: NoticeSettings, zone: str, calendar: workdays.AnyCalendar) -> Habits:
    """A member's habits; ``zone`` and ``calendar`` are the workspace's."""
    return Habits(
        ZoneInfo(settings.zone or zone),
        calendar,
        settings.pace,
        settings.hour,
        settings.working_days_only,
        settings.quiet_from,
        settings.quiet_until,
    )


def of_robot(robot: Robot, zone: str, calendar: workdays.AnyCalendar) -> Habits:
    return Habits(ZoneInfo(zone), calendar, robot.pace, robot.hour, robot.working_days_only)


def due_at(now: datetime, habits: Habits, *, is_urgent: bool) -> datetime:
    """The moment (UTC) from which a notice of ``now`` may go out.

    “At once” waits a minute, so that what comes together is one message. A local time that the clock skips in spring
    counts as the moment after the gap; one that comes twice, as the first.
    """
    if is_urgent:
        return now
    local = now.astimezone(habits.zone)
    match habits.pace:
        case Pace.HOURLY:
            wanted = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        case Pace.DAILY:
            wanted = _next_morning(local, habits)
        case _:
            wanted = now + COALESCE
    return _after_quiet(wanted, habits)


def _next_morning(local: datetime, habits: Habits) -> datetime:
    day = local.date() if local.time() < time(habits.hour) else local.date() + DAY
    if habits.working_days_only:
        day = workdays.roll(day, "next", habits.calendar)
    return _utc(datetime.combine(day, time(habits.hour)), habits.zone)


def _after_quiet(moment: datetime, habits: Habits) -> datetime:
    """``moment``, or the end of the quiet hours that it falls into."""
    start, end = habits.quiet_from, habits.quiet_until
    if start is None or end is None or start == end:
        return moment
    local = moment.astimezone(habits.zone)
    at = local.time()
    is_quiet = start <= at < end if start < end else at >= start or at < end
    if not is_quiet:
        return moment
    day = local.date() + DAY if start > end and at >= start else local.date()
    return _utc(datetime.combine(day, end), habits.zone)


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))
