"""Times the statements of a question beside straightforward SQL over raw events; both must give the same."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from time import process_time
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
class Taken:
    """The sorted milliseconds of the clock, and the mean milliseconds of all processors, of one way to ask a case."""

    clock: list[float]
    processors: float


@dataclass(frozen=True, slots=True)
class Timed:
    """A case timed, ours and raw. Processors are told too because other work on the machine moves them far less."""

    case: Case
    ours: Taken
    raw: Taken

    def results(self) -> list[Result]:
        """The median with its ratio to raw SQL, the slowest, and the time of processors."""
        name, target, ours, raw = self.case.name, self.case.target, self.ours, self.raw
        slowest, processors = ([round(each, 3) for each in pair] for pair in _pairs(ours, raw))
        return [
            Result(f"{name}, median", median(ours.clock), "ms", "lower", target, RAW, median(raw.clock)),
            Result(f"{name}, slowest", slowest[0], "ms", "lower", None, RAW, slowest[1]),
            Result(f"{name}, processors", processors[0], "ms", "lower", None, RAW, processors[1]),
        ]

    def growth(self, before: Sequence["Timed"], sizes: str) -> list[Result]:
        """How many times as long it takes as with a tenth of the events."""
        small = next((each for each in before if each.case.name == self.case.name), None)
        if small is None:
            return []
        grown, raw = (
            median(self.ours.clock) / median(small.ours.clock),
            median(self.raw.clock) / median(small.raw.clock),
        )
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
    return Timed(case, taken(statements, seconds), taken([raw], seconds))


def asked(member: Member, case: Case) -> tuple[Any, Sequence[Statement]]:
    """The answer to a case's question, and the statements that gave it."""
    kind = kinds.get(case.kind)
    with clock.frozen(datetime.combine(NOW, time(12), UTC)):
        answer = kind.answer(member, kind.read(case.question))
    return answer, answer.statements


def taken(statements: Sequence[Statement], seconds: float) -> Taken:
    """How long all statements of a question take together; the store is in this process, so its threads count."""
    ask: Callable[[], object] = lambda: [each.rows() for each in statements]  # noqa: E731
    ask()
    began = process_time()
    found = bench.durations(ask, seconds=seconds)
    if len(found) < FEWEST:
        found = sorted([*found, *bench.durations(ask, repeats=FEWEST - len(found))])
    return Taken([each * 1000 for each in found], (process_time() - began) * 1000 / len(found))


def _pairs(ours: Taken, raw: Taken) -> tuple[tuple[float, float], tuple[float, float]]:
    return (ours.clock[-1], raw.clock[-1]), (ours.processors, raw.processors)


def median(ordered: list[float]) -> float:
    return round(bench.quantile(ordered, 0.5), 3)
