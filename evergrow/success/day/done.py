"""What a member did today, from the audit trail, and how far the day is."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.urls import reverse

from evergrow.success.day.listing import Listing
from evergrow.workspaces import prepared
from evergrow.workspaces.audit_words import words
from evergrow.workspaces.models import AuditEntry, Member, Workspace

SHOWN = 200
# Verbs begin with what they are about; of personal settings, of marks in one's list, nobody says “I worked”.
TOPICS = {
    "task",
    "signal",
    "playbook",
    "visit",
    "call",
    "meeting",
    "mail",
    "note",
    "risk",
    "rescue",
    "handover",
    "plan",
    "account",
    "team",
}
SETTLES = {
    "task.done",
    "task.skipped",
    "task.approved",
    "task.declined",
    "task.approval_asked",
    "signal.resolved",
    "signal.false_positive",
    "plan.step_done",
    "plan.step_dropped",
    "plan.retrospective_finished",
}
UNDOES = {"task.reopened", "plan.step_todo"}
# One entry for many signals; its data say how many, and by which act.
TOGETHER = {"signals.moved_together": 1, "signals.taken_back": -1}
CLOSES = {"resolve", "wrong"}
PAGES = {
    "task": "success:task",
    "signal": "success:signal",
    "run": "success:run",
    "plan": "success:plan",
    "rescue": "success:rescue",
}


@dataclass(frozen=True, slots=True)
class Deed:
    """One act: when, in words, about what, and where that is."""

    at: datetime
    verb: str
    words: str
    name: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class DaysWork:
    """What was done on a day: the acts, newest first, and how many of each verb, in words. ``settled`` counts items
    that left the list by it."""

    day: date
    deeds: list[Deed]
    counts: list[tuple[str, int]]
    settled: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the day is: settled today, and what of today's is left."""

    settled: int
    left: int

    @property
    def total(self) -> int:
        return self.settled + self.left

    @property
    def share(self) -> float:
        return self.settled / self.total if self.total else 0.0


def midnight(workspace: Workspace, day: date) -> datetime:
    """The moment a day begins in the workspace's zone."""
    return datetime.combine(day, time(), tzinfo=workspace.tz)


def days_work(member: Member, day: date | None = None) -> DaysWork:
    """What the member did on ``day``, or today; of very many acts the newest ``SHOWN`` are listed."""
    workspace = member.workspace
    day = day or workspace.today()
    span = (midnight(workspace, day), midnight(workspace, day + timedelta(days=1)))
    entries = [
        entry
        for entry in _entries(workspace, member, *span)
        if entry.verb in TOGETHER or entry.verb.partition(".")[0] in TOPICS
    ]
    counts = Counter[str]()
    for entry in entries:
        counts[entry.verb] += _count(entry)
    told = [(words(verb), count) for verb, count in counts.most_common()]
    deeds = [_deed(workspace, entry) for entry in entries[:SHOWN]]
    return DaysWork(day, deeds, told, max(0, sum(_settled(entry) for entry in entries)))


@prepared.rows
def _entries(workspace: Workspace, member: Member, since: datetime, until: datetime) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(workspace=workspace, by=member, at__gte=since, at__lt=until).order_by("-at")


def _settled(entry: AuditEntry) -> int:
    """How many items left the list by an act; those that were reopened came back to it."""
    if entry.verb in TOGETHER:
        return TOGETHER[entry.verb] * _count(entry) if entry.data.get("act") in CLOSES else 0
    return int(entry.verb in SETTLES) - int(entry.verb in UNDOES)


def _count(entry: AuditEntry) -> int:
    """How many items an act was about."""
    return int(entry.data.get("count", 0)) if entry.verb in TOGETHER else 1


def progress(listing: Listing, work: DaysWork) -> Progress:
    """Settled today against what of today's is left."""
    return Progress(work.settled, len(listing.todays))


def _deed(workspace: Workspace, entry: AuditEntry) -> Deed:
    page = PAGES.get(entry.target_kind)
    url = ""
    if page and entry.target_id.isdigit():
        url = reverse(page, args=[workspace.slug, int(entry.target_id)])
    elif isinstance(number := entry.data.get("account"), int):
        url = reverse("customers:account", args=[workspace.slug, number])
    reason = entry.data.get("reason") or entry.data.get("why") or ""
    return Deed(entry.at, entry.verb, words(entry.verb), entry.target_name, url, str(reason))
