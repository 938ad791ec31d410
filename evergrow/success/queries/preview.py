"""A dry run: who would do what by when, without any effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from evergrow.customers.models import Account
from evergrow.lib import workdays
from evergrow.success import errors, owners
from evergrow.success.engine import frames
from evergrow.success.engine.book import plan_of
from evergrow.success.models import DueFrom, Playbook, PlaybookVersion, SkipCode, Step, VersionState
from evergrow.success.schedule import Due, plan_due
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step as it would be: its due date, and whom it would go to (``is_fallback``: nobody held the role).

    ``skip_code`` is why it would be left out as things stand today, blank when it would be taken; None when that hangs
    on a decision or cannot be known before the time has come.
    """

    step: Step
    owner: Member | None
    is_fallback: bool
    due_on: date | None
    due_at: datetime | None = None
    skip_code: str | None = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A playbook as it would run for an account. ``unsure_years`` have no announced holidays yet."""

    version: PlaybookVersion
    account: Account
    anchor_on: date | None
    steps: list[PlannedStep]
    unsure_years: list[int]
    starts_on: date
    anchors: Mapping[str, date | None]

    @property
    def fallbacks(self) -> int:
        return sum(planned.is_fallback for planned in self.steps)

    @property
    def anchor_missing(self) -> bool:
        """Whether a step counts from the playbook's own date, and the account has none."""
        counted = any(planned.step.due_from == DueFrom.ANCHOR and not planned.step.anchor for planned in self.steps)
        return self.anchor_on is None and counted

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
    return frames.date_of(account, playbook.anchor, account.workspace.tz) if playbook.anchor else None


def preview(
    version: PlaybookVersion,
    account: Account,
    *,
    starter: Member | None,
    anchor_on: date | None = None,
    team: Mapping[str, Member] | None = None,
    starts_on: date | None = None,
) -> Preview:
    """What a start, now or on a later day, would make of ``version`` for ``account``; a draft can be tried as well."""
    playbook = version.playbook
    local = frames.Local.of(playbook.workspace)
    start = max(starts_on or local.today, local.today)
    anchor = anchor_on or anchor_of(playbook, account)
    steps = list(version.steps.select_related("member__user"))
    fields = frames.fields_of(steps, playbook.anchor)
    anchors = {name: frames.date_of(account, name, local.zone) for name in fields}
    began = local.now if start == local.today else None
    frame = local.frame(start, {**anchors, "": anchor, playbook.anchor: anchor}, began)
    dates = plan_due([plan_of(step) for step in steps], frame, {})
    held = dict(team) if team is not None else owners.team(account)
    planned = [_planned(step, account, held, starter, dates[step.key]) for step in steps]
    days = [due.on for due in dates.values() if due]
    unsure = sorted({day.year for day in days if not workdays.is_known(day, playbook.workspace.workdays)})
    return Preview(version, account, anchor, planned, unsure, start, anchors)


def _planned(step: Step, account: Account, team: owners.Team, starter: Member | None, due: Due | None) -> PlannedStep:
    choice = owners.choose(step, team, starter)
    on, at = due or (None, None)
    return PlannedStep(step, choice.member, choice.is_fallback, on, at, _skip_code(step, account))


def _skip_code(step: Step, account: Account) -> str | None:
    """Why a step would be left out, as far as that is known before the run begins."""
    if step.products and not account.product_uses.filter(product__code__in=step.products).exists():
        return SkipCode.PRODUCT
    if step.industries and account.industry not in step.industries:
        return SkipCode.INDUSTRY
    return None if step.condition or step.on_branches else ""
