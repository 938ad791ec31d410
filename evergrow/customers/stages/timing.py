"""How long stages take: a curve for each, of every visit that the member may see, the open ones counted as open."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

from evergrow.customers.models import Lifecycle, StageStay
from evergrow.customers.stages import days, seen
from evergrow.customers.stages.definition import Definition, Stage
from evergrow.lib import clock
from evergrow.lib.survival import Curve, curve
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Timing:
    """A stage with its curve; ``within_expected`` is the share that has left by the expected days, as of the curve."""

    stage: Stage
    curve: Curve

    @property
    def within_expected(self) -> float | None:
        """The share of the visits that are over by the expected days; None without such days or visits so long."""
        if self.stage.expected is None or not self.curve.n:
            return None
        there = [share for day, share in self.curve.steps if day <= self.stage.expected]
        return 1 - (there[-1] if there else 1.0)


def read(member: Member, lifecycle: Lifecycle, definition: Definition) -> list[Timing]:
    """Every stage on the way, in order, with how long visits took."""
    durations = visits(member, lifecycle)
    return [Timing(stage, curve(durations.get(stage.key, []))) for stage in definition.stages if stage.is_on_the_way]


def visits(member: Member, lifecycle: Lifecycle) -> dict[str, list[tuple[int, bool]]]:
    """``(days, whether it has ended)`` of every visit, by stage; pauses do not count."""
    key, now, zone = f"{lifecycle.kind}_id", clock.now(), lifecycle.workspace.tz
    rows = StageStay.objects.filter(seen.visible(member, lifecycle), lifecycle=lifecycle, is_skipped=False)
    found: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    in_order = rows.order_by(key, "entered_at", "pk").iterator(chunk_size=5000)
    for _subject, stays in groupby(in_order, key=lambda stay: getattr(stay, key)):
        for visit in days.visits(stays, now, zone):
            found[visit.stage].append((visit.days, visit.has_ended))
    return found
