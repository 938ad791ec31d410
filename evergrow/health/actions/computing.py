"""Scores of all accounts: for today, for a past day again, for the first history."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from evergrow.customers.criteria import mirror
from evergrow.health import assigning, facts, snapshots, traits
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.judging import Judgement, judge
from evergrow.health.actions.states import refresh_states
from evergrow.health.assigning import Judge
from evergrow.health.lines import states as lines
from evergrow.health.models import AccountHealth
from evergrow.health.overrides.actions import end_expired
from evergrow.workspaces import access, audit, jobs
from evergrow.workspaces.models import Job, Member, Workspace

HISTORY_WEEKS = 26
HISTORY_DAYS = 35
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Computed:
    """``accounts`` were scored for ``day``; ``revisions`` snapshots differed from what was stored."""

    day: date
    accounts: int
    revisions: int


def compute(*, workspace: Workspace, day: date | None = None, on_progress: OnProgress | None = None) -> Computed:
    """Score every account, store what changed as new revisions and, for today, bring AccountHealth up to date.

    Running it again stores nothing unless something changed. Today's run scores yesterday again too, for events that
    came late, and days on which nothing ran; where most accounts have no history yet, it first computes that
    (26 weeks weekly, 35 days daily).
    Raises warehouse.StoreUnavailable.
    """
    today = workspace.today()
    day = day or today
    past = snapshots.days(workspace.pk)
    run = _begin(workspace, is_first=not past, on_progress=on_progress)
    if day != today:
        return run.day(day)[0]
    run.days(_days_to_score(workspace, run.known, past))
    computed, judgement = run.day(today)
    refresh_states(workspace, judgement.judged)
    lines.refresh(workspace, judgement.lines)
    mirror.write_provided(workspace, traits.KEY)
    return computed


def backfill(*, workspace: Workspace, days: Iterable[date] | None = None, on_progress: OnProgress | None = None) -> int:
    """Score past days; how many snapshots are new or changed. Default: 26 weeks weekly and 35 days daily."""
    wanted = history(workspace) if days is None else list(days)
    return _begin(workspace, is_first=not snapshots.days(workspace.pk), on_progress=on_progress).days(wanted)


def history(workspace: Workspace) -> list[date]:
    """The days of a workspace's first history, oldest first."""
    return snapshots.history_days(workspace.today(), HISTORY_WEEKS, HISTORY_DAYS)


def _days_to_score(workspace: Workspace, known: facts.Facts, past: set[date]) -> list[date]:
    """Yesterday again, and the days of the history that nobody scored because nothing ran.

    The whole history where most accounts have none: before the first run, after an import of new accounts.
    """
    wanted, scored = history(workspace), AccountHealth.objects.filter(workspace=workspace).count()
    if not past or 2 * scored < len(known.accounts["number"]):
        return wanted
    yesterday, last = workspace.today() - timedelta(days=1), max(past)
    return sorted({yesterday, *(day for day in wanted if day > last)})


def _begin(workspace: Workspace, *, is_first: bool, on_progress: OnProgress | None) -> "_Run":
    ensure_scorecard(workspace=workspace)
    end_expired(workspace=workspace)
    return _Run(workspace, assigning.published(workspace), facts.read(workspace), is_first, on_progress)


def request_compute(*, workspace: Workspace, by: Member | None, with_history: bool = False) -> Job:
    """Put a computation in the queue; the open one where there is one already. Needs "manage"."""
    access.require(by, "manage")
    job = jobs.enqueue(
        "health.compute", workspace, by=by, args={"history": with_history}, dedupe_key=f"now history={with_history}"
    )
    audit.record(workspace, "health.recompute_requested", job, by=by, data={"history": with_history})
    return job


@dataclass(frozen=True, slots=True)
class _Run:
    """What is read once for all the days of a computation."""

    workspace: Workspace
    judges: list[Judge]
    known: facts.Facts
    is_first: bool
    on_progress: OnProgress | None

    def days(self, wanted: list[date]) -> int:
        changed = 0
        for done, day in enumerate(wanted, start=1):
            changed += self.day(day)[0].revisions
            if self.on_progress:
                self.on_progress(done, len(wanted))
        return changed

    def day(self, day: date) -> tuple[Computed, Judgement]:
        """A day that was scored before keeps the scorecard versions of its day."""
        stored = [] if self.is_first else snapshots.on(self.workspace.pk, day)
        judgement = judge(self.known, day, self.judges, stored)
        fresh = [each.fresh for each in judgement.judged]
        revisions = sum(snapshots.store(self.workspace.pk, each, stored) for each in fresh)
        return Computed(day, sum(map(len, fresh)), revisions), judgement
