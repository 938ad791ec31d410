"""A slow and obvious answer to a funnel, read from the definition: every start is tried, event after event."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from evergrow.insight import conditions
from evergrow.insight.funnel.question import Attribution, Counting, FunnelQuestion, Order, Start, Subject, Unit
from evergrow.insight.tests.reference import Happened, World, value_of

SECONDS = {Unit.MINUTE: 60, Unit.HOUR: 3600, Unit.DAY: 86_400, Unit.WEEK: 604_800}


@dataclass(frozen=True)
class Did:
    """An event of a subject: which steps (from 0) it matches, which exclusions, whether a try may begin with it."""

    at: datetime
    sequence: int
    steps: frozenset[int]
    stops: frozenset[int]
    may_start: bool
    part: str = "-"


@dataclass
class Path:
    """What filled each step, None for optional steps left out and those not reached."""

    filled: list[Did | None]

    def __getitem__(self, step: int) -> Did | None:
        return self.filled[step] if step < len(self.filled) else None

    def times(self) -> list[datetime | None]:
        return [each.at if each else None for each in self.filled]

    @property
    def start(self) -> datetime:
        return min(each.at for each in self.filled if each)

    @property
    def end(self) -> datetime:
        return max(each.at for each in self.filled if each)


@dataclass
class Answer:
    counts: list[int]
    waits: list[list[float]] = field(default_factory=list)
    whole_way: list[float] = field(default_factory=list)
    paths: list[tuple[int, Path]] = field(default_factory=list)


def close(question: FunnelQuestion, start: datetime, zone: str) -> datetime:
    """The last moment that counts after a start."""
    window = question.window
    if window.unit is not Unit.MONTH:
        return start + timedelta(seconds=window.count * SECONDS[window.unit])
    here = start.astimezone(ZoneInfo(zone))
    year, month = here.year, here.month + window.count
    while month > 12:
        year, month = year + 1, month - 12
    day = here.day
    while True:
        try:
            return here.replace(year=year, month=month, day=day).astimezone(UTC)
        except ValueError:
            day -= 1


def passes(filters: Sequence[conditions.Condition], world: World, event: Happened) -> bool:
    return all(conditions.holds(each.test, each.values, value_of(each.topic, world, event)) for each in filters)


def is_step(question: FunnelQuestion, step: int, world: World, event: Happened) -> bool:
    wanted = question.steps[step]
    named = wanted.event in ("", event.event)
    return named and passes(wanted.filters + question.filters, world, event)


def histories(
    question: FunnelQuestion, world: World, first: date, last: date, sequences: Mapping[int, int]
) -> Iterator[tuple[int, str, list[Did]]]:
    """Each subject's events in the order in which they count; one history for each value held, and for each session."""
    found: dict[tuple[int, str], list[Did]] = {}
    split = question.split
    for place, event in enumerate(world.events):
        day = world.day(event)
        if day < first or (world.visible is not None and event.account not in world.visible):
            continue
        if question.subject is Subject.ACCOUNTS:
            subject = event.account
        else:
            subject = world.merges.get(event.person, event.person)
        if not subject:
            continue
        part = "-"
        if split:
            value = value_of(split.by, world, event)
            part = "-" if value is None else f"={value}"
        held = ""
        if split and split.attribution is Attribution.ALL:
            held = part
        elif question.hold:
            if question.hold not in event.properties:
                continue
            held = event.properties[question.hold]
        stops = frozenset(
            number
            for number, each in enumerate(question.exclusions)
            if each.event in ("", event.event) and passes(each.filters, world, event)
        )
        steps = frozenset(step for step in range(len(question.steps)) if is_step(question, step, world, event))
        done = Did(event.at, sequences[place], steps, stops, day <= last, part)
        found.setdefault((subject, held), []).append(done)
    for (subject, held), events in sorted(found.items()):
        events.sort(key=lambda each: (each.at, min(each.steps, default=99), each.sequence))
        if question.subject is not Subject.SESSIONS:
            yield subject, held, events
            continue
        session: list[Did] = []
        for each in events:
            if session and each.at - session[-1].at >= timedelta(minutes=30):
                yield subject, held, session
                session = []
            session.append(each)
        yield subject, held, session


def matched(event: Did, step: int) -> bool:
    return step in event.steps and (step > 0 or event.may_start)


def counted(question: FunnelQuestion, events: Sequence[Did]) -> list[Did]:
    """The events without those that do not interrupt: of no step, and at an instant at which a step happened."""

    busy = {each.at for each in events if each.steps}
    return [each for each in events if each.steps or each.at not in busy]


def is_stopped(question: FunnelQuestion, events: Sequence[Did], after: int, before: int, filled: int) -> bool:
    """Whether an excluded event lies between two events (by position), the first of which fills a step."""
    for event in events[after + 1 : before]:
        for number in () if event.steps else event.stops:
            if question.exclusions[number].after <= filled + 1 < question.exclusions[number].before:
                return True
    return False


def sources(question: FunnelQuestion, step: int) -> list[int]:
    found = [step - 1]
    while question.steps[found[-1]].is_optional:
        found.append(found[-1] - 1)
    return found


def paths_from(question: FunnelQuestion, events: Sequence[Did], begin: int, zone: str) -> Iterator[tuple[int, ...]]:
    """Every path that begins with one event: the position of what filled each step (-1: left out)."""
    closes = close(question, events[begin].at, zone)

    def go(path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        yield path
        here = max(path)
        for step in range(len(path), len(question.steps)):
            filled = max(each for each, position in enumerate(path) if position >= 0)
            if filled not in sources(question, step):
                break
            nexts = range(here + 1, len(events))
            if question.order is Order.STRICT:
                nexts = range(here + 1, min(here + 2, len(events)))
            for position in nexts:
                event = events[position]
                if event.at > closes:
                    break
                if matched(event, step) and not is_stopped(question, events, here, position, filled):
                    yield from go(path + (-1,) * (step - len(path)) + (position,))

    yield from go((begin,))


def reported(question: FunnelQuestion, events: list[Did], zone: str) -> Path | None:
    """The path that leads furthest; then there first, then the latest start, then more and earlier steps."""
    if question.order is Order.ANY:
        return any_order(question, events, zone)
    events = counted(question, events)
    starts = [position for position, event in enumerate(events) if matched(event, 0)]
    if question.start is Start.FIRST:
        starts = starts[:1]
    if question.drops_subject and met_exclusion(question, events, starts, zone):
        return None
    best: tuple[tuple[object, ...], tuple[int, ...]] | None = None
    for begin in starts:
        for path in paths_from(question, events, begin, zone):
            rank = (
                -len(path),
                path[-1],
                -events[begin].at.timestamp(),
                *_preference(path),
                tuple(path),
            )
            if best is None or rank < best[0]:
                best = rank, path
    if best is None:
        return None
    return Path([events[position] if position >= 0 else None for position in best[1]])


def _preference(path: tuple[int, ...]) -> tuple[object, ...]:
    """From the end back: nearer steps filled rather than left out."""
    return (tuple(position < 0 for position in reversed(path)),)


def met_exclusion(question: FunnelQuestion, events: Sequence[Did], starts: Sequence[int], zone: str) -> bool:
    """Whether an excluded event falls into a try that stands between its steps while its window is open."""
    for number, exclusion in enumerate(question.exclusions):
        for position, event in enumerate(events):
            if number not in event.stops or event.steps:
                continue
            for begin in starts:
                if begin > position or event.at > close(question, events[begin].at, zone):
                    continue
                lengths = [len(path) for path in paths_from(question, events[:position], begin, zone)]
                reach = max(lengths, default=0)
                if exclusion.after in lengths and reach < exclusion.before:
                    return True
    return False


def any_order(question: FunnelQuestion, events: list[Did], zone: str) -> Path | None:
    """The most different steps filled by different events in a window that begins with an event that may start."""
    events = counted(question, events)
    places = [position for position, event in enumerate(events) if event.steps]
    starts = [position for position in places if events[position].may_start]
    if question.start is Start.FIRST:
        starts = starts[:1]
    best: tuple[tuple[object, ...], list[Did]] | None = None
    for begin in starts:
        closes = close(question, events[begin].at, zone)
        stop = next((p for p in range(begin, len(events)) if not events[p].steps and events[p].stops), len(events))
        inside = [p for p in places if begin <= p < stop and events[p].at <= closes]
        for size in range(min(len(question.steps), len(inside)), 0, -1):
            chosen = [
                picked
                for picked in combinations(inside, size)
                if picked[0] == begin and can_fill([events[p].steps for p in picked])
            ]
            if chosen:
                sign = 1 if question.start is Start.FIRST else -1
                picked = min(chosen, key=lambda each: (each[-1], [sign * p for p in each]))
                rank = (-size, picked[-1], -begin)
                if best is None or rank < best[0]:
                    best = rank, [events[p] for p in picked]
                break
    return Path(list(best[1])) if best else None


def can_fill(matches: Sequence[frozenset[int]]) -> bool:
    """Whether each can fill a step of its own."""
    if not matches:
        return True
    return any(can_fill([rest - {step} for rest in matches[1:]]) for step in matches[0])


def tries(question: FunnelQuestion, events: list[Did], zone: str) -> list[Path]:
    """One try after the other, as somebody would tell them from a list of events."""
    events, found, run = counted(question, events), [], []  # type: ignore[var-annotated]
    size = len(question.steps)
    for event in events:
        if run and event.at > close(question, run[0].at, zone):
            found.append(Path(run))
            run = []
        nexts = [step for step in range(len(run), size) if run and len(run) - 1 in sources(question, step)]
        fitting = [step for step in nexts if matched(event, step)]
        if run and fitting:
            run = [*run, *[None] * (fitting[0] - len(run)), event]
            if len(run) == size:
                found.append(Path(run))
                run = []
            continue
        if run and len(run) == 1 and matched(event, 0) and question.start is Start.LATEST:
            run = [event]
            continue
        stopped = not event.steps and any(
            question.exclusions[number].after <= len(run) < question.exclusions[number].before for number in event.stops
        )
        if run and (stopped or question.order is Order.STRICT):
            found.append(Path(run))
            run = []
        if not run and matched(event, 0):
            run = [event]
    return [*found, Path(run)] if run else found


def answer(
    question: FunnelQuestion, world: World, first: date, last: date, sequences: Mapping[int, int]
) -> list[tuple[int, str, Path]]:
    """Every path that counts, with its subject and its part of the breakdown."""
    found: list[tuple[int, str, Path]] = []
    for subject, held, events in histories(question, world, first, last, sequences):
        if question.counting is Counting.TOTALS:
            paths = tries(question, events, world.zone)
        else:
            paths = [path for path in [reported(question, events, world.zone)] if path]
        found += [(subject, held, path) for path in paths]
    by_value = question.split is not None and question.split.attribution is Attribution.ALL
    if (
        question.hold
        and not by_value
        and question.counting is Counting.UNIQUE
        and question.subject is not Subject.SESSIONS
    ):
        found = one_each(found)
    return [(subject, part_of(question, held, path), path) for subject, held, path in found]


def one_each(found: list[tuple[int, str, Path]]) -> list[tuple[int, str, Path]]:
    """Of a subject's values the one that led furthest, then there first, then began last, then is last by name."""
    best: dict[int, tuple[int, str, Path]] = {}
    for subject, held, path in found:
        old = best.get(subject)
        if old is None or _rank(path, held) > _rank(old[2], old[1]):
            best[subject] = subject, held, path
    return list(best.values())


def _rank(path: Path, held: str) -> tuple[object, ...]:
    return len(path.filled), -path.end.timestamp(), path.start.timestamp(), held.encode()


def part_of(question: FunnelQuestion, held: str, path: Path) -> str:
    split = question.split
    if split is None:
        return ""
    if split.attribution is Attribution.ALL:
        return held
    filled = [each for each in path.filled if each]
    if split.attribution is Attribution.FIRST:
        return filled[0].part
    if split.attribution is Attribution.LAST:
        return filled[-1].part
    there = path[split.step - 1]
    return there.part if there else "-"


def summed(question: FunnelQuestion, paths: Sequence[Path]) -> Answer:
    """Counts and waits of paths."""
    size = len(question.steps)
    found = Answer([sum(path[step] is not None for path in paths) for step in range(size)], [[] for _ in range(size)])
    for path in paths:
        for step in range(1, size):
            here = path[step]
            if here:
                before = [each for each in path.filled[:step] if each]
                found.waits[step].append((here.at - before[-1].at).total_seconds())
        end = path[size - 1]
        if end:
            found.whole_way.append((end.at - path.start).total_seconds())
    return found


def without_split(question: FunnelQuestion) -> FunnelQuestion:
    return replace(question, split=None)
