"""What is overdue now, how long already, and with whom."""

from dataclasses import dataclass, field

from django.db.models import Count

from evergrow.success.manager.asking import NONE, Ask
from evergrow.success.manager.lists import AGES, open_work
from evergrow.workspaces.models import Member


@dataclass
class Late:
    """Overdue tasks of one colleague: how many of each span of ``AGES``, and the days of the oldest."""

    key: str = ""
    name: str = ""
    ages: list[int] = field(default_factory=lambda: [0] * len(AGES))
    oldest: int = 0
    days: int = 0

    @property
    def count(self) -> int:
        return sum(self.ages)

    @property
    def mean(self) -> float | None:
        """Mean days overdue."""
        return self.days / self.count if self.count else None

    def add(self, days: int, n: int) -> None:
        self.ages[span_of(days)] += n
        self.oldest = max(self.oldest, days)
        self.days += days * n


@dataclass
class Overdue:
    total: Late
    members: list[Late]


def overdue(ask: Ask) -> Overdue:
    """One grouped statement over open tasks that were due before today; the period does not matter."""
    today = ask.viewer.workspace.today()
    rows = open_work(ask).filter(due_on__lt=today).values("owner_id", "due_on").annotate(n=Count("pk"))
    total, by_owner = Late(), dict[int | None, Late]()
    for owner, due_on, n in rows.values_list("owner_id", "due_on", "n"):
        days = (today - due_on).days if due_on else 0
        total.add(days, n)
        by_owner.setdefault(owner, Late()).add(days, n)
    named = Member.objects.filter(pk__in=[pk for pk in by_owner if pk]).select_related("user")
    for member in named:
        by_owner[member.pk].key, by_owner[member.pk].name = str(member.pk), str(member)
    if None in by_owner:
        by_owner[None].key = NONE
    return Overdue(total, sorted(by_owner.values(), key=lambda late: (-late.count, -late.days, late.name)))


def span_of(days: int) -> int:
    """The place in ``AGES`` of so many days."""
    return next(place for place, (_low, high) in enumerate(AGES) if high is None or days <= high)
