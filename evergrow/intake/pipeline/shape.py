"""Whether events look different from how they looked: properties that vanished, appeared, or changed their kind.

What a source sent within two hours is compared with yesterday and the same day last week. Only shares that changed a
lot count, with enough events on both sides for chance to be out of the question.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from evergrow import warehouse
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

RECENT = timedelta(hours=2)
LEAST_RECENT, LEAST_BEFORE = 100, 200
USUAL, GONE = 0.5, 0.1  # it stood in half of the events at least, and now in less than a tenth of that share
UNKNOWN, COMMON = 0.02, 0.5
ONE_KIND, OTHER_KIND = 0.9, 0.5
SAMPLE = 400_000

What = Literal["vanished", "appeared", "kind"]


@dataclass(frozen=True, slots=True)
class Change:
    """A property of an event of a source; the shares of events that have it, or of values of the ``kind`` it had."""

    source: str
    event: str
    property: str
    what: What
    before: float
    now: float
    kind: str = ""
    new_kind: str = ""
    events: int = 0


class _Stretch:
    """How many events there were, and how many had each property, by kind."""

    def __init__(self) -> None:
        self.events = 0
        self.kinds: dict[str, Counter[str]] = defaultdict(Counter)

    def share(self, name: str) -> float:
        return sum(self.kinds[name].values()) / self.events if name in self.kinds else 0.0

    def main_kind(self, name: str) -> tuple[str, float]:
        kind, count = self.kinds[name].most_common(1)[0]
        return kind, count / sum(self.kinds[name].values())

    def kind_share(self, name: str, kind: str) -> float:
        return self.kinds[name][kind] / sum(self.kinds[name].values())


def changes(workspace: Workspace) -> list[Change]:
    """The changes of all sources and events, by source and event."""
    found = []
    for (source, event), (before, now) in _stretches(workspace).items():
        if before.events >= LEAST_BEFORE and now.events >= LEAST_RECENT:
            found += list(_compared(source, event, before, now))
    return sorted(found, key=lambda change: (change.source, change.event, change.what, change.property))


def _stretches(workspace: Workspace) -> dict[tuple[str, str], tuple[_Stretch, _Stretch]]:
    now, today = clock.now(), workspace.today()
    days = [today - timedelta(days=back) for back in (0, 1, 7)]
    which = {"workspace_id": workspace.pk, "days": days}
    size = warehouse.scalar(warehouse.statement("intake", "shape_size"), **which)
    rows = warehouse.rows(
        warehouse.statement("intake", "shape"),
        **which,
        recent=now - RECENT,
        today=today,
        oldest=now - timedelta(days=9),
        every=max(1, size // SAMPLE),
    )
    found: dict[tuple[str, str], tuple[_Stretch, _Stretch]] = defaultdict(lambda: (_Stretch(), _Stretch()))
    for source, event, is_recent, name, kind, count in rows:
        stretch = found[source, event][bool(is_recent)]
        if name:
            stretch.kinds[name][kind] += count
        else:
            stretch.events += count
    return found


def _compared(source: str, event: str, before: _Stretch, now: _Stretch) -> Iterator[Change]:
    for name in {*before.kinds, *now.kinds}:
        then, today = before.share(name), now.share(name)
        if then >= USUAL and today <= GONE * then:
            yield Change(source, event, name, "vanished", then, today, events=now.events)
        elif then <= UNKNOWN and today >= COMMON:
            yield Change(source, event, name, "appeared", then, today, events=now.events)
        elif then >= UNKNOWN and today >= GONE and sum(now.kinds[name].values()) >= LEAST_RECENT // 2:
            kind, share = before.main_kind(name)
            left = now.kind_share(name, kind)
            if share >= ONE_KIND and left <= OTHER_KIND:
                new = now.main_kind(name)[0]
                yield Change(source, event, name, "kind", share, left, kind, new, events=now.events)
