"""How events fill steps where each step has a name of its own and nothing else is asked: in order, each subject once.

No fold is needed then, and the store does it many times faster, array by array. An event that may fill a step leads on
the latest start that led to the step before; ``led_2`` has that start at each event that filled the second step and 0
elsewhere, ``began_2`` the latest of them so far. The start that first leads to the furthest step is the path's; each of
its steps is where that start first led to it. ``walk.furthest`` says the same of such questions.
"""

from evergrow.insight.funnel.question import Counting, Order
from evergrow.insight.funnel.walk import Walk


def can_walk(walk: Walk) -> bool:
    """Whether these rules are as simple as that."""
    question = walk.question
    is_simple = question.order is Order.ORDERED and question.counting is Counting.UNIQUE
    return is_simple and walk.element.is_packed and not any(step.is_optional for step in question.steps)


def columns(walk: Walk, events: str) -> list[str]:
    """What ``path`` needs, by name, from the sorted events of a unit."""
    element = walk.element
    found = [f"{events} AS marks", f"arrayMap(e -> if({walk.matches(1)}, {element.at('e')}, 0), marks) AS led_1"]
    for step in range(2, walk.size + 1):
        may = f"{walk.matches(step)} AND began != 0 AND {element.at('e')} <= {walk.deadline('began')}"
        found.append(f"arrayFill(began -> began != 0, led_{step - 1}) AS began_{step - 1}")
        found.append(f"arrayMap((e, began) -> if({may}, began, 0), marks, began_{step - 1}) AS led_{step}")
    firsts = [f"arrayFirst(began -> began != 0, led_{step})" for step in range(walk.size, 0, -1)]
    places = [str(step) for step in range(walk.size, 0, -1)]
    found.append(f"multiIf({_pairs(firsts, firsts)}, 0) AS start")
    found.append(f"multiIf({_pairs(firsts, places)}, 0) AS reach")
    return found


def path(walk: Walk) -> str:
    """When each step was filled, up to the furthest; empty where nothing began."""
    later = [walk.element.at(f"marks[indexOf(led_{step}, start)]") for step in range(2, walk.size + 1)]
    return f"arraySlice([{', '.join(['start', *later])}], 1, reach)"


def _pairs(firsts: list[str], values: list[str]) -> str:
    return ", ".join(f"{first} != 0, {value}" for first, value in zip(firsts, values, strict=True))
