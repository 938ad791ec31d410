"""Which plans a member may see and change.

A plan's number is that of the whole workspace, so members who see only some of the accounts see the plans that they
take part in: as owner, as who drew it up, as one concerned, or with a step of their own.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.success.plans.models import Plan, PlanStep, Retrospective
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import AccountScope, Member

RELATED = ("workspace", "owner__user", "owner__workspace", "ended_by__user")


def plans(member: Member) -> QuerySet[Plan]:
    """The plans that a member may see."""
    rows = Plan.objects.filter(workspace_id=member.workspace_id)
    if member.scope == AccountScope.ALL:
        return rows
    mine = PlanStep.objects.filter(owner=member).values("plan")
    concerned = Plan.concerned.through.objects.filter(member=member).values("plan")
    return rows.filter(Q(owner=member) | Q(created_by=member) | Q(pk__in=concerned) | Q(pk__in=mine))


def plan_or_404(member: Member, pk: int) -> Plan:
    found = plans(member).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def step_or_404(plan: Plan, pk: int) -> PlanStep:
    found = plan.steps.select_related("plan__workspace", "owner__user", "task").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def retrospective_or_404(plan: Plan, pk: int) -> Retrospective:
    found = plan.retrospectives.select_related("plan__workspace", "ended_by__user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_lead(member: Member, plan: Plan) -> bool:
    """Whether a member decides about a plan: its owner, whoever drew it up, and managers."""
    if may(member, "manage"):
        return True
    is_theirs = member.pk in (plan.owner_id, plan.created_by_id) and member.workspace_id == plan.workspace_id
    return may(member, "work") and is_theirs


def require_lead(member: Member | None, plan: Plan) -> None:
    """Raise PermissionDenied unless the member decides about the plan; ``None`` is Evergrow itself."""
    require(member, "work")
    if member is not None and not may_lead(member, plan):
        raise PermissionDenied(_("The owner of the plan and managers decide about it."))


def may_act(member: Member, step: PlanStep) -> bool:
    """Whether a member may say how far a step is: whoever has it, and those who decide about the plan."""
    return may(member, "work") and (step.owner_id == member.pk or may_lead(member, step.plan))


def require_act(member: Member | None, step: PlanStep) -> None:
    require(member, "work")
    if member is not None and not may_act(member, step):
        raise PermissionDenied(_("Whoever has the step, the owner of the plan and managers may do this."))


def page_of(plan: Plan) -> str:
    """The address of its page."""
    return reverse("success:plan", args=[plan.workspace.slug, plan.pk])
