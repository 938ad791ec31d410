"""How much work came and went, week by week, by colleague, team and playbook."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import CharField, Count, F, QuerySet, Value

from evergrow.success.manager.asking import NONE, Ask
from evergrow.success.manager.sql_parts import bucket
from evergrow.success.models import Playbook, Task, TaskState
from evergrow.workspaces.models import Member

OPENED = "opened"
WAYS = (OPENED, TaskState.DONE.value, TaskState.SKIPPED.value, TaskState.CANCELLED.value)


@dataclass
class Counts:
    """What came to be to do, was done, left out or cancelled. ``key`` is the value of the filter for it."""

    key: str = ""
    name: str = ""
    opened: int = 0
    done: int = 0
    skipped: int = 0
    cancelled: int = 0

    def add(self, way: str, n: int) -> None:
        setattr(self, way, getattr(self, way) + n)

    @property
    def growth(self) -> int:
        """By how much the open work grew."""
        return self.opened - self.done - self.skipped - self.cancelled

    @property
    def is_nothing(self) -> bool:
        return not (self.opened or self.done or self.skipped or self.cancelled)


@dataclass
class Throughput:
    """``weeks`` in their order; ``members``, ``teams``, ``playbooks`` by what was done, most first."""

    weeks: list[Counts]
    total: Counts = field(default_factory=Counts)
    members: list[Counts] = field(default_factory=list)
    teams: list[Counts] = field(default_factory=list)
    playbooks: list[Counts] = field(default_factory=list)


def throughput(ask: Ask) -> Throughput:
    """The work of the period; two grouped statements.

    A task is opened in the week in which it became ready. One that was never ready (a step of a run that ended before)
    counts nowhere. ``done``, ``skipped`` and ``cancelled`` count in the week in which it was settled; a task that was
    settled and opened again counts by its last settling alone.
    """
    found = Throughput([Counts() for _ in range(ask.weeks)])
    came, went = _rows(ask)
    members: dict[int | None, Counts] = defaultdict(Counts)
    playbooks: dict[int | None, Counts] = defaultdict(Counts)
    for place, owner, playbook, way, n in _grouped(came, "ready_at", ask) + _grouped(went, "ended_at", ask):
        found.weeks[place].add(way, n)
        found.total.add(way, n)
        members[owner].add(way, n)
        playbooks[playbook].add(way, n)
    found.members, found.teams = _people(ask, members)
    found.playbooks = _books(ask, playbooks)
    return found


def _rows(ask: Ask) -> tuple[QuerySet[Task], QuerySet[Task]]:
    """What came to be to do in the period, and what was settled in it: only such tasks have an end.

    Without a condition on states, so that SQLite reads the rows in their order: half as long.
    """
    came = ask.tasks().filter(ready_at__gte=ask.since, ready_at__lt=ask.until)
    went = ask.tasks().filter(ended_at__gte=ask.since, ended_at__lt=ask.until)
    opened = Value(OPENED, output_field=CharField())
    return came.annotate(way=opened), went.exclude(ready_at=None).annotate(way=F("state"))


def _grouped(rows: QuerySet[Task], field: str, ask: Ask) -> list[tuple[int, int | None, int | None, str, int]]:
    """How many by week, owner, playbook and way."""
    names = ("week", "owner_id", "run__playbook_id", "way")
    found = rows.annotate(week=bucket(field, ask.bounds)).values(*names)
    return list(found.annotate(n=Count("pk")).values_list(*names, "n"))


def _people(ask: Ask, counts: dict[int | None, Counts]) -> tuple[list[Counts], list[Counts]]:
    """By colleague and by team; who left stays by name."""
    named = Member.objects.filter(workspace_id=ask.viewer.workspace_id, pk__in=[pk for pk in counts if pk])
    teams: dict[str, Counts] = defaultdict(Counts)
    for member in named.select_related("user"):
        mine = counts[member.pk]
        mine.key, mine.name = str(member.pk), str(member)
        if member.team:
            team = teams[member.team]
            team.key = team.name = member.team
            for way in WAYS:
                team.add(way, getattr(mine, way))
    if None in counts:
        counts[None].key = NONE
    return _sorted(counts.values()), _sorted(teams.values())


def _books(ask: Ask, counts: dict[int | None, Counts]) -> list[Counts]:
    for book in Playbook.objects.filter(workspace_id=ask.viewer.workspace_id, pk__in=[pk for pk in counts if pk]):
        counts[book.pk].key, counts[book.pk].name = book.key, str(book)
    if None in counts:
        counts[None].key = NONE
    return _sorted(counts.values())


def _sorted(rows: Iterable[Counts]) -> list[Counts]:
    """Most done first; the row of nobody, or of no playbook, at the end."""
    return sorted(rows, key=lambda row: (row.key == NONE, -row.done, -row.opened, row.name))
