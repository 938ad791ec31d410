"""What a draft would do: who would move from which stage to which at its first evaluation. Nothing is stored."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from evergrow.customers.models import Lifecycle, LifecycleVersion
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import evaluating, facts, seen
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Flow:
    """Who would go from a stage to another; "" is outside the lifecycle. ``subjects``: (primary key, number)."""

    before: str
    after: str
    subjects: list[tuple[int, int]]


@dataclass(frozen=True)
class Preview:
    """``looked``: subjects whom the member may see. ``failing``: of those who stay, how many would fall back later if
    nothing changes. ``stray``: how many stand in a stage that the draft has not; it cannot be published before they
    were moved. ``flows``: the largest first."""

    version: LifecycleVersion
    definition: definitions.Definition
    now: definitions.Definition | None
    looked: int
    failing: int
    stray: int
    flows: list[Flow]

    @cached_property
    def moved(self) -> int:
        return sum(len(flow.subjects) for flow in self.flows)

    def between(self, before: str | None, after: str | None) -> list[tuple[Flow, tuple[int, int]]]:
        """Those who would move, each with the flow; only from and to some stage, where one is given."""
        return [
            (flow, subject)
            for flow in self.flows
            if before in (None, flow.before) and after in (None, flow.after)
            for subject in flow.subjects
        ]

    def name(self, key: str, *, is_now: bool = False) -> str:
        """What a stage is called, in the draft or in what counts now."""
        for found in (self.now, self.definition) if is_now else (self.definition, self.now):
            if found and key in found.by_key:
                return found.by_key[key].name
        return key


def preview(lifecycle: Lifecycle, version: LifecycleVersion, member: Member) -> Preview:
    """Evaluate everybody whom the member may see by a version, without moving anybody.

    Raises CriteriaError, CostError, BadQuery, StoreUnavailable, as an evaluation does.
    """
    found = definitions.read(version.definition, lifecycle.kind, version)
    answers, today = facts.ask(lifecycle, found), lifecycle.workspace.today()
    mine = set(seen.subjects(member, lifecycle).order_by().values_list("pk", flat=True))
    flows: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    failing = stray = 0
    for block in evaluating.blocks(lifecycle):
        numbers = {pk: number for pk, number in block.items() if pk in mine}
        for subject, stay, verdict in evaluating.judged(lifecycle, found, answers, numbers, today):
            before = stay.stage if stay else ""
            if verdict.to is not None or verdict.leaves:
                after = verdict.to.key if verdict.to else ""
                flows[before, after].append((subject, numbers[subject]))
            else:
                failing += verdict.failing_since is not None
                stray += bool(before) and before not in found.by_key
    order = sorted(flows.items(), key=lambda item: (-len(item[1]), item[0]))
    listed = [Flow(before, after, subjects) for (before, after), subjects in order]
    return Preview(version, found, definitions.of(lifecycle), len(mine), failing, stray, listed)
