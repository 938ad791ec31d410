"""A dry run: who would do what by when, without any effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from evergrow.customers.models import Account
from evergrow.lib import workdays
from evergrow.success import errors, owners, schedule
from evergrow.success.models import Playbook, PlaybookVersion, Step, VersionState
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it would be: its due date, and whom it would go to (``is_fallback``: nobody held the role)."""

    step: Step
    owner: Member | None
    is_fallback: bool
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Preview:
    """A playbook as it would run for an account. ``unsure_years`` have no announced holidays yet."""

    version: PlaybookVersion
    account: Account
    anchor_on: date | None
    steps: list[PlannedStep]
    unsure_years: list[int]

    @property
    def fallbacks(self) -> int:
        return sum(planned.is_fallback for planned in self.steps)

    @property
    def ends_on(self) -> date | None:
        return max((planned.due_on for planned in self.steps if planned.due_on), default=None)


def published(playbook: Playbook) -> PlaybookVersion:
    """The version that a start would use. Raises PlaybookRetired, NotPublished."""
    if playbook.retired_at is not None:
        raise errors.PlaybookRetired(playbook=playbook)
    version = playbook.versions.filter(state=VersionState.PUBLISHED).first()
    if version is None:
        raise errors.NotPublished(playbook=playbook)
    return version


def anchor_of(playbook: Playbook, account: Account) -> date | None:
    """The account's own date that the playbook hangs on; None when it needs none or there is none."""
    return account.renews_on if playbook.anchor == Playbook.Anchor.RENEWAL else None


def preview(
    version: PlaybookVersion,
    account: Account,
    *,
    starter: Member | None,
    anchor_on: date | None = None,
    team: Mapping[str, Member] | None = None,
) -> Preview:
    """What a start today would make of ``version`` for ``account``; a draft can be tried as well."""
    workspace, playbook = version.playbook.workspace, version.playbook
    anchor = anchor_on or anchor_of(playbook, account)
    held = dict(team) if team is not None else owners.team(account)
    steps = list(version.steps.select_related("member__user"))
    dates = schedule.plan(steps, start=workspace.today(), anchor=anchor, calendar=workspace.calendar)
    planned = []
    for step in steps:
        choice = owners.choose(step, held, starter)
        planned.append(PlannedStep(step, choice.member, choice.is_fallback, dates[step.key]))
    days = [day for day in dates.values() if day]
    unsure = sorted({day.year for day in days if not workdays.is_known(day, workspace.calendar)})
    return Preview(version, account, anchor, planned, unsure)
