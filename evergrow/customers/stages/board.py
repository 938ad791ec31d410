"""The board: a column for each stage, in it those who stand there, the slowest first."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from evergrow.customers.models import Account, Lifecycle, StagedKind, StageGate, TeamSeat
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.stages import days, gates, seen
from evergrow.customers.stages.definition import Definition, Stage
from evergrow.customers.stages.moves import Subject
from evergrow.customers.stages.standing import Standing, standings
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Member

MOST_CARDS = 25
ORDER = {status: place for place, status in enumerate(days.STATUSES)}


@dataclass(frozen=True, slots=True)
class Card:
    """One subject on the board. ``owner`` holds the role that the stage names; ``gate`` is (done, of how many)."""

    subject: Subject
    name: str
    url: str
    standing: Standing
    owner: str = ""
    gate: tuple[int, int] | None = None

    @property
    def locked_until(self) -> date | None:
        return self.standing.stay.locked_until


@dataclass(slots=True)
class Column:
    """One stage. ``counts`` by status; ``mrr`` of accounts; ``cards`` are the first ``MOST_CARDS``."""

    stage: Stage
    total: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    mrr: Decimal = Decimal(0)
    cards: list[Card] = field(default_factory=list)

    @property
    def slow(self) -> int:
        return self.counts.get(days.STUCK, 0) + self.counts.get(days.BEHIND, 0)

    @property
    def more(self) -> int:
        return self.total - len(self.cards)


def read(
    member: Member, lifecycle: Lifecycle, definition: Definition, *, status: str = "", is_mine: bool = False
) -> list[Column]:
    """Columns in the order of the stages, with the subjects that the member may see."""
    rows = seen.subjects(member, lifecycle)
    if is_mine and lifecycle.kind == StagedKind.ACCOUNT:
        rows = rows.filter(pk__in=TeamSeat.objects.filter(member=member, ended_on=None).values("account"))
    allowed = set(rows.values_list("pk", flat=True))
    found = standings(lifecycle, definition)
    by_stage: dict[str, list[Standing]] = defaultdict(list)
    for subject, standing in found.items():
        if subject in allowed and (not status or standing.status == status):
            by_stage[standing.stay.stage].append(standing)
    money = _mrr(lifecycle, [each.subject for part in by_stage.values() for each in part])
    columns = [_column(stage, by_stage.get(stage.key, []), money) for stage in definition.stages]
    shown = {stage: sorted(part, key=_slowest_first)[:MOST_CARDS] for stage, part in by_stage.items()}
    cards = _cards(member, lifecycle, definition, [each for part in shown.values() for each in part])
    for column in columns:
        column.cards = [cards[each.subject] for each in shown.get(column.stage.key, []) if each.subject in cards]
    return columns


def _slowest_first(standing: Standing) -> tuple[int, int, int]:
    return ORDER[standing.status], -standing.days, standing.subject


def _column(stage: Stage, part: list[Standing], money: Mapping[int, Decimal]) -> Column:
    counts: dict[str, int] = defaultdict(int)
    for each in part:
        counts[each.status] += 1
    mrr = sum((money.get(each.subject, Decimal(0)) for each in part), Decimal(0))
    return Column(stage, len(part), dict(counts), mrr)


def _mrr(lifecycle: Lifecycle, subjects: list[int]) -> dict[int, Decimal]:
    if lifecycle.kind != StagedKind.ACCOUNT:
        return {}
    found: dict[int, Decimal] = {}
    for part in batched(subjects, 500):
        found |= dict(Account.everyone.filter(pk__in=part).values_list("pk", "mrr"))
    return found


def _cards(member: Member, lifecycle: Lifecycle, definition: Definition, shown: list[Standing]) -> dict[int, Card]:
    rows = seen.by_key(lifecycle, [each.subject for each in shown])
    owners = _owners(lifecycle, definition, shown)
    gated, mask = _gates(lifecycle, definition, shown), Mask(member)
    return {
        each.subject: Card(
            rows[each.subject],
            seen.name(rows[each.subject], mask),
            seen.url(rows[each.subject], member.workspace.slug),
            each,
            owners.get(each.subject, ""),
            gated.get(each.stay.pk),
        )
        for each in shown
        if each.subject in rows
    }


def _owners(lifecycle: Lifecycle, definition: Definition, shown: list[Standing]) -> dict[int, str]:
    """Who holds the role that a stage names, by account."""
    if lifecycle.kind != StagedKind.ACCOUNT:
        return {}
    roles = {stage.key: stage.owner for stage in definition.stages if stage.owner}
    wanted = {each.subject: roles[each.stay.stage] for each in shown if each.stay.stage in roles}
    seats = TeamSeat.objects.filter(account__in=list(wanted), ended_on=None).select_related("member__user")
    return {seat.account_id: str(seat.member) for seat in seats if wanted.get(seat.account_id) == seat.role}


def _gates(lifecycle: Lifecycle, definition: Definition, shown: list[Standing]) -> dict[int, tuple[int, int]]:
    """How far each is at the gate of its stage: ``{stay: (done, of how many)}``."""
    guarded = {each.stay.pk: definition.stage(each.stay.stage) for each in shown}
    rows = {row.stay_id: row for row in StageGate.objects.filter(stay__in=list(guarded))}
    found = {}
    for stay, stage in guarded.items():
        if stage and stage.gate:
            standing = gates.standing(stage, stage.gate, rows.get(stay) or StageGate())
            found[stay] = (standing.done, standing.total)
    return found


def lifecycles(member: Member) -> list[Lifecycle]:
    """The lifecycles of the workspace that run, the main one of accounts first."""
    rows = Lifecycle.objects.filter(workspace_id=member.workspace_id, retired_at=None)
    found = sorted(rows, key=lambda each: (list(StagedKind.values).index(each.kind), not each.is_main, each.pk))
    for each in found:
        each.workspace = member.workspace
    return found
