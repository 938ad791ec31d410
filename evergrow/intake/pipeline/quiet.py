"""Whether a source that used to send has gone quiet, by its own habits at this hour of such a day.

Silence is compared with how long the source had been silent at the same time of day on the days of the same kind
(working or free, by the workspace's calendar) of the last two weeks. It must be three times the longest of those, now
and an hour ago already: a source that rests every night and weekend is due when its day begins, not before.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from evergrow import warehouse
from evergrow.lib import clock, workdays
from evergrow.workspaces.models import Workspace

DAYS = 14
FACTOR = 3
LEAST = timedelta(hours=1)
QUARTER = timedelta(minutes=15)
LEAST_HISTORY = timedelta(days=7)
LEAST_WORKING, LEAST_FREE = 3, 2
MANY = 6  # with so many days to compare with, the worst one is taken for an accident

Rhythm = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came since ``since``; ``usual`` is the longest silence that is normal at this hour."""

    since: datetime
    usual: timedelta

    @property
    def habit(self) -> float:
        """The usual silence in seconds, not shorter than what is told apart: a quarter of an hour."""
        return max(self.usual, QUARTER).total_seconds()


def rhythms(workspace: Workspace) -> dict[int, Rhythm]:
    """Per source (key id): each quarter of an hour that brought something, and when its last message came."""
    found: dict[int, Rhythm] = {}
    rows = warehouse.rows(
        warehouse.statement("intake", "pipeline_rhythm"),
        workspace_id=workspace.pk,
        since=clock.now() - timedelta(days=2 * DAYS),
    )
    for key, quarter, newest in rows:
        found.setdefault(key, []).append((quarter, newest))
    return found


def silent(workspace: Workspace, rhythms: Mapping[int, Rhythm]) -> dict[int, Silence]:
    """The sources among these that went quiet."""
    found = {key: silence(workspace, rhythm) for key, rhythm in rhythms.items()}
    return {key: each for key, each in found.items() if each is not None}


def silence(workspace: Workspace, rhythm: Rhythm) -> Silence | None:
    """The silence of a source where it is out of the ordinary; None where it is usual or cannot be judged."""
    now = clock.now()
    if not rhythm or rhythm[0][0] > now - LEAST_HISTORY:
        return None
    longest: timedelta | None = None
    for moment in (now - LEAST, now):
        length, longest = _length(rhythm, moment), _usual(workspace, rhythm, moment)
        if length is None or longest is None or length <= FACTOR * longest:
            return None
    since = rhythm[-1][1]
    return Silence(since, longest) if longest is not None and now - since >= LEAST else None


def _usual(workspace: Workspace, rhythm: Rhythm, moment: datetime) -> timedelta | None:
    """The longest silence that is usual at this time of such a day; None with too few days to say."""
    local = moment.astimezone(workspace.tz)
    is_working = workdays.is_workday(local.date(), workspace.workdays)
    lengths = []
    for back in range(1, DAYS + 1):
        then = datetime.combine(local.date() - timedelta(days=back), local.time(), workspace.tz)
        if workdays.is_workday(then.date(), workspace.workdays) != is_working:
            continue
        length = _length(rhythm, then)
        if length is not None:
            lengths.append(length)
    if len(lengths) < (LEAST_WORKING if is_working else LEAST_FREE):
        return None
    lengths.sort()
    return lengths[-2] if len(lengths) >= MANY else lengths[-1]


def _length(rhythm: Rhythm, moment: datetime) -> timedelta | None:
    """How long nothing had come at a moment; None where nothing is known before it."""
    place = bisect_right(rhythm, moment, key=lambda each: each[0])
    if not place:
        return None
    return max(timedelta(), moment - rhythm[place - 1][1])
