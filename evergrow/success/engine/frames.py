"""What the dates of runs hang on: dates of accounts, hours of work, the zone and the calendar of a workspace."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from evergrow.customers.models import Account, SubjectKind, TraitDefinition, TraitType
from evergrow.lib import clock, local_time, workdays, workhours
from evergrow.success.models import DueFrom, Playbook, StepKind, Unit, WorkHours
from evergrow.success.models.playbooks import TRAIT, date_label
from evergrow.success.schedule import Due, Frame
from evergrow.workspaces.models import Workspace

MIDNIGHT = time(0)


@dataclass(frozen=True)
class Local:
    """A workspace's zone, calendar and hours of work, read once for many runs; ``today`` is its day at ``now``."""

    workspace: Workspace
    zone: ZoneInfo
    hours: workhours.Hours
    now: datetime
    _days: dict[datetime, date] = field(default_factory=dict)

    @classmethod
    def of(cls, workspace: Workspace) -> "Local":
        return cls(workspace, workspace.tz, hours_of(workspace), clock.now())

    def day(self, at: datetime) -> date:
        """The workspace's day at a moment."""
        found = self._days.get(at)
        if found is None:
            found = self._days[at] = local_time.day_of(at, self.zone)
        return found

    @property
    def today(self) -> date:
        return self.day(self.now)

    def frame(self, start: date, anchors: Mapping[str, date | None], began: datetime | None = None) -> Frame:
        """The frame of a run that starts on a day with these dates of its account."""
        return Frame(start, anchors, self.workspace.workdays, self.zone, self.hours, began)

    def after(self, moment: datetime, count: int, unit: str) -> datetime:
        """The moment that lies a count of working days, days, hours of work or hours after another."""
        if unit == Unit.HOURS:
            return moment + timedelta(hours=count)
        if unit == Unit.WORKHOURS:
            return workhours.add(moment, count, self.hours)
        shown = moment.astimezone(self.zone)
        calendar = self.workspace.workdays
        day = workdays.add(shown.date(), count, calendar) if unit == Unit.WORKDAYS else shown.date() + timedelta(count)
        return local_time.moment(day, shown.time(), self.zone)

    def acts_at(self, step: Any, due: Due | None) -> datetime | None:
        """When a step that Evergrow takes itself is taken: at its moment, else on its day.

        A day begins at midnight for waits, webhooks and other playbooks, and with the hours of work for words to
        people. A decision is taken at once. Without a date there is no moment.
        """
        if step.kind == StepKind.DECISION:
            return self.now
        if due is None:
            return None
        if due.at is not None:
            return due.at
        is_words = step.kind in (StepKind.MESSAGE, StepKind.SURVEY)
        at = step.at_time or (self.hours.opens if is_words else MIDNIGHT)
        return local_time.moment(due.on, at, self.zone)


def hours_of(workspace: Workspace) -> workhours.Hours:
    """The workspace's hours of work, those it set or the usual ones."""
    row = WorkHours.objects.filter(workspace=workspace).first() or WorkHours(workspace=workspace)
    pause = (row.break_from, row.break_to) if row.break_from and row.break_to else None
    return workhours.Hours(row.opens, row.closes, pause, workspace.workdays, workspace.tz)


def date_of(account: Account, field: str, zone: ZoneInfo) -> date | None:
    """A date of an account by name (``renews_on``, ``trait:signed``), None where it has none."""
    if field.startswith(TRAIT):
        return _read(account.traits.get(field.removeprefix(TRAIT)))
    if field == Playbook.Anchor.CREATED:
        return local_time.day_of(account.created_at, zone)
    return getattr(account, field) if field in Playbook.Anchor.values and field else None


def fields_of(steps: Iterable[Any], playbook_anchor: str) -> set[str]:
    """The dates, beside the playbook's own, that these steps count from."""
    named = {step.anchor for step in steps if step.due_from == DueFrom.ANCHOR and step.anchor}
    return named - {playbook_anchor}


def choices(workspace: Workspace) -> list[tuple[str, str]]:
    """The dates that steps of this workspace may count from, with their words: fixed ones and traits that are dates."""
    rows = TraitDefinition.objects.filter(workspace=workspace, kind=SubjectKind.ACCOUNT, type=TraitType.DATE)
    fixed = [(value, str(label)) for value, label in Playbook.Anchor.choices if value]
    return [
        *fixed,
        *((TRAIT + key, date_label(TRAIT + key)) for key in rows.order_by("key").values_list("key", flat=True)),
    ]


def is_date(workspace: Workspace, field: str) -> bool:
    """Whether steps of this workspace may count from a date of that name."""
    return field in dict(choices(workspace))


def _read(value: object) -> date | None:
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def rested(start: date, days: int) -> date:
    """The start moved by the days that a run rested."""
    return start + timedelta(days=days)
