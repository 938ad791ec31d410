"""Asking for a back-test, and running it."""

from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext

from evergrow.customers import access as customers
from evergrow.health import card as cards
from evergrow.health.actions.cards import check, ensure_scorecard
from evergrow.health.backtest import rows as stored
from evergrow.health.backtest.known import without_unknown
from evergrow.health.backtest.looking_back import Cards, OnProgress, look_back
from evergrow.health.backtest.models import BackTest
from evergrow.health.backtest.plan import HORIZONS, MOST_CAPACITY, Plan
from evergrow.health.backtest.verdict import judge
from evergrow.health.card import BadDefinition, Card
from evergrow.health.models import ScorecardVersion, VersionState
from evergrow.lib import clock
from evergrow.workspaces import access, audit, jobs
from evergrow.workspaces.models import Job, JobState, Member, Workspace

KIND = "health.backtest"


class CannotTest(ValueError):
    """The card or the plan cannot be tested; the sentence says why."""


class TooMany(CannotTest):
    """A back-test of this workspace is waiting or running already."""


def request_backtest(*, workspace: Workspace, plan: Plan, by: Member) -> BackTest:
    """Queue a back-test of the draft, or of the published card where there is no draft. Needs "manage".

    Raises CannotTest with a sentence where no measure of the card can be seen as of a past day, or the plan is out of
    range, and TooMany while another one waits or runs.
    """
    access.require(by, "manage")
    _check(plan)
    published = ensure_scorecard(workspace=workspace)
    draft = published.scorecard.versions.filter(state=VersionState.DRAFT).first()
    tested = draft or published
    testable(tested), testable(published)
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        if open_jobs(workspace).exists():
            raise TooMany(gettext("A back-test is running. Wait until it is done, or stop it."))
        number = (BackTest.objects.filter(workspace=workspace).aggregate(last=Max("number"))["last"] or 0) + 1
        made = BackTest.objects.create(
            workspace=workspace,
            number=number,
            version=tested.number,
            published_version=published.number,
            is_draft=draft is not None,
            definition=tested.definition,
            published=published.definition,
            outcome=plan.outcome,
            within=plan.within,
            step=plan.step,
            capacity=plan.capacity,
            scope=by.scope,
            created_by=by,
        )
        made.job = jobs.enqueue(KIND, workspace, by=by, args={"backtest": made.pk}, dedupe_key=f"backtest {made.pk}")
        made.save(update_fields=["job"])
        audit.record(workspace, "backtest.requested", made, by=by, data={"number": number, "version": tested.number})
    return made


def stop_backtest(*, backtest: BackTest, by: Member) -> bool:
    """Stop one that waits or runs; whether there was something to stop. Needs "manage"."""
    access.require(by, "manage")
    stopped = backtest.job is not None and jobs.cancel(job=backtest.job)
    if stopped:
        audit.record(backtest.workspace, "backtest.stopped", backtest, by=by)
    return stopped


def open_jobs(workspace: Workspace) -> Any:
    return Job.objects.filter(workspace=workspace, kind=KIND, state__in=[JobState.QUEUED, JobState.RUNNING])


def _check(plan: Plan) -> None:
    if plan.within not in HORIZONS:
        raise CannotTest(gettext("The outcome has to count within 30, 60, 90 or 180 days."))
    if not 1 <= plan.capacity <= MOST_CAPACITY:
        raise CannotTest(
            gettext("The team's capacity has to be from 1 to %(most)s accounts a week.") % {"most": MOST_CAPACITY}
        )


def testable(version: ScorecardVersion) -> Card:
    """The card of what can be seen as of a past day. Raises CannotTest where that is nothing."""
    try:
        check(version.definition)
        return cards.read(without_unknown(version.definition))
    except BadDefinition as error:
        raise CannotTest(
            gettext("No measure of version %(number)s can be seen as it stood in the past, so it cannot be tested.")
            % {"number": version.number}
        ) from error


def run(*, backtest: BackTest, on_progress: OnProgress | None = None) -> dict[str, Any]:
    """Look back, judge, and keep both. Running it again gives the same again. Raises warehouse.StoreUnavailable."""
    workspace, plan = backtest.workspace, backtest.plan
    tested = cards.read(without_unknown(backtest.definition))
    published = tested if backtest.tests_published else cards.read(without_unknown(backtest.published))
    rows = look_back(workspace, Cards(tested, published), plan, _visible(backtest), on_progress)
    result, taken = judge(rows, plan, is_published=backtest.tests_published)
    stored.store(workspace.pk, backtest.number, rows, taken)
    days = plan.days(workspace.today())
    result |= {
        "as_of": workspace.today().isoformat(),
        "first": days[0].isoformat(),
        "last": days[-1].isoformat(),
        "per_day": plan.per_day,
    }
    BackTest.objects.filter(pk=backtest.pk).update(result=result, finished_at=clock.now())
    return {"rows": result["rows"], "happened": result["happened"]}


def _visible(backtest: BackTest) -> np.ndarray:
    """The numbers of the accounts that whoever asked may see."""
    if backtest.created_by is None:
        return np.empty(0, dtype=np.int64)
    numbers = customers.accounts(backtest.created_by).order_by().values_list("number", flat=True)
    return np.array(list(numbers), dtype=np.int64)
