"""Runs that stand alike go alike: the first of them is taken on step by step, the others get what it got.

Two runs stand alike when all that the engine looks at of them is the same: version, dates, and of each step its state,
its branch and its day. Who has a step or which account it is for counts only where the engine asked for it; then each
run is taken on by itself.
"""

from collections.abc import Sequence
from typing import Any

from evergrow.success.engine.advance import advance
from evergrow.success.engine.frames import Local
from evergrow.success.engine.rows import ENDED_AT, OWNER, PK, SETTLED, STARTED_AT, STATE, STEP, Folded, RunRow, moment
from evergrow.success.engine.world import World
from evergrow.success.engine.writing import ended
from evergrow.success.models import TaskState


def take_on(folded: Sequence[Folded], world: World) -> None:
    """Take these runs as far as they go by themselves now."""
    groups: dict[tuple[Any, ...], list[Folded]] = {}
    for each in folded:
        groups.setdefault(_stand(each, world.local), []).append(each)
    for first, *others in groups.values():
        leader = _advance(first, world)
        if world.is_personal:
            for other in others:
                _advance(other, world)
        elif others:
            world.alike.append((leader, others))
            _tell(leader, others, world)


def _advance(folded: Folded, world: World) -> RunRow:
    run = folded.unfold()
    world.runs.append(run)
    world.is_personal = False
    advance(run, world)
    return run


def _stand(folded: Folded, local: Local) -> tuple[Any, ...]:
    """All that the engine looks at, without who and for whom. Of what is settled only the day counts, or the moment."""
    exact = folded.book.counts_hours
    run = folded.run
    found: list[Any] = [run[1], *run[STARTED_AT + (not exact) :]]
    for task in folded.tasks:
        if task[STATE] in SETTLED:
            found += task[STEP:ENDED_AT]
            at = moment(task[ENDED_AT])
            found.append(at if exact or at is None else local.day(at))
        else:
            found += task[STEP:]
    return tuple(found)


def _tell(leader: RunRow, others: Sequence[Folded], world: World) -> None:
    """The audit trail and the timeline tell the same of the others as of the first."""
    opened = [place for place, task in enumerate(leader.tasks) if task.is_opened]
    skipped = [place for place, task in enumerate(leader.tasks) if task.state == TaskState.SKIPPED != task.was]
    for other in others:
        world.opened += [other.tasks[place][PK] for place in opened if other.tasks[place][OWNER] is not None]
    if not skipped and not ended(leader):
        return
    for other in others:
        run = other.unfold()
        for place in skipped:
            world.note_skip(run.tasks[place], run, leader.tasks[place].changed["skip_code"])
        if ended(leader):
            world.note_completion(run)
