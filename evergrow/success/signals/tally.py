"""How many open signals there are of each sort, read once for a page: what its tabs, chips and sentence say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from evergrow.success import access
from evergrow.success.models import Severity, Signal, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

WORKING = (SignalState.ACKNOWLEDGED, SignalState.IN_PROGRESS)
TABS = ("triage", "mine", "escalated", "working", "snoozed", "open")


class Group(NamedTuple):
    """Open signals of a kind, a severity and a state that come back on the same day; how many of them are the member's
    own, and how many were escalated to them."""

    kind: str
    severity: int
    state: str
    back_on: date | None
    n: int
    mine: int
    escalated: int


@dataclass(frozen=True, slots=True)
class Tally:
    """The open signals that a member sees, in groups, as they stand on a day."""

    groups: Sequence[Group]
    today: date

    def on(self, tab: str) -> Iterator[tuple[str, int, int]]:
        """Kind, severity and number of what stands on a tab of open signals."""
        for group in self.groups:
            if tab in ("mine", "escalated"):
                n = group.mine if tab == "mine" else group.escalated
            else:
                n = group.n if tab in ("open", self._tab_of(group)) else 0
            if n:
                yield group.kind, group.severity, n

    def _tab_of(self, group: Group) -> str:
        if group.state in WORKING:
            return "working"
        is_later = group.state == SignalState.SNOOZED and (group.back_on is None or group.back_on > self.today)
        return "snoozed" if is_later else "triage"

    def tabs(self) -> dict[str, int]:
        """How many signals each tab holds, but the closed and archived ones."""
        return {tab: sum(n for _kind, _severity, n in self.on(tab)) for tab in TABS}

    def grave(self) -> int:
        """How many of those to triage are of high severity."""
        return sum(n for _kind, severity, n in self.on("triage") if severity == Severity.HIGH)


def read(member: Member) -> Tally:
    """The tally of what the member sees; one question."""
    return Tally(list(map(Group._make, _groups(member))), member.workspace.today())


@prepared.rows
def _groups(member: Member) -> QuerySet[Signal, tuple[str, int, str, date | None, int, int, int]]:
    found = access.signals(member).filter(state__in=OPEN_SIGNALS, archived_at=None).order_by()
    return found.values_list("kind", "severity", "state", "snoozed_until").annotate(
        n=Count("pk"),
        mine=Count("pk", filter=Q(owner=member)),
        escalated=Count("pk", filter=Q(escalated_to=member)),
    )


def split(
    groups: Iterator[tuple[str, int, int]], kind: str, severity: str
) -> tuple[dict[str, int], dict[int, int], int]:
    """What the chips show: how many of each kind with the chosen severity, how many of each severity with the chosen
    kind, and how many there are with both."""
    kinds, levels, total = Counter[str](), Counter[int](), 0
    for of, level, n in groups:
        of_level, of_kind = not severity or level == int(severity), not kind or of == kind
        if of_level:
            kinds[of] += n
        if of_kind:
            levels[level] += n
        total += n if of_level and of_kind else 0
    return dict(kinds), dict(levels), total
