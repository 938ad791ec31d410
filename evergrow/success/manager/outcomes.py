"""What became of the customers of completed runs: the score, the revenue and the renewal afterwards, by version.

These are observations of those who had the playbook. Without others who were held out nobody can say what would have
become of them anyhow, so nothing here claims an effect.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isnan
from statistics import median

from evergrow import warehouse
from evergrow.customers.models import Subscription
from evergrow.health import card as cards
from evergrow.health import queries as health
from evergrow.lib import local_time
from evergrow.lib.shares import wilson
from evergrow.lib.years import year_before
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.lists import Wish, runs_behind
from evergrow.workspaces.models import Workspace

SCORE_DAYS, MONEY_DAYS = 30, 90
"""How long after its end the score, and the revenue, of a run's account are looked at."""
LOOK_BACK = 62
USUAL_CHANGE = 5.0


@dataclass
class Share:
    """``hits`` of ``n``, with the score interval of Wilson at 95%."""

    hits: int = 0
    n: int = 0

    def add(self, is_hit: bool) -> None:
        self.hits += is_hit
        self.n += 1

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.hits, self.n)


@dataclass
class Outcome:
    """Of the runs of one version that were completed in the period.

    ``rose``: the score rose by more than usual noise from the start to 30 days after the end; ``kept``: who paid at the
    end still paid 90 days later; ``renewed``: of those, whose renewal fell due within the 90 days. ``too_early`` and
    ``too_early_money`` count runs whose days are not over.
    """

    playbook: str
    name: str
    number: int | None
    runs: int = 0
    rose: Share = field(default_factory=Share)
    fell: int = 0
    changes: list[float] = field(default_factory=list)
    unscored: int = 0
    too_early: int = 0
    kept: Share = field(default_factory=Share)
    renewed: Share = field(default_factory=Share)
    too_early_money: int = 0

    @property
    def median_change(self) -> float | None:
        return median(self.changes) if self.changes else None


@dataclass(frozen=True, slots=True)
class Ended:
    """A completed run: whose account (id and number), and the days on which it began and ended."""

    playbook: str
    name: str
    number: int
    account: int
    account_number: int
    began: date
    ended: date


def outcomes(ask: Ask) -> list[tuple[Outcome, list[Outcome]]]:
    """Each playbook with completed runs, all versions together and one by one, latest first; most runs first.

    Raises warehouse.StoreUnavailable.
    """
    runs = _ended(ask)
    workspace = ask.viewer.workspace
    versions: dict[tuple[str, int], Outcome] = {}
    books: dict[str, Outcome] = {}
    for run in runs:
        books.setdefault(run.playbook, Outcome(run.playbook, run.name, None))
        versions.setdefault((run.playbook, run.number), Outcome(run.playbook, run.name, run.number))
    both = [(books[run.playbook], versions[run.playbook, run.number]) for run in runs]
    for outcomes_of in both:
        for outcome in outcomes_of:
            outcome.runs += 1
    _score(workspace, runs, both)
    _money(workspace, runs, both)
    found = []
    for key, book in sorted(books.items(), key=lambda pair: (-pair[1].runs, pair[1].name)):
        mine = [outcome for (playbook, _number), outcome in versions.items() if playbook == key]
        found.append((book, sorted(mine, key=lambda outcome: -(outcome.number or 0))))
    return found


def _ended(ask: Ask) -> list[Ended]:
    zone = ask.viewer.workspace.tz
    names = ("version__number", "account_id", "account__number", "started_at", "ended_at", "playbook_id")
    rows = runs_behind(ask, Wish("finished")).select_related(None).order_by("pk").values_list(*names)
    known = {book.pk: book for book in ask.viewer.workspace.playbooks.all()}
    return [
        Ended(
            known[book].key,
            str(known[book]),
            number,
            account,
            account_number,
            local_time.day_of(began, zone),
            local_time.day_of(ended, zone),
        )
        for number, account, account_number, began, ended, book in rows
    ]


def _score(workspace: Workspace, runs: list[Ended], both: list[tuple[Outcome, Outcome]]) -> None:
    """Fill in what the scores did; a change of the scorecard between both days makes them no pair."""
    today = workspace.today()
    over = [n for n, run in enumerate(runs) if run.ended + timedelta(days=SCORE_DAYS) <= today]
    for n in {*range(len(runs))} - {*over}:
        for outcome in both[n]:
            outcome.too_early += 1
    days = [runs[n].began for n in over] + [runs[n].ended + timedelta(days=SCORE_DAYS) for n in over]
    scores = _scores(workspace, [runs[n].account_number for n in over] * 2, days)
    noise = _noise(workspace)
    for place, n in enumerate(over):
        before, after = scores.get(place), scores.get(place + len(over))
        change = after[1] - before[1] if before and after and before[0] == after[0] else None
        for outcome in both[n]:
            if change is None:
                outcome.unscored += 1
                continue
            outcome.rose.add(change > noise)
            outcome.fell += change < -noise
            outcome.changes.append(change)


def _scores(workspace: Workspace, accounts: list[int], days: list[date]) -> dict[int, tuple[int, float]]:
    """By place of the pair: the scorecard version and the score as of the day, where there is one."""
    if not accounts:
        return {}
    sql = warehouse.statement("success", "scores_around")
    since = min(days) - timedelta(days=LOOK_BACK)
    rows = warehouse.rows(sql, workspace_id=workspace.pk, accounts=accounts, days=days, since=since)
    return {place: (version, score) for place, version, score in rows if version and not isnan(score)}


def _noise(workspace: Workspace) -> float:
    """By how many points a score moves without meaning anything, as the published scorecard says."""
    version = health.published(workspace)
    return cards.read(version.definition).trend_epsilon if version else USUAL_CHANGE


Line = tuple[date, date | None, date | None]


def _money(workspace: Workspace, runs: list[Ended], both: list[tuple[Outcome, Outcome]]) -> None:
    """Fill in who went on paying, and who renewed."""
    today = workspace.today()
    lines = _lines(workspace, {run.account for run in runs})
    for run, outcomes_of in zip(runs, both, strict=True):
        until = run.ended + timedelta(days=MONEY_DAYS)
        mine = lines.get(run.account, [])
        paid_until = _covered(mine, run.ended)
        for outcome in outcomes_of:
            if until > today:
                outcome.too_early_money += 1
            elif paid_until is None or paid_until > run.ended:
                outcome.kept.add(paid_until is None or paid_until > until)
                if any(_falls_due(line, run.ended, until) for line in mine):
                    outcome.renewed.add(paid_until is None or paid_until > until)


def _lines(workspace: Workspace, accounts: Iterable[int]) -> dict[int, list[Line]]:
    """The paid subscription lines of accounts: first day, first day without, renewal."""
    rows = Subscription.objects.filter(workspace=workspace, account__in=accounts, mrr__gt=0).exclude(started_on=None)
    found: dict[int, list[Line]] = defaultdict(list)
    names = ("account_id", "started_on", "cancelled_on", "renews_on")
    for account, first, end, renews in rows.order_by("started_on").values_list(*names):
        if first is not None:
            found[account].append((first, end, renews))
    return found


def _covered(lines: list[Line], day: date) -> date | None:
    """The first day without revenue after ``day``, without a gap before it; ``day`` itself where it is not paid for."""
    until = day
    for first, end, _renews in lines:
        if first > until:
            break
        if end is None:
            return None
        until = max(until, end)
    return until


def _falls_due(line: Line, day: date, until: date) -> bool:
    """Whether a line that runs on the day has a renewal in (day, until]; only the next one is recorded, so earlier
    ones are counted back from it by years, as the back-test of health does."""
    first, end, due = line
    if due is None or first > day or (end is not None and end <= day):
        return False
    while due > until and due > first:
        due = year_before(due)
    return day < due <= until and due > first
