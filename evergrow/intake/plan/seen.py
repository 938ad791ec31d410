"""What is seen beside what is planned: events and properties of a workspace, their volume and their violations."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.intake.models.plan import PlanState, PlanVersion, TrackedEvent, TrackedProperty
from evergrow.intake.plan import definition, kinds
from evergrow.intake.plan.definition import PropertyPlan
from evergrow.workspaces.models import AccountScope, Member, Workspace

DAYS = 30
QUIET_DAYS = 7
MOST_PROPERTIES = 1000
MOST_ROWS = 20_000
MOST_SAMPLES = 40
MOST_CARRIERS = 200
# What every format fills in from the context of a message; nobody plans it.
ADDED = ("page.", "campaign.", "library.", "app.", "os.", "device.", "$")
ADDED_WHOLE = {"locale", "timezone"}


@dataclass(slots=True)
class EventRow:
    """An event as seen and as planned. ``days`` holds the volume of each of the last 30 days, today last."""

    name: str
    first_day: date | None = None
    last_day: date | None = None
    ever: int = 0
    lately: int = 0
    days: list[int] = field(default_factory=lambda: [0] * DAYS)
    violations: int = 0
    tracked: TrackedEvent | None = None
    mode: str = ""
    properties: int = 0
    has_draft: bool = False
    is_quiet: bool = False

    @property
    def is_planned(self) -> bool:
        return bool(self.mode)

    @property
    def is_verified(self) -> bool:
        return self.tracked is not None and self.tracked.verified_at is not None

    @property
    def is_hidden(self) -> bool:
        return self.tracked is not None and self.tracked.hidden_at is not None


@dataclass(slots=True)
class PropertyRow:
    """A property as seen and as planned. ``share`` of the events of the last 30 days carried it; ``bits`` its kinds."""

    name: str
    times: int = 0
    events: int = 0
    first_day: date | None = None
    last_day: date | None = None
    bits: int = 0
    sample: str = ""
    share: float | None = None
    rule: PropertyPlan | None = None
    violations: dict[str, int] = field(default_factory=dict)
    tracked: TrackedProperty | None = None

    @property
    def kinds(self) -> list[str]:
        return [str(kinds.KINDS[name]) for name in kinds.names(self.bits)]


@dataclass(frozen=True, slots=True)
class Violations:
    """Violations of an event by day, property, kind and act."""

    event: str
    day: date
    property: str
    kind: str
    act: str
    times: int


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A kept message of a violation."""

    property: str
    kind: str
    act: str
    detail: str
    message: str
    source: str
    received_at: datetime


def events(workspace: Workspace) -> list[EventRow]:
    """Every event that was seen, described or planned, by name. Raises ``warehouse.StoreUnavailable``."""
    since = first_day(workspace)
    rows: dict[str, EventRow] = {}
    found = warehouse.rows(warehouse.statement("intake", "plan_events"), workspace_id=workspace.pk, since=since)
    for event, first, last, ever, lately, days in found:
        row = rows[event] = EventRow(event, first, last, ever, lately)
        for pair in days:
            day, times = pair.values() if isinstance(pair, dict) else pair
            place = (day - since).days
            if 0 <= place < DAYS:
                row.days[place] += times
        row.is_quiet = ever > 0 and not sum(row.days[-QUIET_DAYS:])
    for each in violations(workspace):
        rows.setdefault(each.event, EventRow(each.event)).violations += each.times
    for tracked in TrackedEvent.objects.filter(workspace=workspace).select_related("owner__user", "verified_by__user"):
        rows.setdefault(tracked.name, EventRow(tracked.name)).tracked = tracked
    for version in versions(workspace).exclude(event=""):
        row = rows.setdefault(version.event, EventRow(version.event))
        if version.state == PlanState.DRAFT:
            row.has_draft = True
        elif version.definition:
            row.mode = version.definition["mode"]
            row.properties = len(version.definition.get("properties", {}))
    return [rows[name] for name in sorted(rows)]


def volume(workspace: Workspace, event: str) -> int:
    """How many of an event came in the last 30 days."""
    return next((row.lately for row in events(workspace) if row.name == event), 0)


def properties(workspace: Workspace, event: str = "") -> list[PropertyRow]:
    """The properties of an event (or of all) in the last 30 days, the most frequent first."""
    found = warehouse.rows(
        warehouse.statement("intake", "plan_properties"),
        workspace_id=workspace.pk,
        event=event,
        since=first_day(workspace),
        most=MOST_PROPERTIES,
    )
    return [
        PropertyRow(name, times, count, first, last, sent or bits, sample)
        for name, times, count, first, last, bits, sent, sample in found
    ]


def properties_beside_plan(workspace: Workspace, event: str, plan: dict[str, Any], lately: int) -> list[PropertyRow]:
    """The properties of an event as seen, with the plan's rules and what went against them; planned ones first."""
    rows = {row.name: row for row in properties(workspace, event)}
    rules = definition.read_event(plan).properties if plan else {}
    for name, rule in rules.items():
        rows.setdefault(name, PropertyRow(name)).rule = rule
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for each in violations(workspace, event):
        if each.property:
            counts[each.property][each.kind] += each.times
    tracked = {row.name: row for row in TrackedProperty.objects.filter(workspace=workspace, name__in=[*rows, *counts])}
    for name, by_kind in counts.items():
        rows.setdefault(name, PropertyRow(name)).violations = dict(by_kind)
    for row in rows.values():
        row.share = min(1.0, row.times / lately) if lately else None
        row.tracked = tracked.get(row.name)
    return sorted(rows.values(), key=lambda row: (row.rule is None, is_added(event, row.name), -row.times, row.name))


def violations(workspace: Workspace, event: str = "", days: int = DAYS) -> list[Violations]:
    """What went against the plan in the last days, of one event or of all."""
    found = warehouse.rows(
        warehouse.statement("intake", "plan_violations"),
        workspace_id=workspace.pk,
        event=event,
        since=workspace.today() - timedelta(days=days - 1),
        most=MOST_ROWS,
    )
    return [Violations(*row) for row in found]


def events_with(workspace: Workspace, name: str) -> list[tuple[str, int]]:
    """The events that carried a property in the last 30 days, with how often."""
    return warehouse.rows(
        warehouse.statement("intake", "plan_carriers"),
        workspace_id=workspace.pk,
        property=name,
        since=first_day(workspace),
        most=MOST_CARRIERS,
    )


def samples(member: Member, event: str) -> list[SampleRow]:
    """Kept messages of an event's violations. They may be about anybody: for members who see every account."""
    if member.scope != AccountScope.ALL:
        return []
    found = warehouse.rows(
        warehouse.statement("intake", "plan_samples"),
        workspace_id=member.workspace_id,
        event=event,
        most=MOST_SAMPLES,
    )
    return [SampleRow(*row) for row in found]


def versions(workspace: Workspace) -> Any:
    """Drafts and published versions of the workspace's plan."""
    return PlanVersion.objects.filter(
        plan__workspace=workspace, state__in=[PlanState.DRAFT, PlanState.PUBLISHED]
    ).select_related("created_by__user", "published_by__user")


def first_day(workspace: Workspace) -> date:
    """The first of the last 30 days."""
    return workspace.today() - timedelta(days=DAYS - 1)


def last_days(workspace: Workspace) -> Sequence[date]:
    first = first_day(workspace)
    return [first + timedelta(days=place) for place in range(DAYS)]


def is_added(event: str, name: str) -> bool:
    """Whether a property was filled in by a library or from a message's context rather than by a developer."""
    of_page = event in ("$page", "$screen") and name in {"url", "path", "referrer", "title", "search", "name"}
    return name.startswith(ADDED) or name in ADDED_WHOLE or of_page
