"""How events fill steps, in SQL: a fold over a subject's events in order gives the path that led furthest.

A path is the list of what filled its steps. For each step the fold keeps the path with the latest start that leads
there; an event lengthens the path of the step before if the window still holds. All of an event's new paths come from
the paths before it, so one event never fills two steps of a path.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evergrow.insight.funnel.elements import NO_START, Element
from evergrow.insight.funnel.question import Counting, FunnelQuestion, Order, Start


@dataclass(frozen=True, slots=True)
class Walk:
    """A question's rules; ``deadline`` gives the last moment that counts after a start, ``ends`` when starts end."""

    question: FunnelQuestion
    element: Element
    deadline: Callable[[str], str]
    ends: str

    @property
    def size(self) -> int:
        return len(self.question.steps)

    def sources(self, step: int) -> list[int]:
        """The steps from which ``step`` (from 1) can be reached: the one before, and those before optional ones."""
        found = [step - 1]
        while found[-1] > 1 and self.question.steps[found[-1] - 1].is_optional:
            found.append(found[-1] - 1)
        return found

    def padded(self, path: str, missing: int) -> str:
        """A path with steps left out at its end."""
        if not missing:
            return path
        gaps = ", ".join([self.element.skipped] * missing)
        return f"if(empty({path}), {path}, arrayConcat({path}, [{gaps}]))"

    def matches(self, step: int) -> str:
        """Whether an event may fill a step (from 1) of a path; the first one only where a try may begin."""
        return f"bitTest({self.element.mask('e')}, {step if step > 1 else 0})"

    def interrupts(self, last: str) -> str:
        """Whether an event of no step counts as one in between: not at an instant at which a step happened."""
        return f"({self.element.mask('e')} = 0 AND {self.element.at('e')} != {last})"

    def stops(self, step: int, last: str) -> str:
        """Whether an excluded event ends a try that stands at ``step``; "" where none can."""
        bits = sum(
            1 << place for place, each in enumerate(self.question.exclusions) if each.after <= step < each.before
        )
        return f"({self.interrupts(last)} AND bitAnd({self.element.stop('e')}, {bits}) != 0)" if bits else ""


def events_to_walk(walk: Walk, events: str) -> str:
    """The events, where only the first start counts without leave for later ones to begin a try."""
    question, element = walk.question, walk.element
    if question.start is Start.LATEST or question.counting is Counting.TOTALS:
        return events
    later = element.with_mask("x", f"bitAnd({element.mask('x')}, {NO_START})")
    first = element.with_mask("x", element.mask("x"))
    begins = f"arrayFirstIndex(y -> bitTest({element.mask('y')}, 0), {events})"
    return f"arrayMap((x, place) -> if(place = {begins}, {first}, {later}), {events}, arrayEnumerate({events}))"


def furthest(walk: Walk, events: str) -> str:
    """The path that led furthest, at the moment it first got there; of several then, the one with the latest start.

    The fold holds a tuple of marks for each step, then the best path so far, how far it led, and when a step last
    happened. Tuples of numbers, since the store handles them far faster than arrays. The best path is looked after one
    event later, and once more at the end.
    """
    size = walk.size
    reach, last, out = f"s.{size + 2}", f"s.{size + 3}", f"s.{size + 4}"
    state = [_path(walk, step, last) for step in range(1, size + 1)]
    state += [_best(walk, "s"), _reach(walk, "s", reach), last_step(walk, last)]
    begin = [_tuple([walk.element.skipped] * length) for length in (*range(1, size + 1), size)]
    begin += ["toUInt8(0)", "toInt64(-1)"]
    if walk.question.drops_subject:
        state.append(_out(walk, out, last))
        begin.append("toUInt8(0)")
    folded = f"arrayFold((s, e) -> {_tuple(state)}, {events}, {_tuple(begin)})"
    led = _reach(walk, "folded", f"folded.{size + 2}")
    if walk.question.drops_subject:
        led = f"if(folded.{size + 4} = 1, 0, {led})"
    ended = f"arrayMap(folded -> ({_best(walk, 'folded')}, {led}), [{folded}])[1]"
    marks = ", ".join(f"found.1.{step}" for step in range(1, size + 1))
    return f"arrayMap(found -> arraySlice([{marks}], 1, found.2), [{ended}])[1]"


def _tuple(pieces: Sequence[str]) -> str:
    return f"tuple({', '.join(pieces)})"


def _path(walk: Walk, step: int, last: str) -> str:
    """The path of a step after this event: a longer one where the event fills the step, else none or the old one."""
    element, old = walk.element, f"s.{step}"
    none = _tuple([element.skipped] * step)
    broken = _broken(walk, step, last)
    kept = f"if({broken}, {none}, {old})" if broken else old
    if step == 1:
        return f"if({walk.matches(1)}, {_tuple([element.mark('e')])}, {kept})"
    found = kept
    for place, source in reversed(list(enumerate(walk.sources(step)))):
        began = element.start(f"s.{source}")
        may = f"{walk.matches(step)} AND {began} != 0 AND {element.at('e')} <= {walk.deadline(began)}"
        if walk.question.order is not Order.STRICT:
            may += f" AND {element.start(old)} != {began}"
        for farther in walk.sources(step)[place + 1 :]:
            may += f" AND {began} >= {element.start(f's.{farther}')}"
        marks = [f"s.{source}.{each}" for each in range(1, source + 1)]
        longer = _tuple([*marks, *[element.skipped] * (step - 1 - source), element.mark("e")])
        found = f"if({may}, {longer}, {found})"
    return found


def _broken(walk: Walk, step: int, last: str) -> str:
    """Whether this event takes the path of ``step`` away; "" where none can."""
    if walk.question.order is Order.STRICT:
        return f"({walk.element.mask('e')} != 0 OR {walk.interrupts(last)})"
    return walk.stops(step, last)


def _best(walk: Walk, state: str) -> str:
    """The best path so far: the longest one now, if it is longer than the best before."""
    found, size = f"{state}.{walk.size + 1}", walk.size
    for step in range(1, size + 1):
        marks = [f"{state}.{step}.{each}" for each in range(1, step + 1)]
        longest = _tuple([*marks, *[walk.element.skipped] * (size - step)])
        found = f"if({_is_longest(walk, state, step)}, {longest}, {found})"
    return found


def _reach(walk: Walk, state: str, before: str) -> str:
    """How far the best path leads."""
    longest = [f"{_is_longest(walk, state, step)}, toUInt8({step})" for step in range(walk.size, 0, -1)]
    return f"multiIf({', '.join(longest)}, {before})"


def _is_longest(walk: Walk, state: str, step: int) -> str:
    return f"({state}.{walk.size + 2} < {step} AND {walk.element.start(f'{state}.{step}')} != 0)"


def last_step(walk: Walk, last: str) -> str:
    """When a step last happened, this event included."""
    return f"if({walk.element.mask('e')} != 0, {walk.element.at('e')}, {last})"


def _out(walk: Walk, out: str, last: str) -> str:
    """Whether an excluded event met a try in its window, so that the subject is left out."""
    element = walk.element
    met = [out]
    for place, each in enumerate(walk.question.exclusions):
        began = element.start(f"s.{each.after}")
        met.append(
            f"(bitTest({element.stop('e')}, {place}) AND {walk.interrupts(last)} AND {began} != 0"
            f" AND {element.at('e')} <= {walk.deadline(began)} AND {element.start(f's.{each.before}')} != {began})"
        )
    return f"toUInt8({' OR '.join(met)})"


def in_any_order(walk: Walk, events: str) -> str:
    """The longest list of different steps within a window; an event fills the step that is empty or longest filled.

    ``s.1`` holds for each step what filled it last, ``s.2`` the same of events that may begin a try.
    """
    element, size, is_first = walk.element, walk.size, walk.question.start is Start.FIRST
    mask = element.mask("e")
    if is_first:
        first_at = element.at(f"arrayFirst(x -> bitTest({element.mask('x')}, 0), {events})")
        events = f"arrayFilter(x -> {element.at('x')} BETWEEN {first_at} AND {walk.deadline(first_at)}, {events})"
    places = f"range(1, {size + 1})"
    filled_at = "s.1[place].1" if element.has_part else "s.1[place]"
    only_empty = f" AND {filled_at} = 0" if is_first else ""
    fitting = f"arrayFilter(place -> bitTest({mask}, place){only_empty}, {places})"
    chosen = f"arraySort(place -> ({filled_at}, place), {fitting})[1]"
    nothing = f"arrayWithConstant({size}, {element.skipped})"
    filled = "arrayMap((old, place) -> if(place = {chosen}, {mark}, old), {state}, {places})"
    bits = (1 << len(walk.question.exclusions)) - 1
    ended = f"({walk.interrupts('s.3')} AND bitAnd({element.stop('e')}, {bits}) != 0)" if bits else "0"
    known = {"chosen": chosen, "mark": element.mark("e"), "places": places}
    state = [
        f"multiIf({ended}, {nothing}, {mask} != 0, {filled.format(state='s.1', **known)}, s.1)",
        f"multiIf({ended}, {nothing}, bitTest({mask}, 0), {filled.format(state='s.2', **known)}, s.2)",
        last_step(walk, "s.3"),
        _better(walk, "s"),
    ]
    begin = [nothing, nothing, "toInt64(-1)", element.no_path]
    folded = f"arrayFold((s, e) -> ({', '.join(state)}), {events}, ({', '.join(begin)}))"
    return f"arrayMap(folded -> {_better(walk, 'folded')}, [{folded}])[1]"


def _better(walk: Walk, state: str) -> str:
    """The steps filled in the window that ends with the last event, if they are more than the best before."""
    element = walk.element
    time = (lambda filled: f"{filled}.1") if element.has_part else (lambda filled: filled)
    now = f"{state}.3"
    alive = f"arrayFilter(f -> {time('f')} > 0 AND {walk.deadline(time('f'))} >= {now}, {state}.1)"
    latest_start = f"arraySort(f -> (-{time('f')}), {state}.2)[1]"
    can_start = f"({time(latest_start)} > 0 AND {walk.deadline(time(latest_start))} >= {now})"
    path = f"arraySort(f -> {time('f')}, {alive})"
    at_place = f"indexOf({state}.2, {latest_start})"
    swapped = (
        f"arraySort(f -> {time('f')}, arrayFilter(f -> {time('f')} > 0 AND {walk.deadline(time('f'))} >= {now},"
        f" arrayMap((f, place) -> if(place = {at_place}, {latest_start}, f), {state}.1,"
        f" arrayEnumerate({state}.1))))"
    )
    whole = f"if({time(f'{path}[1]')} < {walk.ends}, {path}, {swapped})"
    return f"if({can_start} AND length({alive}) > length({state}.4), {whole}, {state}.4)"
