"""Which playbooks ran in the sample's last quarter, for whom and since when."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Max

from evergrow.customers.models import Account
from evergrow.intake.sample.files import chance_of
from evergrow.lib import clock, workdays
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, Run
from evergrow.success.sample import living, portfolio, rescues, talks
from evergrow.workspaces.models import Member, Role, Workspace
from evergrow.workspaces.notices.models import Notice

STILL_NEW = timedelta(days=3)
QUITS_AFTER = timedelta(days=9)


@dataclass(frozen=True, slots=True)
class Sketch:
    """A playbook that began so many weeks ago, for how many accounts; ``low``: for those whose score was lowest then.

    Steps take up to ``pace`` working days. One in ``quits`` is broken off (0: none).
    """

    playbook: str
    weeks: tuple[int, ...]
    each: int
    pace: int
    is_low: bool = False
    quits: int = 0


SKETCHES = (
    Sketch("save", (12, 10, 8, 6, 4, 2, 1), 2, 4, is_low=True, quits=6),
    Sketch("qbr", (11, 7, 2, 1), 2, 5, quits=5),
    Sketch("adoption", (9, 5, 2, 1), 2, 3, is_low=True),
)


def load(workspace: Workspace) -> None:
    """Live through the quarter, unless playbooks ran before. Raises StoreUnavailable."""
    lead = Member.objects.filter(workspace=workspace, role=Role.OWNER, left_at=None).order_by("pk").first()
    if lead is None or Run.objects.filter(workspace=workspace).exists():
        return
    books = {row.key: row for row in Playbook.objects.filter(workspace=workspace, retired_at=None)}
    found = portfolio.read(workspace, lead, [week for sketch in SKETCHES for week in sketch.weeks])
    now, before = clock.now(), Notice.objects.aggregate(last=Max("pk"))["last"] or 0
    for sketch in SKETCHES:
        if found is None or sketch.playbook not in books:
            continue
        for weeks in sketch.weeks:
            for account in found.choose(sketch.each, weeks, is_low=sketch.is_low):
                _live(sketch, books[sketch.playbook], account, weeks, now, lead)
    rescues.load(workspace, lead)
    talks.load(workspace, lead)
    Notice.objects.filter(workspace=workspace, pk__gt=before, created_at__lt=now - STILL_NEW).delete()


def _live(sketch: Sketch, book: Playbook, account: Account, weeks: int, now: datetime, lead: Member) -> None:
    workspace = account.workspace
    day = workdays.roll(workspace.today() - timedelta(weeks=weeks), "next", workspace.workdays)
    begins = datetime.combine(day, time(9, 30), workspace.tz)
    chance = chance_of(sketch.playbook, account.external_id)
    quits = sketch.quits > 0 and chance % sketch.quits == 0
    until = begins + QUITS_AFTER if quits else now - timedelta(days=chance % 4)
    if begins >= now:
        return
    try:
        run = living.live(account, book, begins=begins, until=min(until, now), by=lead, pace=sketch.pace)
        if quits and run.is_open and until < now:
            living.break_off(run, at=until, by=lead)
    except Refused:
        return
