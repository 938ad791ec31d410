"""Where criteria put one subject. A pure function: what was found, where it stands, what day it is.

The first of these that applies: a lock leaves it; who surely takes no part any more leaves; who surely fails the entry
of an end begins anew; an end that it meets takes it; a pause that it meets takes it, one that is over gives it back; it
goes on to the furthest stage it meets, if its own exit criteria and gate let it; it falls back after ``back_days``.
A value that is missing moves nobody: neither is an entry met by it, nor does it surely fail.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from evergrow.customers.stages.definition import PAUSED, START, TERMINAL, Definition, Stage
from evergrow.customers.stages.facts import Answers

# Why a move was made: stored with the stay
ARRIVED, ENTRY, EXIT, ENDED, PAUSE, RESUMED, AGAIN, BACK, LEFT = (
    "arrived",
    "entry",
    "exit",
    "end",
    "pause",
    "resumed",
    "again",
    "back",
    "left",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subject stands. ``resting_from`` is the stage before a pause; ``is_gate_open`` says of its own gate."""

    stage: str
    locked_until: date | None = None
    failing_since: date | None = None
    resting_from: str = ""
    is_gate_open: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """``to`` is the stage to go to, None to stay; ``leaves`` the lifecycle altogether."""

    to: Stage | None = None
    cause: str = ""
    failing_since: date | None = None
    leaves: bool = False


def decide(definition: Definition, answers: Answers, number: int, place: Place | None, today: date) -> Verdict:
    """What becomes of a subject today."""
    takes_part = answers.who is None or number in answers.who
    if place is None:
        return Verdict(_arrival(definition, answers, number), ARRIVED) if takes_part else Verdict()
    here = definition.stage(place.stage)
    is_locked = place.locked_until is not None and today <= place.locked_until
    if here is None or is_locked:
        return Verdict(failing_since=place.failing_since)
    if here.kind == TERMINAL:
        anew = takes_part and answers.fails(here, number)
        to = _on_the_way(definition, answers, number) if anew else None
        return Verdict(to, AGAIN) if to else Verdict()
    if answers.may_take_part is not None and number not in answers.may_take_part:
        return Verdict(cause=LEFT, leaves=True)
    return _aside(definition, answers, number, here) or (
        _resumed(definition, answers, number, here, place)
        if here.kind == PAUSED
        else _along(definition, answers, number, here, place, today)
    )


def _arrival(definition: Definition, answers: Answers, number: int) -> Stage | None:
    ends = (stage for stage in definition.stages if stage.kind == TERMINAL and answers.enters(stage, number))
    return next(ends, None) or _on_the_way(definition, answers, number)


def _on_the_way(definition: Definition, answers: Answers, number: int) -> Stage | None:
    """The furthest stage whose entry holds; else the first start that asks nothing."""
    ways = [stage for stage in definition.stages if stage.is_on_the_way]
    met = [stage for stage in ways if answers.enters(stage, number)]
    return met[-1] if met else next((s for s in ways if s.kind == START and s.entry is None), None)


def _aside(definition: Definition, answers: Answers, number: int, here: Stage) -> Verdict | None:
    """An end or a pause that takes the subject off the way."""
    for kind, cause in ((TERMINAL, ENDED), (PAUSED, PAUSE)):
        if kind == PAUSED == here.kind:
            continue
        for stage in definition.stages:
            is_over = kind == PAUSED and answers.exits(stage, number)
            if (
                stage.kind == kind
                and answers.enters(stage, number)
                and not is_over
                and definition.leads_to(here, stage)
            ):
                return Verdict(stage, cause)
    return None


def _resumed(definition: Definition, answers: Answers, number: int, here: Stage, place: Place) -> Verdict:
    is_over = answers.exits(here, number) or (here.exit is None and answers.fails(here, number))
    back = definition.stage(place.resting_from) or _on_the_way(definition, answers, number)
    return Verdict(back, RESUMED) if is_over and back else Verdict()


def _along(definition: Definition, answers: Answers, number: int, here: Stage, place: Place, today: date) -> Verdict:
    """Forwards to the furthest stage that is met; backwards after a while of failing; or neither."""
    may_go = (here.gate is None or place.is_gate_open) and (here.exit is None or answers.exits(here, number))
    later = [s for s in definition.stages if s.is_on_the_way and s.order > here.order and definition.leads_to(here, s)]
    if may_go:
        met = [stage for stage in later if answers.enters(stage, number)]
        if met:
            return Verdict(met[-1], ENTRY)
        if here.exit is not None and later and later[0].entry is None:
            return Verdict(later[0], EXIT)
    if definition.back_days is None or not answers.fails(here, number):
        return Verdict()
    since = place.failing_since or today
    back = _earlier(definition.stages, answers, number, here)
    if back is None or (today - since).days < definition.back_days:
        return Verdict(failing_since=since)
    return Verdict(back, BACK)


def _earlier(stages: Iterable[Stage], answers: Answers, number: int, here: Stage) -> Stage | None:
    ways = [stage for stage in stages if stage.is_on_the_way and stage.order < here.order]
    met = [stage for stage in ways if answers.enters(stage, number)]
    return met[-1] if met else next((s for s in ways if s.entry is None), None)
