"""Starting playbooks for accounts, and steering what runs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.models import Account, TeamRole
from evergrow.lib import clock
from evergrow.success import errors, moves, owners
from evergrow.success.actions import progress
from evergrow.success.actions import signals as signal_actions
from evergrow.success.engine.going import wake_workers
from evergrow.success.engine.writing import let_go_of_runs
from evergrow.success.models import Playbook, Run, RunState, Signal, Task, TaskState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.tasks import SETTLED
from evergrow.success.queries.preview import Preview, preview, published
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

Take = Literal["all", "old", "none"]


@transaction.atomic
def start_run(
    *,
    account: Account,
    playbook: Playbook,
    by: Member | None,
    anchor_on: date | None = None,
    signal: Signal | None = None,
    trigger: Mapping[str, Any] | None = None,
    team: Mapping[str, Member] | None = None,
    starts_on: date | None = None,
    replaces: Run | None = None,
    starter: Member | None = None,
    parent: int | None = None,
    depth: int = 0,
) -> Run:
    """Start the published version of ``playbook`` for ``account``; its first steps become tasks at once.

    ``anchor_on`` replaces the account's own date and then no longer follows it. ``trigger`` is what of the rules
    started it, as plain data. A ``starts_on`` after today schedules the run. ``replaces`` is the open run whose place
    it takes. ``starter`` stands for ``by`` where a run starts another. ``team`` spares a look-up in bulk.
    Raises AlreadyRunning, AnchorMissing, NotPublished, PlaybookRetired, SignalOfAnother, RunNotReplaceable.
    """
    require(by, "work")
    if signal is not None and signal.account_id != account.pk:
        raise errors.SignalOfAnother(signal=signal, account=account)
    if replaces is not None and (replaces.account_id, replaces.playbook_id) != (account.pk, playbook.pk):
        raise errors.RunNotReplaceable(playbook=playbook, account=account)
    starter = starter or by
    plan = preview(published(playbook), account, starter=starter, anchor_on=anchor_on, team=team, starts_on=starts_on)
    if plan.anchor_missing:
        raise errors.AnchorMissing(playbook=playbook, account=account)
    if replaces is not None:
        _supersede(replaces, by=by)
    origin = {"signal": signal, "trigger": dict(trigger or {}), "parent_id": parent, "depth": depth}
    run = _make_run(plan, starter, team, anchor_is_fixed=anchor_on is not None, **origin)
    if replaces is not None:
        Run.objects.filter(pk=replaces.pk).update(replaced_by=run)
    _make_tasks(run, plan, by=starter)
    audit.record(run.workspace, "playbook.started", run, by=by, data={"account": account.number})
    timeline.add(account, "playbook.started", progress.words_of(run), by=by)
    if signal is not None and signal.is_open:
        signal_actions.begin_work(signal=signal, by=by)
    progress.go_on(run, by=by)
    return run


def start_many(*, accounts: Iterable[Account], playbook: Playbook, by: Member) -> Counter[str]:
    """Start a playbook for each account on its own; counts ``started`` and, by error name, what was refused."""
    require(by, "work")
    counts: Counter[str] = Counter()
    rows = list(accounts)
    held = owners.teams(rows)
    for account in rows:
        try:
            start_run(account=account, playbook=playbook, by=by, team=held[account.pk])
            counts["started"] += 1
        except (errors.AlreadyRunning, errors.AnchorMissing) as refused:
            counts[type(refused).__name__] += 1
    return counts


@transaction.atomic
def pause_run(*, run: Run, by: Member | None, reason: str = "") -> Run:
    """Rest: its tasks leave the lists, and what is due from the start moves by the days of rest."""
    require(by, "work")
    today = run.workspace.today()
    _turn(run, [RunState.ACTIVE], state=RunState.PAUSED, paused_on=today, wakes_at=None)
    _tell(run, "playbook.paused", by=by, reason=reason.strip()[:300])
    return run


@transaction.atomic
def resume_run(*, run: Run, by: Member | None) -> Run:
    """Go on where it rested."""
    require(by, "work")
    rested = (run.workspace.today() - run.paused_on).days if run.paused_on else 0
    fields = {"paused_on": None, "paused_days": run.paused_days + rested}
    _turn(run, [RunState.PAUSED], state=RunState.ACTIVE, **fields)
    _tell(run, "playbook.resumed", by=by)
    progress.go_on(run, by=by)
    wake_workers(run.workspace)
    return run


@transaction.atomic
def start_now(*, run: Run, by: Member | None) -> Run:
    """Let a scheduled run begin today."""
    require(by, "work")
    now = {"starts_on": run.workspace.today(), "started_at": clock.now()}
    _turn(run, [RunState.SCHEDULED], state=RunState.ACTIVE, **now)
    _tell(run, "playbook.started", by=by)
    progress.go_on(run, by=by)
    return run


@transaction.atomic
def cancel_run(*, run: Run, by: Member | None, reason: str) -> Run:
    """End it unfinished, with a reason; its open tasks are cancelled with it, and the runs that its steps wait for."""
    require(by, "work")
    if not reason.strip():
        raise errors.ReasonNeeded()
    why = reason.strip()[:300]
    _turn(run, OPEN_RUN_STATES, state=RunState.CANCELLED, ended_at=clock.now(), end_reason=why, wakes_at=None)
    _cancel_tasks(run, by=by, why=why)
    _tell(run, "playbook.cancelled", by=by, reason=why)
    waited_for = run.tasks.filter(state=TaskState.CANCELLED, sub_run__state__in=OPEN_RUN_STATES)
    for started in Run.objects.filter(pk__in=waited_for.values("sub_run"), parent__run=run):
        cancel_run(run=started, by=by, reason=why)
    return run


@transaction.atomic
def move_anchor(*, run: Run, by: Member | None, on: date) -> Run:
    """Hang the run on another date; open steps move with it, except those whose date a person fixed."""
    require(by, "work")
    before = run.anchor_on
    _turn(run, OPEN_RUN_STATES, anchor_on=on, anchor_is_fixed=run.anchor_is_fixed or by is not None)
    data = {"from": before and before.isoformat(), "to": on.isoformat()}
    audit.record(run.workspace, "playbook.anchor_moved", run, by=by, data=data)
    progress.go_on(run, by=by)
    return run


@transaction.atomic
def move_run_due(*, run: Run, by: Member, on: date | None) -> Run:
    """Say by which day the run is to be over; None leaves it to its steps. Raises RunDueTooEarly."""
    require(by, "work")
    progress.lock(run)
    latest = run.tasks.exclude(state__in=SETTLED).aggregate(day=Max("due_on"))["day"]
    if on is not None and latest is not None and on < latest:
        raise errors.RunDueTooEarly(day=latest.isoformat())
    data = {"from": run.due_on and run.due_on.isoformat(), "to": on and on.isoformat()}
    _turn(run, OPEN_RUN_STATES, wanted_on=on)
    audit.record(run.workspace, "playbook.due_moved", run, by=by, data=data)
    progress.reschedule(run)
    return run


@transaction.atomic
def hand_over(*, run: Run, by: Member | None, to: Member, take: Take) -> int:
    """Make ``to`` accountable. They take ``all`` open steps, the ``old`` owner's or ``none``; how many moved."""
    require(by, "work")
    if to.workspace_id != run.workspace_id or not may(to, "work"):
        raise errors.NotAColleague()
    old = run.owner_id
    mine = run.tasks.exclude(state__in=SETTLED).exclude(owner=to)
    if take == "old":
        mine = mine.filter(owner_id=old)
    before = {} if take == "none" else dict(mine.values_list("pk", "owner_id"))
    kept = {"from": old, "to": to.pk, "tasks": {str(pk): owner for pk, owner in before.items()}}
    _turn(run, OPEN_RUN_STATES, owner=to, handed_over=kept)
    moved = Task.objects.filter(pk__in=list(before)).update(owner=to)
    audit.record(run.workspace, "playbook.handed_over", run, by=by, data={"to": str(to), "tasks": moved})
    return moved


@transaction.atomic
def take_hand_over_back(*, run: Run, by: Member | None) -> int:
    """Undo the last hand-over: the run, and the steps that nobody moved since, go back; how many. NoHandOver."""
    require(by, "work")
    progress.lock(run)
    kept = run.handed_over
    if not kept or run.owner_id != kept["to"]:
        raise errors.NoHandOver()
    _turn(run, OPEN_RUN_STATES, owner_id=kept["from"], handed_over={})
    moved = 0
    for owner in set(kept["tasks"].values()):
        pks = [int(pk) for pk, before in kept["tasks"].items() if before == owner]
        still = run.tasks.filter(pk__in=pks, owner_id=kept["to"]).exclude(state__in=SETTLED)
        moved += still.update(owner_id=owner)
    audit.record(run.workspace, "playbook.hand_over_undone", run, by=by, data={"tasks": moved})
    return moved


def _supersede(run: Run, *, by: Member | None) -> None:
    why = _("A new run of the same playbook took its place.")
    _turn(run, OPEN_RUN_STATES, state=RunState.SUPERSEDED, ended_at=clock.now(), end_reason=why, wakes_at=None)
    _cancel_tasks(run, by=by, why=why)
    _tell(run, "playbook.superseded", by=by)


def _cancel_tasks(run: Run, *, by: Member | None, why: str) -> None:
    left = run.tasks.filter(state__in=moves.MOVES["cancel"][0])
    ended: dict[str, Any] = {
        "ended_at": clock.now(),
        "ended_by": by,
        "reason": why,
        "snoozed_until": None,
        "problem": {},
    }
    left.update(state=TaskState.CANCELLED, **ended)
    let_go_of_runs([run.pk])


def _make_run(plan: Preview, starter: Member | None, team: Mapping[str, Member] | None, **origin: Any) -> Run:
    account, playbook = plan.account, plan.version.playbook
    held = team if team is not None else owners.team(account)
    is_later = plan.starts_on > playbook.workspace.today()
    try:
        with transaction.atomic():
            return Run.objects.create(
                workspace=playbook.workspace,
                account=account,
                playbook=playbook,
                version=plan.version,
                owner=held.get(TeamRole.CSM) or starter,
                started_by=starter,
                started_at=clock.now(),
                starts_on=plan.starts_on,
                state=RunState.SCHEDULED if is_later else RunState.ACTIVE,
                anchor_on=plan.anchor_on,
                anchors={name: day.isoformat() for name, day in plan.anchors.items() if day},
                **origin,
            )
    except IntegrityError:
        raise errors.AlreadyRunning(playbook=playbook, account=account) from None


def _make_tasks(run: Run, plan: Preview, *, by: Member | None) -> None:
    Task.objects.bulk_create(
        Task(
            workspace=run.workspace,
            account=run.account,
            run=run,
            step=planned.step,
            signal=run.signal,
            position=planned.step.position,
            kind=planned.step.kind,
            name=planned.step.name,
            state=TaskState.BLOCKED,
            owner=planned.owner,
            due_on=planned.due_on,
            due_at=planned.due_at,
            required=planned.step.required,
            created_by=by,
        )
        for planned in plan.steps
    )


def _turn(run: Run, states: list[RunState], **fields: Any) -> None:
    if not Run.objects.filter(pk=run.pk, state__in=states).update(**fields):
        run.refresh_from_db()
        raise errors.RunIsPaused() if run.state == RunState.PAUSED else errors.RunIsClosed()
    run.refresh_from_db()


def _tell(run: Run, verb: str, *, by: Member | None, reason: str = "") -> None:
    audit.record(run.workspace, verb, run, by=by, data={"account": run.account.number, "reason": reason})
    timeline.add(run.account, verb, {**progress.words_of(run), "reason": reason}, by=by)
