"""A version's steps, read once for many runs and made ready to be asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import Any

from evergrow.success.engine.details import Decision, read
from evergrow.success.models import OwnerRule, PlaybookVersion, Step, StepKind
from evergrow.success.schedule import BY_THE_HOUR


@dataclass
class StepPlan:
    """One step: what of it the engine looks at. ``after`` holds the decisions that it hangs on too."""

    pk: int
    key: str
    place: int
    kind: str
    due_from: str
    offset: int
    unit: str
    roll: str
    anchor: str
    at_time: time | None
    after: list[str]
    on_branches: dict[str, list[str]]
    condition: dict[str, Any]
    products: list[str]
    industries: list[str]
    rules: list[dict[str, Any]]
    details: dict[str, Any]
    name: dict[str, str]

    @cached_property
    def channel(self) -> str:
        """How a message or a survey goes out; blank where a person sends it."""
        way = str(self.details.get("channel") or "")
        return "" if way == "task" else way

    @cached_property
    def acts(self) -> bool:
        """Whether Evergrow takes the step itself when its time has come."""
        if self.kind in (StepKind.MESSAGE, StepKind.SURVEY):
            return bool(self.channel)
        if self.kind == StepKind.DECISION:
            return bool(self.decision.branches)
        return self.kind in (StepKind.WAIT, StepKind.WEBHOOK, StepKind.PLAYBOOK)

    @cached_property
    def decision(self) -> Decision:
        return read(Decision, self.details)

    @cached_property
    def takes_after_previous(self) -> bool:
        """Whether its owner is known only once the step before was worked on."""
        return any(rule.get("rule") == OwnerRule.PREVIOUS for rule in self.rules)


@dataclass
class Book:
    """The steps of a version in their order, with what the timeline says of the playbook."""

    version: int
    number: int
    playbook: int
    anchor: str
    name: dict[str, str]
    steps: list[StepPlan] = field(default_factory=list)

    @cached_property
    def counts_hours(self) -> bool:
        """Whether some step's date hangs on the hour at which another one ended."""
        return any(step.unit in BY_THE_HOUR for step in self.steps)

    @cached_property
    def by_pk(self) -> dict[int, StepPlan]:
        return {step.pk: step for step in self.steps}


def books(versions: Iterable[int]) -> dict[int, Book]:
    """The books of these versions, by version."""
    wanted = set(versions)
    rows = PlaybookVersion.objects.filter(pk__in=wanted).select_related("playbook")
    found = {row.pk: Book(row.pk, row.number, row.playbook_id, row.playbook.anchor, row.playbook.name) for row in rows}
    for step in Step.objects.filter(version__in=wanted).order_by("position"):
        book = found[step.version_id]
        book.steps.append(plan_of(step, len(book.steps)))
    return found


def plan_of(step: Step, place: int = 0) -> StepPlan:
    """What the engine looks at of one step."""
    return StepPlan(
        pk=step.pk,
        key=step.key,
        place=place,
        kind=step.kind,
        due_from=step.due_from,
        offset=step.offset,
        unit=step.unit,
        roll=step.roll,
        anchor=step.anchor,
        at_time=step.at_time,
        after=list(dict.fromkeys([*step.after, *step.on_branches])),
        on_branches=step.on_branches,
        condition=step.condition,
        products=step.products,
        industries=step.industries,
        rules=[{"rule": step.owner_rule, "member": step.member_id}, *step.fallbacks],
        details=step.details,
        name=step.name,
    )
