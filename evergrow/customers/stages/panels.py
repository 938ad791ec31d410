"""What stages add to the pages of accounts and people: a card of where they stand, and the way they went."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.models import Account, Lifecycle, Person, Product, ProductUse, StagedKind, StageStay
from evergrow.customers.registry import Panel, PersonPanel
from evergrow.customers.stages import days, gates, traits
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.definition import Definition, Stage
from evergrow.customers.stages.moves import Subject
from evergrow.customers.stages.standing import Standing, standings
from evergrow.lib import clock
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Told:
    """A stay as it is told: how many days it lasted, whether it was passed over or goes on."""

    stay: StageStay
    name: str
    days: int
    left_on: date | None


@dataclass(frozen=True, slots=True)
class Way:
    """A subject's way through one lifecycle, the latest stay first. ``steps`` are the stages of the way for a strip:
    ``(stage, was it reached, is it here)``."""

    lifecycle: Lifecycle
    definition: Definition
    standing: Standing | None
    stage: Stage | None
    pace: Any
    gate: gates.Standing | None
    steps: list[tuple[Stage, bool, bool]]
    stays: list[Told]


def ways(workspace: Workspace, kind: str, subject: Subject) -> list[Way]:
    """The lifecycles that run for a kind, with where a subject stands and how it came there."""
    found = []
    for lifecycle in _lifecycles(workspace, kind):
        lifecycle.workspace = workspace
        counts = definitions.of(lifecycle)
        if counts is not None:
            found.append(_way(lifecycle, counts, subject))
    return found


@prepared.rows
def _lifecycles(workspace: Workspace, kind: str) -> QuerySet[Lifecycle]:
    return Lifecycle.objects.filter(workspace=workspace, kind=kind, retired_at=None).order_by("-is_main", "pk")


@prepared.rows
def _stays(lifecycle: Lifecycle, kind: StagedKind, subject: Subject) -> QuerySet[StageStay]:
    rows = StageStay.objects.filter(lifecycle=lifecycle, **{kind.value: subject})
    return rows.select_related("by__user", "version").order_by("entered_at", "pk")


def _way(lifecycle: Lifecycle, counts: Definition, subject: Subject) -> Way:
    standing = standings(lifecycle, counts, [subject.pk]).get(subject.pk)
    stays = _stays(lifecycle, StagedKind(lifecycle.kind), subject)
    stage = counts.stage(standing.stay.stage) if standing else None
    spell = max((stay.spell for stay in stays), default=0)
    been = {stay.stage for stay in stays if stay.spell == spell and not stay.is_skipped}
    steps = [(each, each.key in been, bool(stage and each.key == stage.key)) for each in counts.stages]
    return Way(
        lifecycle,
        counts,
        standing,
        stage,
        traits.STATUS_WORDS[standing.status] if standing else "",
        gates.of(lifecycle, standing.stay) if standing else None,
        [step for step in steps if step[0].is_on_the_way or step[2]],
        [_tell(lifecycle, counts, stay) for stay in reversed(stays)],
    )


def _tell(lifecycle: Lifecycle, counts: Definition, stay: StageStay) -> Told:
    zone = lifecycle.workspace.tz
    lasted = days.days_between(stay.entered_at, stay.left_at or clock.now(), zone)
    left_on = days.since_day(stay.left_at, zone) if stay.left_at else None
    return Told(stay, counts.name(stay.stage), lasted, left_on)


def _card(request: GatedRequest, kind: StagedKind, subject: Subject) -> dict[str, Any] | None:
    found = ways(request.workspace, kind, subject)
    if not found:
        return None
    return {"ways": found, "stage_subject": subject, "stage_kind": kind, "may_work": may(request.member, "work")}


def account_card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    return _card(request, StagedKind.ACCOUNT, account)


def account_tab(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    uses = ProductUse.objects.filter(account=account, product__retired_at=None).select_related("product")
    found = _card(request, StagedKind.ACCOUNT, account) or {"ways": []}
    return {**found, "products": [(use, _stage_of(request.workspace, use.product)) for use in uses.order_by("pk")[:50]]}


def _stage_of(workspace: Workspace, product: Product) -> str:
    stay = StageStay.objects.filter(product=product, left_at=None, lifecycle__is_main=True).first()
    counts = definitions.of(stay.lifecycle) if stay else None
    return counts.name(stay.stage) if stay and counts else ""


def person_card(request: GatedRequest, person: Person) -> dict[str, Any] | None:
    return _card(request, StagedKind.PERSON, person)


HOME = "customers/stages/"
registry.add(
    Panel("stage", f"{HOME}panel.html", account_card, "rail", label=_("Stage"), position=18),
    Panel("stage_tab", f"{HOME}tab.html", account_tab, "tab", label=_("Stages"), position=64),
    PersonPanel("stage", f"{HOME}panel.html", person_card, "rail", position=25),
    PersonPanel("stage_tab", f"{HOME}tab.html", person_card, "tab", label=_("Stages"), position=70),
)
