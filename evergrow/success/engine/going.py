"""Taking one run on, at the hand of a person, or many whose moment has come."""

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet

from evergrow.lib import clock
from evergrow.success.engine import answers
from evergrow.success.engine.advance import advance
from evergrow.success.engine.alike import take_on
from evergrow.success.engine.book import books
from evergrow.success.engine.frames import Local
from evergrow.success.engine.rows import RUN_FIELDS, VERSION, Bare, RunRow, bare, fold, named, of_run
from evergrow.success.engine.world import World
from evergrow.success.engine.writing import Moved, ended, write
from evergrow.success.models import Run, RunState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Member, Workspace

STEPS = "success.steps"
BATCH = 500
TRIES = 5


def go_on(run: Run, *, by: Member | None, only_dates: bool = False) -> None:
    """Take one run as far as it goes now. Called inside the transaction that settled something, with the run locked."""
    folded = fold([of_run(run)], books([run.version_id]))
    world = World(Local.of(run.workspace), folded, is_inline=True, by=by)
    _advance(world, only_dates=only_dates)
    if _leaves_work(world.runs[0], world):
        wake_workers(run.workspace)
    run.refresh_from_db()


def reschedule(workspace: Workspace, runs: Iterable[int]) -> None:
    """Recompute the dates of open steps of several open runs, which the caller has locked."""
    found = Run.objects.filter(workspace=workspace, pk__in=list(runs), state__in=OPEN_RUN_STATES).order_by("pk")
    rows = _read(found)
    if rows:
        folded = fold(rows, books({row[VERSION] for row in rows}))
        _advance(World(Local.of(workspace), folded, is_inline=True), only_dates=True)


def _advance(world: World, *, only_dates: bool) -> None:
    world.runs += [each.unfold() for each in world.folded]
    for run in world.runs:
        advance(run, world, only_dates=only_dates)
    write(world)


def _read(runs: QuerySet[Run]) -> list[Bare]:
    return list(runs.annotate(**bare(*RUN_FIELDS)).values_list(*named(RUN_FIELDS)))


def wake_workers(workspace: Workspace) -> None:
    """Have what is due looked at now, and not only at the next full minute."""
    jobs.enqueue(STEPS, workspace, dedupe_key="now")


def go_on_due(workspace: Workspace, size: int = BATCH) -> int:
    """Take every run on whose moment has come; how many steps moved.

    Several workers may do so at once: on PostgreSQL each takes rows that no other holds.
    """
    known, broken, total = answers.Answers(), dict[str, str](), 0
    while True:
        for left in reversed(range(TRIES)):
            try:
                moved, world = _batch(workspace, size, known, broken)
                break
            except Moved:
                if not left:
                    raise
        total += moved
        if world.asked:
            accounts = {account for _, account in world.asked}
            numbers = {account: world.account(account).number for account in accounts}
            told, unreadable = answers.ask_many(workspace, world.asked, numbers)
            known |= dict.fromkeys(world.asked) | told
            broken |= unreadable
        elif len(world.folded) < size:
            return total


def _batch(workspace: Workspace, size: int, known: answers.Answers, broken: dict[str, str]) -> tuple[int, World]:
    with transaction.atomic():
        states = [RunState.ACTIVE, RunState.SCHEDULED]
        due = Run.objects.filter(workspace=workspace, state__in=states, wakes_at__lte=clock.now())
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = _read(due.order_by("wakes_at", "pk")[:size])
        folded = fold(rows, books({row[VERSION] for row in rows})) if rows else []
        world = World(Local.of(workspace), folded, known=known, broken=broken)
        take_on(folded, world)
        return write(world), world


def _leaves_work(run: RunRow, world: World) -> bool:
    is_due = run.wakes_at is not None and run.wakes_at <= world.now
    return is_due or bool(world.deliveries) or (ended(run) and run.depth > 0)
