"""Starting playbooks for accounts, and steering what runs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from django.db import IntegrityError, transaction

from evergrow.customers import timeline
from evergrow.customers.models import Account, TeamRole
from evergrow.lib import clock
from evergrow.success import errors, moves, owners
from evergrow.success.actions import progress
from evergrow.success.actions import signals as signal_actions
from evergrow.success.models import DueFrom, Playbook, Run, RunState, Signal, Task, TaskState
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
    team: Mapping[str, Member] | None = None,
) -> Run:
    """Start the published version of ``playbook`` for ``account``; its first steps become tasks at once.

    ``anchor_on`` replaces the account's own date and then no longer follows it. ``team`` spares a look-up in bulk.
    Raises AlreadyRunning, AnchorMissing, NotPublished, PlaybookRetired, SignalOfAnother.
    """
    require(by, "work")
    if signal is not None and signal.account_id != account.pk:
        raise errors.SignalOfAnother(signal=signal, account=account)
    plan = preview(published(playbook), account, starter=by, anchor_on=anchor_on, team=team)
    if plan.anchor_on is None and any(planned.step.due_from == DueFrom.ANCHOR for planned in plan.steps):
        raise errors.AnchorMissing(playbook=playbook, account=account)
    run = _make_run(plan, by=by, is_fixed=anchor_on is not None, signal=signal, team=team)
    _make_tasks(run, plan, by=by)
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
    _turn(run, [RunState.ACTIVE], state=RunState.PAUSED, paused_on=today)
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
    return run


@transaction.atomic
def cancel_run(*, run: Run, by: Member | None, reason: str) -> Run:
    """End it unfinished, with a reason; its open tasks are cancelled with it."""
    require(by, "work")
    if not reason.strip():
        raise errors.ReasonNeeded()
    now, why = clock.now(), reason.strip()[:300]
    _turn(run, [RunState.ACTIVE, RunState.PAUSED], state=RunState.CANCELLED, ended_at=now, end_reason=why)
    left = run.tasks.filter(state__in=moves.MOVES["cancel"][0])
    left.update(state=TaskState.CANCELLED, ended_at=now, ended_by=by, reason=why, snoozed_until=None)
    _tell(run, "playbook.cancelled", by=by, reason=why)
    return run


@transaction.atomic
def move_anchor(*, run: Run, by: Member | None, on: date) -> Run:
    """Hang the run on another date; open steps move with it, except those whose date a person fixed."""
    require(by, "work")
    before = run.anchor_on
    states = [RunState.ACTIVE, RunState.PAUSED]
    _turn(run, states, anchor_on=on, anchor_is_fixed=run.anchor_is_fixed or by is not None)
    data = {"from": before and before.isoformat(), "to": on.isoformat()}
    audit.record(run.workspace, "playbook.anchor_moved", run, by=by, data=data)
    progress.go_on(run, by=by)
    return run


@transaction.atomic
def hand_over(*, run: Run, by: Member | None, to: Member, take: Take) -> int:
    """Make ``to`` accountable. They take ``all`` open steps, the ``old`` owner's or ``none``; how many moved."""
    require(by, "work")
    if to.workspace_id != run.workspace_id or not may(to, "work"):
        raise errors.NotAColleague()
    old = run.owner_id
    _turn(run, [RunState.ACTIVE, RunState.PAUSED], owner=to)
    mine = run.tasks.exclude(state__in=[TaskState.DONE, TaskState.SKIPPED, TaskState.CANCELLED])
    if take == "old":
        mine = mine.filter(owner_id=old)
    moved = mine.exclude(owner=to).update(owner=to) if take != "none" else 0
    audit.record(run.workspace, "playbook.handed_over", run, by=by, data={"to": str(to), "tasks": moved})
    return moved


def _make_run(
    plan: Preview,
    *,
    by: Member | None,
    is_fixed: bool,
    signal: Signal | None,
    team: Mapping[str, Member] | None,
) -> Run:
    account, playbook = plan.account, plan.version.playbook
    held = team if team is not None else owners.team(account)
    try:
        with transaction.atomic():
            return Run.objects.create(
                workspace=playbook.workspace,
                account=account,
                playbook=playbook,
                version=plan.version,
                signal=signal,
                owner=held.get(TeamRole.CSM) or by,
                started_by=by,
                started_at=clock.now(),
                starts_on=playbook.workspace.today(),
                anchor_on=plan.anchor_on,
                anchor_is_fixed=is_fixed,
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
            required=planned.step.required,
            created_by=by,
        )
        for planned in plan.steps
    )


def _turn(run: Run, states: list[RunState], **fields: object) -> None:
    if not Run.objects.filter(pk=run.pk, state__in=states).update(**fields):
        run.refresh_from_db()
        raise errors.RunIsPaused() if run.state == RunState.PAUSED else errors.RunIsClosed()
    run.refresh_from_db()


def _tell(run: Run, verb: str, *, by: Member | None, reason: str = "") -> None:
    audit.record(run.workspace, verb, run, by=by, data={"account": run.account.number, "reason": reason})
    timeline.add(run.account, verb, {**progress.words_of(run), "reason": reason}, by=by)
