"""A draft's steps as one sees them: in a column, and below a decision in a lane for each of its branches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from evergrow.lib.bilingual import Name
from evergrow.success.engine.details import Branch, Decision, read
from evergrow.success.models import Step, StepKind

LANE = "/"


@dataclass(slots=True)
class Lane:
    """The steps of one branch; ``key`` is ``decision/branch``."""

    key: str
    branch: Branch
    is_otherwise: bool = False
    rows: list["Row"] = field(default_factory=list)

    @property
    def name(self) -> Name:
        return self.branch.name or {"en": self.branch.key, "zh": self.branch.key}


@dataclass(slots=True)
class Row:
    """A step where it stands; a decision with its lanes. ``lane`` is the key of the lane it stands in, "" for none."""

    step: Step
    lane: str = ""
    lanes: list[Lane] = field(default_factory=list)


def layout(steps: Iterable[Step]) -> list[Row]:
    """The steps in their order, each in the lane of the innermost decision of which it hangs on a single branch."""
    found = list(steps)
    rows = {step.key: Row(step, lanes=lanes_of(step)) for step in found}
    lanes = {lane.key: lane for row in rows.values() for lane in row.lanes}
    places = {step.key: step.position for step in found}
    top: list[Row] = []
    for step in found:
        row = rows[step.key]
        row.lane = next((key for key in _homes(step, places) if key in lanes), "")
        (lanes[row.lane].rows if row.lane else top).append(row)
    return top


def lanes_of(step: Step) -> list[Lane]:
    """The branches of a decision; none for other steps."""
    if step.kind != StepKind.DECISION:
        return []
    decision = read(Decision, step.details)
    ways = [Lane(f"{step.key}{LANE}{branch.key}", branch) for branch in decision.branches]
    last = decision.otherwise
    return [*ways, Lane(f"{step.key}{LANE}{last.key}", last, is_otherwise=True)]


def flat(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """Key and lane of every step, in the order in which they are read."""
    return [
        pair
        for row in rows
        for pair in [(row.step.key, row.lane), *(inner for lane in row.lanes for inner in flat(lane.rows))]
    ]


def shifted(rows: list[Row], key: str, by: int) -> list[Row]:
    """The rows with one moved up (-1) or down (1) among its neighbours; a decision takes its lanes along."""
    place = next((n for n, row in enumerate(rows) if row.step.key == key), None)
    if place is None:
        for row in rows:
            for lane in row.lanes:
                lane.rows = shifted(lane.rows, key, by)
        return rows
    to = max(0, min(len(rows) - 1, place + by))
    moved = [row for row in rows if row.step.key != key]
    return [*moved[:to], rows[place], *moved[to:]]


def end_of(lane: str, steps: Sequence[Step]) -> int | None:
    """The position after the last step of a lane (after the decision, while the lane is empty); None without it."""
    places = {step.key: step.position for step in steps}

    def last(rows: Sequence[Row]) -> int:
        return max((places[key] for key, _lane in flat(rows)), default=0)

    def search(rows: Sequence[Row]) -> int | None:
        for row in rows:
            for each in row.lanes:
                if each.key == lane:
                    return max(last(each.rows), row.step.position) + 1
                if (found := search(each.rows)) is not None:
                    return found
        return None

    return search(layout(steps))


def branches_of(lane: str, steps: Iterable[Step]) -> dict[str, list[str]]:
    """On which branches a step in this lane hangs: those of the decision, and the lane's own."""
    decision, _slash, way = lane.partition(LANE)
    step = next((each for each in steps if each.key == decision and each.kind == StepKind.DECISION), None)
    if step is None or lane not in {each.key for each in lanes_of(step)}:
        return {}
    return {**step.on_branches, decision: [way]}


def _homes(step: Step, places: dict[str, int]) -> list[str]:
    """The lanes in which a step could stand, the innermost first."""
    single = [(key, ways[0]) for key, ways in step.on_branches.items() if len(ways) == 1 and key in places]
    earlier = [(key, way) for key, way in single if places[key] < step.position]
    return [f"{key}{LANE}{way}" for key, way in sorted(earlier, key=lambda pair: -places[pair[0]])]
