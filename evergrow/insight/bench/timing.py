"""Times the statements of a question beside straightforward SQL over raw events; both must give the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from evergrow import warehouse
from evergrow.insight import kinds
from evergrow.insight.bench import cases
from evergrow.insight.bench.cases import Case
from evergrow.insight.bench.days import NOW
from evergrow.insight.statement import Statement
from evergrow.lib import bench, clock
from evergrow.lib.bench import Result
from evergrow.workspaces.models import Member

RAW = "straightforward SQL over raw events, laid out and asked as PostHog does"
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Timed:
    """The sorted milliseconds of a case, ours and raw."""

    case: Case
    ours: list[float]
    raw: list[float]

    def results(self) -> list[Result]:
        """The median with its ratio to raw SQL, and the slowest."""
        name, target = self.case.name, self.case.target
        return [
            Result(f"{name}, median", median(self.ours), "ms", "lower", target, RAW, median(self.raw)),
            Result(f"{name}, slowest", round(self.ours[-1], 3), "ms", "lower", None, RAW, round(self.raw[-1], 3)),
        ]

    def growth(self, before: Sequence["Timed"], sizes: str) -> list[Result]:
        """How many times as long it takes as with a tenth of the events."""
        small = next((each for each in before if each.case.name == self.case.name), None)
        if small is None:
            return []
        grown, raw = (median(self.ours) / median(small.ours), median(self.raw) / median(small.raw))
        return [
            Result(f"{self.case.name}, growth from {sizes}", round(grown, 3), "×", "lower", None, RAW, round(raw, 3))
        ]


def every(member: Member, seconds: float) -> list[Timed]:
    """Every case that can be asked, timed for so many seconds each."""
    return [timed(member, case, seconds) for case in cases.every()]


def timed(member: Member, case: Case, seconds: float) -> Timed:
    """A case timed, after both ways were asked once. Raises AssertionError when they disagree."""
    answer, statements = asked(member, case)
    raw = Statement("raw", warehouse.statement("insight", case.raw), {"workspace": member.workspace_id, **case.params})
    rows = warehouse.rows(raw.sql, **raw.params)
    if case.is_same is not None and not case.is_same(answer, rows):
        raise AssertionError(f"The two ways disagree about “{case.name}”.")
    return Timed(case, milliseconds(statements, seconds), milliseconds([raw], seconds))


def asked(member: Member, case: Case) -> tuple[Any, Sequence[Statement]]:
    """The answer to a case's question, and the statements that gave it."""
    kind = kinds.get(case.kind)
    with clock.frozen(datetime.combine(NOW, time(12), UTC)):
        answer = kind.answer(member, kind.read(case.question))
    return answer, answer.statements


def milliseconds(statements: Sequence[Statement], seconds: float) -> list[float]:
    """How long all statements of a question take together, sorted."""
    ask: Callable[[], object] = lambda: [warehouse.rows(each.sql, **each.params) for each in statements]  # noqa: E731
    ask()
    taken = bench.durations(ask, seconds=seconds)
    if len(taken) < FEWEST:
        taken = sorted([*taken, *bench.durations(ask, repeats=FEWEST - len(taken))])
    return [each * 1000 for each in taken]


def median(ordered: list[float]) -> float:
    return round(bench.quantile(ordered, 0.5), 3)
