"""Which tasks, runs and signals a member may see: those of the accounts they see, and their own tasks."""

from datetime import date
from typing import TypeVar

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from evergrow.customers import access as customers
from evergrow.success.models import Playbook, PlaybookVersion, Run, Signal, Step, Task, VersionState
from evergrow.workspaces import prepared
from evergrow.workspaces.access import ABILITIES
from evergrow.workspaces.models import Absence, AccountScope, Member

# What else a signal may be about is fetched where it is: joins that find nothing cost PostgreSQL more to plan.
SIGNAL_FACTS = ("account__health_state", "owner__user", "escalated_to__user")
Row = TypeVar("Row", Task, Run, Signal)


def tasks(member: Member) -> QuerySet[Task]:
    """Tasks of the accounts the member sees, and those that are theirs wherever."""
    seen = customers.visible(member, "account__")
    found = Task.objects.filter(workspace_id=member.workspace_id)
    return found.filter(seen | Q(owner=member)) if seen else found


def runs(member: Member) -> QuerySet[Run]:
    """Runs of the accounts the member sees."""
    return Run.objects.filter(customers.visible(member, "account__"), workspace_id=member.workspace_id)


def signals(member: Member) -> QuerySet[Signal]:
    """Signals of the accounts the member sees, and those of risks that hang on none; those of sources and products
    only for members who see every account."""
    seen = customers.visible(member, "account__")
    if member.scope != AccountScope.ALL:
        seen |= Q(account=None, risk__isnull=False)
    return Signal.objects.filter(seen, workspace_id=member.workspace_id)


def task_or_404(member: Member, pk: int) -> Task:
    return _one(tasks(member).select_related("account", "run__playbook", "step", "owner__user", "workspace"), pk)


def run_or_404(member: Member, pk: int) -> Run:
    related = ("account", "playbook", "version", "owner__user", "started_by__user", "workspace")
    return _one(runs(member).select_related(*related), pk)


def signal_or_404(member: Member, pk: int) -> Signal:
    row = signal(member, pk)
    if row is None:
        raise Http404
    return row


def signal(member: Member, pk: int) -> Signal | None:
    """The signal with this key, where the member may see it, with what most of its uses need."""
    row = _signal(member, pk)
    if row is not None:
        row.workspace = member.workspace
    return row


@prepared.first
def _signal(member: Member, pk: int) -> QuerySet[Signal]:
    return signals(member).select_related(*SIGNAL_FACTS).filter(pk=pk).order_by("pk")


def playbook_or_404(member: Member, key: str) -> Playbook:
    """The playbook of the member's workspace with this key."""
    playbook = Playbook.objects.filter(workspace_id=member.workspace_id, key=key).first()
    if playbook is None:
        raise Http404
    return playbook


def draft_or_404(member: Member, key: str) -> PlaybookVersion:
    """The open draft of a playbook."""
    drafts = PlaybookVersion.objects.select_related("playbook__workspace").filter(state=VersionState.DRAFT)
    draft = drafts.filter(playbook__workspace_id=member.workspace_id, playbook__key=key).first()
    if draft is None:
        raise Http404
    return draft


def step_or_404(draft: PlaybookVersion, key: str) -> Step:
    step = draft.steps.filter(key=key).first()
    if step is None:
        raise Http404
    return step


def colleagues(member: Member) -> QuerySet[Member]:
    """Members of the same workspace who are still here and may work; ``away_until`` where they are away now."""
    return _colleagues(member, member.workspace.today())


@prepared.rows
def here_on(member: Member, today: date) -> QuerySet[Member]:
    """The same as a list, for pages that always show all of them."""
    return _colleagues(member, today)


def _colleagues(member: Member, today: date) -> QuerySet[Member]:
    roles = [role for role, abilities in ABILITIES.items() if "work" in abilities]
    here = Member.objects.filter(workspace_id=member.workspace_id, left_at=None, role__in=roles)
    away = Absence.objects.filter(member=OuterRef("pk"), ended_at=None, starts_on__lte=today, ends_on__gte=today)
    here = here.annotate(away_until=Subquery(away.values("ends_on")[:1]))
    return here.select_related("user").order_by("user__name", "user__email")


def _one(found: QuerySet[Row], pk: int) -> Row:
    row = found.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row
