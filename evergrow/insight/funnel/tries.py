"""Every try of a subject, one after the other, in SQL: for funnels that count each of them."""

from collections.abc import Sequence

from evergrow.insight.funnel.question import Order, Start
from evergrow.insight.funnel.walk import Walk, last_step


def tries(walk: Walk, events: str) -> str:
    """Every try, one after the other: a list of paths. While one runs no other begins."""
    element = walk.element
    live = f"if(notEmpty(s.1) AND {element.at('e')} > {walk.deadline(element.began('s.1'))}, {element.no_path}, s.1)"
    before = f"if(notEmpty(s.1) AND empty({live}), arrayPushBack(s.2, s.1), s.2)"
    begun = f"if({walk.matches(1)}, [{element.mark('e')}], {element.no_path})"
    went_on = _went_on(walk, live)
    is_whole = f"(length({went_on}) = {walk.size})"
    again = f"(length({live}) = 1 AND {walk.matches(1)})" if walk.question.start is Start.LATEST else "0"
    ended = _ended(walk, live)
    run = (
        f"multiIf(empty({live}), {begun}, {is_whole}, {element.no_path}, notEmpty({went_on}), {went_on},"
        f" {again}, {begun}, {ended}, {begun}, {live})"
    )
    done = (
        f"multiIf(empty({live}), {before}, {is_whole}, arrayPushBack({before}, {went_on}),"
        f" notEmpty({went_on}), {before}, {again}, {before}, {ended}, arrayPushBack({before}, {live}), {before})"
    )
    begin = f"({element.no_path}, [{element.no_path}], toInt64(-1))"
    folded = f"arrayFold((s, e) -> ({run}, {done}, {last_step(walk, 's.3')}), {events}, {begin})"
    return f"arrayMap(f -> arrayFilter(path -> notEmpty(path), arrayPushBack(f.2, f.1)), [{folded}])[1]"


def _went_on(walk: Walk, live: str) -> str:
    """The try that runs with one more step, empty where the event fills none that may come next."""
    pieces: list[str] = []
    for stands in range(1, walk.size):
        for step in _next_steps(walk, stands):
            path = f"arrayPushBack({walk.padded(live, step - 1 - stands)}, {walk.element.mark('e')})"
            pieces.append(f"length({live}) = {stands} AND {walk.matches(step)}, {path}")
    return f"multiIf({', '.join(pieces)}, {walk.element.no_path})"


def _next_steps(walk: Walk, stands: int) -> Sequence[int]:
    return [step for step in range(stands + 1, walk.size + 1) if stands in walk.sources(step)]


def _ended(walk: Walk, live: str) -> str:
    """Whether the event ends the try that runs: an excluded one, or with strict steps any that does not go on."""
    if walk.question.order is Order.STRICT:
        return f"({walk.element.mask('e')} != 0 OR {walk.interrupts('s.3')})"
    found = [
        f"(length({live}) = {stands} AND {stopped})"
        for stands in range(1, walk.size)
        if (stopped := walk.stops(stands, "s.3"))
    ]
    return f"({' OR '.join(found)})" if found else "0"
